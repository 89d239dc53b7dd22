"""What the crash test of an answer to everybody runs in processes of their own."""

from __future__ import annotations

import json
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
django.setup()


from bluelamp.audit.actions import acting  # noqa: E402
from bluelamp.audit.values import SYSTEM  # noqa: E402
from bluelamp.cases.actions import group  # noqa: E402
from bluelamp.cases.actions import round as rounds  # noqa: E402
from bluelamp.cases.models import Case, Reply, Round  # noqa: E402
from bluelamp.cases.route import route  # noqa: E402
from bluelamp.channels.models import Account, Act  # noqa: E402
from bluelamp.inbound import ingest  # noqa: E402
from bluelamp.inbound.models import Item  # noqa: E402
from bluelamp.inbound.understand import understand  # noqa: E402
from bluelamp.kit import clock  # noqa: E402
from bluelamp.org.models import Force, Grant, Officer, Unit  # noqa: E402
from bluelamp.org.values import Role, UnitKind  # noqa: E402


def prepare(count: str) -> dict[str, Any]:
    """Let so many people report one thing, gather it, and say what all are to be told."""
    now = clock.now()
    with acting(SYSTEM, "test.setup"):
        force = Force.objects.create(slug="round", name="Round Police", short_name="Round")
        unit = Unit.objects.create(force=force, code="HQ", name="HQ", kind=UnitKind.FORCE, path="")
        Unit.objects.filter(pk=unit.pk).update(path=f"/{unit.pk}/")
        unit.refresh_from_db()
        officer = Officer.objects.create(force=force, unit=unit, number="1", name="Hana Reed")
        Grant.objects.create(force=force, officer=officer, role=Role.HANDLER, unit=unit, starts=now)
        account = Account.objects.create(force=force, provider="memory", name="P", created_at=now)
    for number in range(int(count)):
        body = {"kind": "human", "sender": f"n{number}@example.test", "text": "No power here"}
        ingest.store(account, f"m{number}", json.dumps(body).encode(), {}, now)
    understand(now=now)
    Item.objects.update(stage="triaged", severity=1)
    route(now=now)
    made = group.gather("Power cut", Case.objects.all(), unit=unit, by=officer, now=now)
    rounds.begin(made, "The network expects power at six.", by=officer, now=now)
    return {"cases": Case.objects.count()}


def work() -> dict[str, Any]:
    """Do what the worker does; the harness kills us."""
    rounds.tell(Round.objects.select_related("by").get(), now=clock.now())
    return {"done": not rounds.unfinished()}


def verdict() -> dict[str, Any]:
    """Return whom something was sent to, each as often as it was, and what is noted of it."""
    return {
        "told": sorted(Act.objects.values_list("utterance__to", flat=True)),
        "replies": Reply.objects.filter(state="sent").count(),
        "drafts": Reply.objects.filter(state="draft").count(),
        "states": sorted(Round.objects.get().cases.values_list("state", flat=True)),
    }


STEPS = {"prepare": prepare, "work": work, "verdict": verdict}
