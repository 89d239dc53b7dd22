"""What the people of the fictional county say in the hours before the demo begins."""

from __future__ import annotations

from typing import NamedTuple

from bluelamp.inbound.values import Severity


class Told(NamedTuple):
    """One thing that somebody said."""

    ago: int
    """Minutes before now."""
    channel: str
    name: str
    text: str
    severity: Severity = Severity.ROUTINE
    headings: dict[str, list[str]] = {}
    public: bool = False
    subject: str = ""
    unsafe: tuple[str, ...] = ()
    """Why they may not be alone with their phone."""


S = Severity
TOLD = (
    Told(9, "email", "Rosa Lister", "I can't ring, he would hear me. He is outside the door"
         " now and he has a knife. Flat 3, Weavers Row, Canalside. Please come quietly.",
         S.EMERGENCY, {"threat": ["he has a knife", "outside the door"], "harm": ["please come"],
                       "vulnerability": ["I can't ring"]}, subject="please help",
         unsafe=("unsafe to answer: he would hear me",)),
    Told(52, "email", "Ellen Sugden", "A man in a grey van has followed me home twice this week,"
         " last night he waited at the end of Chapel Lane until I was inside. I have his number"
         " plate. I live alone and I am frightened to go to work.",
         S.URGENT, {"threat": ["followed me home"], "vulnerability": ["I live alone",
                    "frightened"], "investigation": ["his number plate"]},
         subject="Followed home", unsafe=("stalking: followed me home",)),
    Told(75, "bluesky", "Kofi Mensah", "My brother Samuel, 15, did not come home from training"
         " in Fernley last night. His phone is off. Who do I talk to?", S.URGENT,
         {"risk": ["did not come home"], "vulnerability": ["15"]}),
    Told(96, "mastodon", "Canalside Neighbours", "Water is over the towpath at Canalside and"
         " running into the cellars on Mill Race. Is anybody coming? @brackenshire", S.PROMPT,
         {"risk": ["running into the cellars"]}, public=True),
    Told(88, "email", "George Thackray", "The canal is over its bank at the Mill Race bridge. Our"
         " cellar is full and the lady next door at 14 cannot walk.", S.PROMPT,
         {"risk": ["over its bank"], "vulnerability": ["cannot walk"]}, subject="Flooding"),
    Told(84, "email", "Una Carver", "Cars are turning round in the water on Tanner Street. The"
         " road should be closed before somebody gets stuck.", S.PROMPT,
         {"risk": ["gets stuck"]}, subject="Tanner Street under water"),
    Told(71, "bluesky", "Nia Verity", "@brackenshire is Station Road open? Bus says no, map says"
         " yes, it looks like a river from here.", S.PROMPT, public=True),
    Told(190, "email", "Wendy Ibbotson", "A man who said he was a detective rang my mother, who is"
         " 84. She has taken four thousand pounds out and a courier is to come at five.",
         S.PROMPT, {"harm": ["four thousand pounds"], "vulnerability": ["who is 84"],
                    "investigation": ["courier is to come"]}, subject="Is this really you?"),
    Told(240, "mastodon", "Tariq Hussain", "Somebody has sprayed a swastika on the wall of the"
         " community room in Northwick. It was not there on Friday. @brackenshire", S.PROMPT,
         {"harm": ["swastika"], "investigation": ["not there on Friday"]}, public=True),
    Told(310, "email", "Marek Nowak", "Our shop on Harbour Street lost spirits again this morning,"
         " the same three people. I have it on film, how can I send it to you?", S.ROUTINE,
         {"investigation": ["I have it on film", "the same three people"]}, subject="Film"),
    Told(420, "email", "Joan Appleyard", "Two cars park across the dropped kerb on Orchard Close"
         " every day and I cannot get my chair past.", S.ROUTINE,
         {"engagement": ["every day"]}, subject="Parking on Orchard Close"),
    Told(505, "bluesky", "Owen Pickles", "E-scooters on the pavement by the school in Otterbridge"
         " again at half past three. Could somebody stand there for a week? @brackenshire",
         S.ROUTINE, {"engagement": ["stand there for a week"]}, public=True),
    Told(640, "email", "Farah Rahman", "I lost a blue phone on the number 9 bus on Monday. Has it"
         " been handed in?", S.ROUTINE, subject="Lost phone"),
    Told(980, "email", "Victor Jarvis", "My shotgun certificate runs out in January. When must I"
         " send the form?", S.ROUTINE, subject="Certificate"),
    Told(1500, "email", "Zofia Kowalska", "The officers who came on Saturday were kind to my"
         " father. Please thank them from us.", S.ROUTINE, subject="Thank you"),
    Told(2900, "email", "Imran Begum", "There is a burnt-out moped behind the garages on Bracken"
         " Way.", S.ROUTINE, subject="Moped"),
)  # fmt: skip

PASSED_ON = ("Lucy Okafor", "Ben Garside", "Chloe Fenwick", "Brackenford Now", "Amira Umar")
"""Who passes on that the towpath is under water."""

FLOOD = ("Canalside Neighbours", "George Thackray", "Una Carver", "Nia Verity")
