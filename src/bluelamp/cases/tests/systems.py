"""Another case system for tests: the simulated Salesforce, and a field map for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.systems import add_system
from bluelamp.cases.models import Case, CaseSystem
from bluelamp.cases.rules.reference import new_reference
from bluelamp.org.models import Force
from simulators.salesforce import App

FIELDS: list[dict[str, Any]] = [
    {"ours": "title", "theirs": "Subject", "longest": 255},
    {"theirs": "Origin", "always": "Bluelamp"},
    {
        "ours": "severity",
        "theirs": "Priority",
        "values": {"4": "High", "3": "High", "2": "Medium", "1": "Low", "0": "Low"},
    },
    {
        "ours": "state",
        "theirs": "Status",
        "values": {"new": "New", "open": "Working", "waiting": "Waiting", "closed": "Closed"},
    },
]
SECRET = "they and we know this"


def salesforce(force: Force, url: str, now: datetime, **more: str) -> CaseSystem:
    app = App()
    secrets = {
        "consumer_secret": app.consumer_secret, "password": app.password, "webhook_secret": SECRET
    }  # fmt: skip
    settings = {
        "url": url, "domain": "login", "consumer_key": app.consumer_key, "username": app.username
    }  # fmt: skip
    return add_system(
        force, "salesforce", "Service Cloud", settings=settings | more, secrets=secrets,
        fields=FIELDS, by=SYSTEM, now=now,
    )  # fmt: skip


def cases(force: Force, number: int, now: datetime) -> list[Case]:
    """Open so many cases of nobody."""
    unit = force.units.get(parent=None)
    with acting(SYSTEM, "test.setup"):
        return Case.objects.bulk_create(
            Case(
                force=force, unit=unit, reference=new_reference(), title=f"Case {each}",
                severity=each % 5, opened_at=now, changed_at=now, heard_at=now,
            )
            for each in range(number)
        )  # fmt: skip


def change(case: Case, now: datetime, **facts: Any) -> None:
    with acting(SYSTEM, "test.change"):
        Case.objects.filter(pk=case.pk).update(changed_at=now, **facts)
