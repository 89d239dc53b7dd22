"""Alarm: who hears that a milestone comes near, and who that it was missed.

A warning goes to whoever has the case, else to the unit; a breach to the unit
and the supervisors as well.  Nothing of the citizen stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bluelamp.cases import milestones
from bluelamp.cases.labels import KINDS
from bluelamp.cases.milestones import Rung
from bluelamp.cases.models import Case
from bluelamp.kit import live
from bluelamp.kit.config import config
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Officer
from bluelamp.org.queries import on_shift
from bluelamp.org.values import Role


def ring(*, now: datetime) -> int:
    """Mark what is due now and tell who must know, in one transaction; return how many."""
    with transaction.atomic():
        rung = milestones.ring(now=now)
        _tell(rung, now)
    return len(rung)


def _tell(rung: Sequence[Rung], now: datetime) -> None:
    related = Case.objects.select_related("force", "unit", "owner")
    cases = related.in_bulk({one.case for one in rung})
    for one in rung:
        case = cases[one.case]
        for address in _addresses(case, one, now):
            _write(case, one, address, now)
    for force in {case.force_id for case in cases.values()}:
        live.publish(f"cases:{force}", {"milestones": len(rung)})


def _addresses(case: Case, rung: Rung, now: datetime) -> Iterable[str]:
    """Return who hears of it, each once."""
    return dict.fromkeys(address for address in _all(case, rung, now) if address)


def _all(case: Case, rung: Rung, now: datetime) -> Iterator[str]:
    if case.owner is not None:
        yield case.owner.email
    if case.owner is None or rung.breached:
        yield case.unit.email
    if rung.breached:
        for officer in on_shift(case.unit, now):
            if _supervises(officer):
                yield officer.email


def _supervises(officer: Officer) -> bool:
    return officer.grants.filter(role=Role.SUPERVISOR, revoked_at=None).exists()


def _write(case: Case, rung: Rung, address: str, now: datetime) -> None:
    names = {"case": case.reference, "kind": KINDS[rung.kind]}
    words = _("Missed: %(kind)s of case %(case)s") if rung.breached else _(
        "Due soon: %(kind)s of case %(case)s"
    )  # fmt: skip
    subject = words % names
    link = f"{config().public_url}/console/cases/{case.reference}/"
    tell(
        case.force, kind=NoticeKind.CASE, address=address, subject=subject,
        text=f"{subject}\n\n{link}\n", now=now,
    )  # fmt: skip
