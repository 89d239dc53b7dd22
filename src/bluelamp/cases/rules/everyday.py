"""English words that everybody says of everything: they lead to no article by themselves.

Beyond PostgreSQL's stop words, which are grammar alone.
"""

from __future__ import annotations

import re

_WORDS = """
able about across actually again ago all almost alone along already also always another answer
any anybody anyone anything anywhere area around ask asked asking away back bad been before
began begin behind being believe best better big bit both bring call called calling came cannot
cant case check clear close closed come comes coming contact could couldnt day days deal dear
did didnt different doing done dont door down during e each early either else email end enough
even
evening ever every everybody everyone everything far feel felt few find first five four friday
from front full further gave get gets getting give given gives giving go goes going gone good
got great had half hand happen happened happening happens hard has have having hear heard hello
help here hi home hope hour hours house however idea im inside isnt issue ive just keep keeps
kept kind knew know known knows large last late later least leave left less let lets like likes
little live lives living local long look looked looking looks lot lots made mail make makes making
man many matter may maybe me mean means men might mine minute minutes moment monday month months
more morning most mr mrs ms much must name near nearly need needed needs never new next nice
night no nobody none nothing now number of off often oh ok old once one ones only onto open
opened other others our out outside over own part past people perhaps person place please point
police possible probably problem put puts question quick quite rang reach read really regards
reply right ring road room round run running runs said same saturday saw say saying says second
see seem seems seen send sent seven several shall should show side since six small so some
somebody someone something sometimes somewhere soon sorry stand start started still stop street
such sunday sure take taken takes taking talk tell telling ten thank thanks that their them then
there these they thing things think this those though thought three through thursday time times
to today together told tomorrow tonight too took town tried try trying tuesday turn turned
turning twice two under until up upon us use used using usual usually very visit wait waited
waiting want wanted wants was wasnt watch way wednesday week weeks well went were what whatever
when where which while who whole whose why will wish with within without woman women wont word
words work working works would wouldnt write wrong wrote year years yes yesterday yet you young
your
"""

EVERYDAY = frozenset(re.findall(r"\w+", _WORDS))
