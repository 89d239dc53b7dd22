"""What the crash test of the inbound river runs in processes of their own."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
django.setup()

from django.db.models import Count  # noqa: E402

from bluelamp.audit.actions import acting  # noqa: E402
from bluelamp.audit.values import SYSTEM  # noqa: E402
from bluelamp.cases.models import Case, CaseItem, Milestone, Target  # noqa: E402
from bluelamp.cases.route import route  # noqa: E402
from bluelamp.cases.values import MilestoneKind  # noqa: E402
from bluelamp.channels.models import Account, Act  # noqa: E402
from bluelamp.inbound import ingest  # noqa: E402
from bluelamp.inbound.models import Item, RawItem  # noqa: E402
from bluelamp.inbound.moderate import moderate  # noqa: E402
from bluelamp.inbound.thread import thread  # noqa: E402
from bluelamp.inbound.triage import triage  # noqa: E402
from bluelamp.inbound.understand import understand  # noqa: E402
from bluelamp.kit import clock  # noqa: E402
from bluelamp.members.models import ContactPoint  # noqa: E402
from bluelamp.notices.models import Page  # noqa: E402
from bluelamp.org.models import Force, Unit  # noqa: E402
from bluelamp.org.values import UnitKind  # noqa: E402

STAGES = (understand, moderate, thread, triage, route)
BATCH = 25
"""Small, so that many batches are open to be killed in."""
SENDERS = 120


def prepare() -> dict[str, Any]:
    """Make a force that promises something, with an account."""
    with acting(SYSTEM, "test.setup"):
        force = Force.objects.create(slug="river", name="River Police", short_name="River")
        unit = Unit.objects.create(force=force, code="HQ", name="HQ", kind=UnitKind.FORCE, path="")
        Unit.objects.filter(pk=unit.pk).update(path=f"/{unit.pk}/")
        Account.objects.create(force=force, provider="memory", name="Page", created_at=clock.now())
        for severity in range(1, 5):
            for kind in MilestoneKind:
                Target.objects.create(
                    force=force, severity=severity, kind=kind, within=timedelta(hours=8)
                )
    return {}


def payload(number: int) -> bytes:
    sender = f"citizen{number % SENDERS}@example.test"
    danger = number % 40 == 0
    text = "please help he has a knife" if danger else f"Our shed number {number} was broken into"
    return json.dumps({"kind": "human", "sender": sender, "text": text}).encode()


def door(count: str, receipts: str) -> dict[str, Any]:
    """Bring items in and note each that was acknowledged; whoever dies begins again."""
    account = Account.objects.get()
    known = set(Path(receipts).read_text().split()) if Path(receipts).exists() else set()
    again = set(sorted(known)[-7:])  # an overlapping poll brings some twice
    with Path(receipts).open("a") as log:
        for number in range(int(count)):
            name = f"m{number}"
            if name in known and name not in again:
                continue
            ingest.store(account, name, payload(number), {}, clock.now())
            log.write(f"{name}\n")
            log.flush()
    return {"done": True}


def work(count: str) -> dict[str, Any]:
    """Carry what is there down the river, until all has arrived; the harness kills us."""
    while Item.objects.filter(stage="routed").count() < int(count):
        for stage in STAGES:
            stage(now=clock.now(), limit=BATCH)
    return {"done": True}


def verdict() -> dict[str, Any]:
    """Return what is there of what."""
    kinds = Milestone.objects.values("case").annotate(n=Count("pk")).values_list("n", flat=True)
    owners = Case.objects.values("contact_point").annotate(n=Count("pk"))
    return {
        "raw": sorted(RawItem.objects.values_list("external_id", flat=True)),
        "items": sorted(Item.objects.values_list("raw__external_id", flat=True)),
        "in_cases": sorted(CaseItem.objects.values_list("item__raw__external_id", flat=True)),
        "points": ContactPoint.objects.count(),
        "cases_of_a_person": sorted(set(owners.values_list("n", flat=True))),
        "cases": Case.objects.count(),
        "milestones_of_a_case": sorted(set(kinds)),
        "rung": sorted(Page.objects.values_list("about", flat=True)),
        "emergencies": Item.objects.filter(severity=4).count(),
        "answers": Act.objects.count(),
        "cases_answered": Case.objects.filter(items__item__severity=4).distinct().count(),
    }


STEPS = {"prepare": prepare, "door": door, "work": work, "verdict": verdict}
