"""A neighbourhood that was talked of for two months, and a shift there that is briefed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.cases.actions import close, own
from bluelamp.cases.briefing import brief
from bluelamp.cases.models import Case
from bluelamp.cases.rules.briefing import WEEKS
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import Severity
from bluelamp.org.models import Force, Officer
from bluelamp.site.demo.said import Told
from bluelamp.site.demo.saying import say

HOUR = timedelta(hours=1)
S = Severity
LATELY = (
    Told(95, "email", "Priya Dhillon", "Two boys on an electric bike came past the Northwick school"
         " gate again and one of them showed a knife to my son.", S.URGENT,
         {"threat": ["showed a knife"], "vulnerability": ["my son"]}, subject="Knife at the gate"),
    Told(130, "email", "Quentin Eastwood", "The same two on the bike were behind the shops in"
         " Northwick at four. One has a blade in his sleeve, my daughter saw it.", S.PROMPT,
         {"threat": ["a blade in his sleeve"], "vulnerability": ["my daughter"]},
         subject="Boys with a blade"),
    Told(205, "email", "Lucy Whitaker", "I was threatened for my phone by a lad on a bike at the"
         " Northwick underpass, he said he had a knife.", S.PROMPT,
         {"threat": ["threatened", "he had a knife"], "harm": ["my phone"]},
         subject="Threatened at the underpass"),
    Told(300, "email", "Yusuf Umar", "Kids are racing an electric motorbike round the Northwick"
         " recreation ground every evening. Somebody will be killed.", S.PROMPT,
         {"threat": ["will be killed"], "risk": ["racing"]}, subject="Bikes on the rec"),
    Told(355, "email", "Chloe Yeadon", "Somebody tried my car door on Church View, Northwick, at"
         " three in the morning. It is on the doorbell.", S.ROUTINE,
         {"investigation": ["on the doorbell"]}, subject="Car door tried"),
    Told(610, "email", "Amira Verity", "My neighbour in Northwick, 91, has not opened her curtains"
         " today and does not answer.", S.PROMPT,
         {"risk": ["does not answer"], "vulnerability": ["91"]}, subject="Worried for a neighbour"),
    Told(790, "email", "Ben Fenwick", "When is the next Northwick surgery in the library?",
         S.ROUTINE, {"engagement": ["next surgery"]}, subject="Surgery"),
)  # fmt: skip
USUAL = (
    ("Lights are out on the path behind Northwick library again.", {"risk": ["lights are out"]}),
    ("Somebody dumped tyres by the Northwick allotments.", {"engagement": ["dumped tyres"]}),
    ("Two men argued loudly outside the Northwick club and one threatened the other.",
     {"threat": ["threatened"]}),
    ("A parcel was taken from our porch in Northwick, we have it on film.",
     {"investigation": ["on film"]}),
)  # fmt: skip


def make_beat(force: Force, account: Account, now: datetime) -> None:
    """Let Northwick talk as it does in every week, and more of it lately; brief who is on."""
    alice = Officer.objects.select_related("unit", "force").get(force=force, number="4411")
    for week in range(WEEKS + 1, 0, -1):
        for n, (words, headings) in enumerate(USUAL[week % 2 :]):
            told = Told(0, "email", f"Resident {week} {n}", words, S.ROUTINE, headings,
                        subject="Northwick")  # fmt: skip
            at = now - timedelta(weeks=week) - (3 + 4 * n) * HOUR
            _end(say(account, told, at), alice, at + 2 * HOUR)
    for told in sorted(LATELY, key=lambda one: -one.ago):
        say(account, told, now - timedelta(minutes=told.ago))
    followed = Case.objects.get(force=force, items__item__sender_name="Lucy Whitaker")
    own.take(followed, by=alice, now=now - 3 * HOUR)
    brief(now=now)


def _end(item: Item, by: Officer, at: datetime) -> None:
    case = Case.objects.select_related("unit").get(items__item=item)
    close.close(case, reason="Told the council, or looked into", by=by, now=at)
