"""A side that beats us and a queue that kills us, and somebody who does.  All are made up."""

from __future__ import annotations

import pytest

from bluelamp.inbound.tests.test_frightened import SHIPPED
from bluelamp.inbound.values import Severity

MATCHES = """
Watford are going to beat us
Watford are gonna beat us on Saturday
Luton are going to batter us
reckon Leeds are going to beat us 3-0
Bedford are going to kill us in the second half
United are going to murder us
England are going to batter them
India are going to beat us by an innings
Hitchin ladies are trying to beat us to promotion
he says Watford will beat us
the other school are going to beat us at netball
their pack is going to kill us in the scrum
Mercedes are going to kill us on the straights
""".strip().splitlines()

WEARING = """
the queue will kill him
the queues are going to kill us
the queue at the bank will kill my nan
this heat will kill him
the sun is going to kill us today
maths is going to kill me
the homework is trying to kill us
revision will kill her
the traffic on the A6 will kill us
the M1 is going to kill me
roadworks are going to kill us
these prices will kill us
petrol prices are going to kill us
the rent is going to kill us
council tax is going to kill me
my mortgage is going to kill us
the school run will kill me
Mondays are going to kill me
these shoes are going to kill me
the walk to work will kill me
""".strip().splitlines()

FRIGHTENED = """
he is going to beat me
he says he will kill me
they are going to beat us
they are gonna beat my son
the watford fans are going to beat us up
watford lads are going to beat us outside the ground
city lads are going to kill us
england fans are going to kill us outside the pub
dave is going to beat her
chelsea is going to kill me
Darren and his brother are going to batter us
some lads are going to batter my brother
he said he will beat us
my ex says hell beat me to death
she told me shed beat my kids
he threatened to beat me
is gonna beat me please
he will kill him in the queue
we are in the queue and he is going to kill him
a man in the queue is going to stab him
he is in the queue behind me and says he will kill me
he is mad with the heat and is going to kill us
the man on the stairs is going to kill us
he is on the stairs and will kill me
he is going to beat me because of my homework
she is going to hurt me when she gets back from work
stuck in traffic on the A6 and the man behind is going to kill us
there is a man in traffic with a bat he says he will kill us
landlord says he will kill us over the rent
its the rent again he is going to kill me
he wants money for the parking and is going to batter me
he says he will kill me over the price of the car
""".strip().splitlines()
"""Each with a word of what wears one out, or of a match: here somebody does it."""


@pytest.mark.parametrize("text", [*MATCHES, *WEARING])
def test_a_side_or_a_thing_that_beats_or_kills_wakes_nobody(text: str) -> None:
    assert SHIPPED.assess(text).severity is not Severity.EMERGENCY


@pytest.mark.parametrize("text", FRIGHTENED)
def test_a_person_who_does_is_heard_beside_any_thing(text: str) -> None:
    assert SHIPPED.assess(text).severity is Severity.EMERGENCY
