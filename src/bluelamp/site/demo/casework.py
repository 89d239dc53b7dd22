"""Cases on every desk: promises and rules, people on shift, a flood that many report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import assess, close, group, handover, notes, outcome, own
from bluelamp.cases.models import Case, RoutingRule, Target
from bluelamp.cases.route import route
from bluelamp.cases.rules.outcomes import outcomes
from bluelamp.cases.values import MilestoneKind
from bluelamp.channels.actions import add
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.values import Part, Severity, Stage
from bluelamp.org.models import Calendar, Force, Officer, Shift, Unit
from bluelamp.site.demo.beat import make_beat
from bluelamp.site.demo.said import FLOOD, PASSED_ON, TOLD, Told
from bluelamp.site.demo.saying import heard, say

HOUR = timedelta(hours=1)
PAGES = {"mastodon": "Mastodon, simulated", "bluesky": "Bluesky, simulated"}
PROMISED = {  # hours to the first answer, to the next word, to the end
    Severity.EMERGENCY: (0.1, 0.5, 4), Severity.URGENT: (0.5, 4, 24),
    Severity.PROMPT: (4, 24, 96), Severity.ROUTINE: (8, 40, 80),
}  # fmt: skip


ON_CALL_PHONE = "+447700900123"
"""Ofcom keeps 07700 900000 to 900999 for stories; it lies on the page of simulated phones."""


def make_casework(force: Force, units: dict[str, Unit], now: datetime) -> None:
    """Make what was promised and who is on, let people speak, and let officers begin."""
    with acting(SYSTEM, "demo.casework"):
        _promises(force)
        _rules(force, units)
        _shifts(force, units, now)
        Unit.objects.filter(pk=units["CTL"].pk).update(phone=ON_CALL_PHONE)
        pages = {
            channel: add(force, provider="memory", name=name, values={}, actor=SYSTEM, now=now)
            for channel, name in PAGES.items()
        }
    mail = Account.objects.get(force=force, provider="email")
    for told in sorted(TOLD, key=lambda one: -one.ago):
        say(pages.get(told.channel, mail), told, now - timedelta(minutes=told.ago))
    _pass_on(pages["mastodon"], now)
    _work(force, now)
    make_beat(force, mail, now)


def _promises(force: Force) -> None:
    week = [[["08:00", "20:00"]]] * 5 + [[["09:00", "17:00"]], []]
    desk = Calendar.objects.create(force=force, name="Contact centre", week=week)
    for severity, hours in PROMISED.items():
        calm = severity == Severity.ROUTINE
        Target.objects.bulk_create(
            Target(force=force, severity=severity, kind=kind, within=length * HOUR,
                   calendar=desk if calm else None)
            for kind, length in zip(MilestoneKind, hours, strict=True)
        )  # fmt: skip


def _rules(force: Force, units: dict[str, Unit]) -> None:
    northwick = force.areas.get(kind="ward", name="Northwick")
    rules: tuple[tuple[str, dict[str, Any], str, bool], ...] = (
        ("Danger goes to a person", {"severity_from": 3}, "CTL", True),
        ("Northwick’s own", {"areas": [northwick.pk], "severity_to": 2}, "D1W1", False),
        ("All else waits in the control room", {}, "CTL", False),
    )
    RoutingRule.objects.bulk_create(
        RoutingRule(force=force, order=order, name=name, when=when, unit=units[unit],
                    to_person=person)
        for order, (name, when, unit, person) in enumerate(rules)
    )  # fmt: skip


def _shifts(force: Force, units: dict[str, Unit], now: datetime) -> None:
    """Put the control room's early shift, about to go home, and its late one on; and a team's."""
    start = now.replace(minute=0, second=0, microsecond=0)
    for number, unit, before, after in (
        ("9031", "CTL", 8, 1), ("9030", "CTL", 3, 6), ("3105", "CTL", 3, 6),
        ("4411", "D1W1", 0, 8), ("2207", "D1", 0, 8), ("5000", "D1W1", 0, 8),
    ):  # fmt: skip
        Shift.objects.create(
            force=force, unit=units[unit], officer=Officer.objects.get(force=force, number=number),
            starts=start - before * HOUR, ends=start + after * HOUR,
        )  # fmt: skip


# People speak -------------------------------------------------------------------


def _pass_on(page: Account, now: datetime) -> None:
    """Let others pass the flood on: one thing on the screen, counted."""
    first = Item.objects.get(raw__account=page, sender_name=FLOOD[0])
    thread = Thread.objects.create(
        force=page.force, first=first, began_at=first.received_at, last_at=now,
        repeats=len(PASSED_ON), spreaders=len(PASSED_ON) + 1, reach=6200,
    )  # fmt: skip
    Item.objects.filter(pk=first.pk).update(thread=thread, part=Part.FIRST)
    with acting(SYSTEM, "demo.thread"):
        Case.objects.filter(items__item=first).update(thread=thread)
    for minute, name in enumerate(PASSED_ON):
        told = Told(80 - 5 * minute, "mastodon", name, f"RT {first.text}", public=True)
        at = now - timedelta(minutes=told.ago)
        item = heard(page, told, at)
        Item.objects.filter(pk=item.pk).update(
            stage=Stage.TRIAGED, severity=Severity.PROMPT, thread=thread, part=Part.REPOST
        )
        route(now=at)


# Officers begin -----------------------------------------------------------------


def _of(force: Force, name: str) -> Case:
    """Return the case in which this person spoke."""
    found = Case.objects.select_related("unit", "owner")
    return found.get(force=force, items__item__sender_name=name)


def _work(force: Force, now: datetime) -> None:
    hana, sam, dev = (
        Officer.objects.select_related("unit").get(force=force, number=number)
        for number in ("9030", "3105", "9031")
    )
    flood = [_of(force, name) for name in FLOOD]
    group.gather(
        "Canal over its bank at Mill Race", flood, unit=flood[0].unit, by=sam,
        now=now - HOUR,
    )  # fmt: skip
    _talk(force, hana, sam, now)
    _hand_over(force, dev, now)
    _end(force, sam, now)


def _talk(force: Force, hana: Officer, sam: Officer, now: datetime) -> None:
    """Answer, ask, note, draft: what the pages show of work that goes on."""
    minute = timedelta(minutes=1)
    followed, scam = _of(force, "Ellen Sugden"), _of(force, "Wendy Ibbotson")
    if followed.owner_id != hana.pk:
        own.give(followed, hana, by=followed.owner or sam, now=now - 50 * minute)
    words = "Followed twice to her own door, and she lives alone: this is stalking until we know."
    assess.assess(
        followed, Severity.URGENT, reason=words, by=hana, now=now - 45 * minute,
        headings={"threat": ["followed me home"], "vulnerability": ["I live alone"]},
    )  # fmt: skip
    notes.note(followed, "Is there an earlier report about a grey van?", by=hana,
               now=now - 44 * minute, mentions=[sam])  # fmt: skip
    notes.add_task(followed, "Ask the intelligence desk about the plate", by=hana,
                   now=now - 43 * minute, officer=sam, due_at=now + HOUR)  # fmt: skip
    answering.draft(followed, "Dear Ms Sugden, thank you for telling us. Please do", by=hana,
                    now=now - minute)  # fmt: skip
    answering.answer(
        scam, "Do not give the courier anything: this is a fraud. An officer comes to your mother"
        " before five. Is she at home, and may we ring her?", by=hana, now=now - 170 * minute,
        seen=None, waiting=True,
    )  # fmt: skip
    answering.answer(
        _of(force, "Owen Pickles"), "Thank you. The Otterbridge team will be at the gate on"
        " Thursday and Friday at half past three.", by=hana, now=now - 30 * minute, seen=None,
    )  # fmt: skip


def _hand_over(force: Force, dev: Officer, now: datetime) -> None:
    lines = {
        "Marek Nowak": "He sends the film tonight; give him the upload link",
        "Farah Rahman": "Ask the bus company again after two",
        "Joan Appleyard": "",
    }
    told = {}
    for name, words in lines.items():
        case = _of(force, name)
        own.take(case, by=dev, now=now - 3 * HOUR)
        told[case.pk] = words
    handover.begin(
        dev.unit, by=dev, now=now - timedelta(minutes=15), of_cases=told,
        words="Quiet until the canal rose. The council has sandbags at Mill Race.",
    )  # fmt: skip


def _end(force: Force, sam: Officer, now: datetime) -> None:
    acted = outcomes(force.settings)[1]
    outcome.close_with(_of(force, "Imran Begum"), acted, reason="Removed by the council on Tuesday",
                       by=sam, now=now - 20 * HOUR)  # fmt: skip
    close.close(_of(force, "Zofia Kowalska"), reason="Passed on to the officers", by=sam,
                now=now - 18 * HOUR)  # fmt: skip
