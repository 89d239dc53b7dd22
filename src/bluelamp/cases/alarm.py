"""Alarm: who hears that a milestone comes near, and who that it was missed.

A warning goes to whoever has the case, and to the unit where nobody has it or who has
it is not at work; a breach to the unit and the supervisors on shift as well.  Where
neither has a reader, because nobody is at work and the unit keeps no mailbox, it goes to
the supervisors on shift; else to whoever supervises the unit, or the next above it, at
whatever hour; and where there is no such officer, to the nearest mailbox above.
An emergency's breach also rings until somebody answers.  Nothing of the citizen stands
in it.  Who is to hear of several at once hears of them in one letter: an incident's three
hundred cases that fall due together fill no mailbox, and the three hundredth rings as soon
as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bluelamp.cases import milestones
from bluelamp.cases.labels import KINDS
from bluelamp.cases.milestones import Rung
from bluelamp.cases.models import Case
from bluelamp.cases.values import RINGS_FOR_PROMISE
from bluelamp.inbound.values import Severity
from bluelamp.kit import live
from bluelamp.kit.config import config
from bluelamp.notices.actions import tell
from bluelamp.notices.paging import page
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Force, Unit
from bluelamp.org.queries import at_work, holders, nearest_holders, on_shift
from bluelamp.org.values import Role

LINES = 50
"""Cases that a letter names; the board has the others."""


def ring(*, now: datetime) -> int:
    """Mark what is due now and tell who must know, in one transaction; return how many."""
    with transaction.atomic():
        rung = milestones.ring(now=now)
        _tell(rung, now)
    return len(rung)


def _tell(rung: Sequence[Rung], now: datetime) -> None:
    related = Case.objects.select_related("force", "unit", "owner")
    cases = related.in_bulk({one.case for one in rung})
    for letter in _letters(rung, cases, now):
        _send(letter, now)
    for one in rung:
        if one.breached and cases[one.case].severity >= Severity.EMERGENCY:
            _page(cases[one.case], one, now)
    for force in {case.force_id for case in cases.values()}:
        live.publish(f"cases:{force}", {"milestones": len(rung)})


# Who hears of it ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letter:
    """What one address is told of at once."""

    force: Force
    address: str
    breached: bool
    about: list[tuple[Case, Rung]] = field(default_factory=list)


def _letters(rung: Iterable[Rung], cases: Mapping[int, Case], now: datetime) -> Iterable[_Letter]:
    hearers = _Hearers({case.owner_id for case in cases.values() if case.owner_id}, now)
    letters: dict[tuple[int, str, bool], _Letter] = {}
    for one in rung:
        case = cases[one.case]
        for address in hearers.of(case, breached=one.breached):
            key = case.force_id, address, one.breached
            letter = letters.setdefault(key, _Letter(case.force, address, one.breached))
            letter.about.append((case, one))
    return letters.values()


class _Hearers:
    """Who hears of a case; each unit's people are looked up once."""

    def __init__(self, owners: Iterable[int], now: datetime) -> None:
        self._there = at_work(owners, now)
        self._on_shift = cache(lambda unit: _supervisors(unit, now))
        self._at_any_hour = cache(lambda unit: _answerable(unit, now))

    def of(self, case: Case, *, breached: bool) -> Iterable[str]:
        """Return the addresses that hear of it, each once."""
        return dict.fromkeys(address for address in self._all(case, breached) if address)

    def _all(self, case: Case, breached: bool) -> Iterator[str]:
        there = case.owner_id in self._there
        if case.owner is not None:
            yield case.owner.email
        if breached or not there:
            yield case.unit.email
        heard = there or case.unit.email
        if breached or not heard:
            above = self._on_shift(case.unit)
            yield from above if above or heard else self._at_any_hour(case.unit)


def _supervisors(unit: Unit, now: datetime) -> list[str]:
    """Return the addresses of the supervisors on shift at a unit."""
    there = [one.pk for one in on_shift(unit, now)]
    found = holders(unit.force, Role.SUPERVISOR, now=now).filter(pk__in=there)
    return list(found.order_by("pk").values_list("email", flat=True))


def _answerable(unit: Unit, now: datetime) -> list[str]:
    """Return the addresses of who supervises a unit, at work or not; else of who commands.

    Where nobody does, the mailbox of the nearest unit above that keeps one.
    """
    for role in (Role.SUPERVISOR, Role.COMMANDER):
        found = [one.email for one in nearest_holders(unit, role, now=now) if one.email]
        if found:
            return found
    over = [int(pk) for pk in unit.path.strip("/").split("/") if pk]
    kept = Unit.objects.filter(pk__in=over).exclude(email="").order_by(Length("path").desc())
    return list(kept.values_list("email", flat=True)[:1])


def _page(case: Case, rung: Rung, now: datetime) -> None:
    """Ring until somebody answers, once a milestone; who answers has it (``oncall``)."""
    page(
        case.unit, about=f"{RINGS_FOR_PROMISE}{rung.milestone}",
        words=_("A promise in an emergency was missed."),
        path=f"/console/cases/{case.reference}/", now=now,
    )  # fmt: skip


# What it says -------------------------------------------------------------------


def _send(letter: _Letter, now: datetime) -> None:
    subject = _subject(letter)
    tell(
        letter.force, kind=NoticeKind.CASE, address=letter.address, subject=subject,
        text="\n\n".join([subject, *_lines(letter)]) + "\n", now=now,
    )  # fmt: skip


def _subject(letter: _Letter) -> str:
    many = len(letter.about)
    if many == 1:
        return _title(*letter.about[0])
    if letter.breached:
        return ngettext("Missed: %(n)d promise", "Missed: %(n)d promises", many) % {"n": many}
    return ngettext("Due soon: %(n)d promise", "Due soon: %(n)d promises", many) % {"n": many}


def _lines(letter: _Letter) -> Iterator[str]:
    root = f"{config().public_url}/console"
    alone, rest = len(letter.about) == 1, len(letter.about) - LINES
    for case, rung in letter.about[:LINES]:
        link = f"{root}/cases/{case.reference}/"
        yield link if alone else f"{_title(case, rung)}\n{link}"
    if rest > 0:
        more = ngettext("and %(n)d more", "and %(n)d more", rest) % {"n": rest}
        yield f"{more}\n{root}/cases/"


def _title(case: Case, rung: Rung) -> str:
    words = (
        _("Missed: %(kind)s of case %(case)s")
        if rung.breached
        else _("Due soon: %(kind)s of case %(case)s")
    )
    return words % {"case": case.reference, "kind": KINDS[rung.kind]}
