"""One incident that many report: gathered, answered and closed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.answer import drafting
from bluelamp.cases.actions.close import close
from bluelamp.cases.actions.outcome import close_with
from bluelamp.cases.actions.propose import keep_apart
from bluelamp.cases.actions.round import AT_ONCE, begin, begin_late, tell
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, IncidentGroup, Outcome, Round
from bluelamp.cases.queries.queue import OPEN, cases
from bluelamp.cases.rules.outcomes import Choice
from bluelamp.cases.values import RoundState
from bluelamp.kit import live
from bluelamp.org import permit
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts


def gather(
    title: str, chosen: Iterable[Case], *, unit: Unit, by: Officer, now: datetime
) -> IncidentGroup:
    """Begin a group with these cases.

    :raises CaseRefusedError: it has no title.
    """
    if not title.strip():
        raise CaseRefusedError(_("Give the incident a title."))
    permit.require(by, Acts.CASE_WORK, unit)
    with acting(by.as_actor(), "cases.gather"):
        made = IncidentGroup.objects.create(
            force_id=unit.force_id,
            unit=unit,
            title=title.strip()[:120],
            opened_by=by,
            opened_at=now,
        )
        add(made, chosen, by=by, now=now)
    return made


def add(group: IncidentGroup, chosen: Iterable[Case], *, by: Officer, now: datetime) -> None:
    """Put cases into a group; one that is in another moves."""
    rows = list(chosen)
    for case in rows:
        permit.require(by, Acts.CASE_WORK, case)
        if case.force_id != group.force_id:
            raise CaseRefusedError(_("This case belongs to another force."))
    with acting(by.as_actor(), "cases.gather"):
        Case.objects.filter(pk__in=[case.pk for case in rows]).update(group=group, changed_at=now)
    live.publish(f"cases:{group.force_id}", {"group": group.pk})


def leave(case: Case, *, by: Officer, now: datetime) -> None:
    """Take a case out of its group; it is not proposed for it again."""
    permit.require(by, Acts.CASE_WORK, case)
    with acting(by.as_actor(), "cases.gather"):
        if case.group is not None:
            keep_apart([case], case.group, by=by, now=now)
        Case.objects.filter(pk=case.pk).update(group=None, changed_at=now)


@dataclass(frozen=True, slots=True)
class Told:
    """How far one answer to all has come."""

    sent: int
    submitted: int
    """In public: wait for another's yes."""
    waiting: int
    """Are told by and by."""
    refused: dict[str, str]
    """Case reference -> why it was not answered; of the cases that who asks may read."""
    others: int
    """So many more were not answered, in cases that are not for who asks to read."""
    drafts: list[str]
    """References of those in which a draft of who asks is kept beside this answer."""

    @property
    def settled(self) -> int:
        """How many do not wait any more."""
        return self.sent + self.submitted + self.failed

    @property
    def failed(self) -> int:
        """How many could not be answered."""
        return len(self.refused) + self.others


def answer_all(
    group: IncidentGroup, text: str, *, by: Officer, now: datetime, once: UUID | None = None
) -> Round:
    """Answer everybody in a group, each on their own channel; each answer stands by itself.

    A few are told at once, many by a job; one that cannot be told holds up nobody.

    :param once: of the form that was sent: sent twice, everybody is told once.
    :raises CaseRefusedError: no words.
    """
    made = begin(group, text, by=by, now=now, once=once)
    if made.cases.count() <= AT_ONCE:
        tell(made, now=now)
    return made


def tell_late(first: Round, *, by: Officer, now: datetime, once: UUID | None = None) -> Round:
    """Tell those who joined an incident since what all others were told; nobody else.

    :param first: what everybody was told last.
    :param once: of the form that was sent: sent twice, everybody is told once.
    :raises CaseRefusedError: all have been told, or something newer was said meanwhile.
    """
    made = begin_late(first, by=by, now=now, once=once)
    if made.cases.count() <= AT_ONCE:
        tell(made, now=now)
    return made


def told(made: Round, *, to: Officer) -> Told:
    """Return how far a round has come, naming those it did not reach that an officer may read."""
    counts = Counter(made.cases.values_list("state", flat=True))
    refused = made.cases.filter(state=RoundState.REFUSED, case__in=cases(to).values("pk"))
    named = dict(refused.order_by("pk").values_list("case__reference", "problem"))
    return Told(
        counts[RoundState.SENT], counts[RoundState.SUBMITTED], counts[RoundState.WAITING],
        named, counts[RoundState.REFUSED] - len(named),
        drafting(to, made.cases.values_list("case", flat=True)),
    )  # fmt: skip


class Closed(NamedTuple):
    """What came of closing an incident."""

    many: int
    """Cases that were closed with it."""
    untold: list[str]
    """References of those of them whose citizens could not be told."""
    left: int
    """Cases that stay open: they are not the officer's to close."""
    drafts: list[str]
    """References of those of them in which a draft of the officer's is kept."""


def close_all(
    group: IncidentGroup, outcome: Choice | None = None, *, reason: str, by: Officer,
    now: datetime, words: str = "",
) -> Closed:  # fmt: skip
    """Close a group and its open cases, and tell everybody what came of it.

    A case that went where the officer may not work stays open, with its own unit.

    :param outcome: without one nobody is told.
    """
    permit.require(by, Acts.CASE_WORK, group)
    rows = list(cases(by, Acts.CASE_WORK).filter(OPEN, group=group).order_by("pk"))
    with acting(by.as_actor(), "cases.close", reason=reason):
        made = [_end(case, outcome, words, reason, by, now) for case in rows]
        IncidentGroup.objects.filter(pk=group.pk).update(closed_at=now)
    untold = [one.case.reference for one in made if one is not None and one.silence]
    kept = drafting(by, [case.pk for case in rows])
    return Closed(len(rows), untold, group.cases.filter(OPEN).count(), kept)


def _end(
    case: Case, outcome: Choice | None, words: str, reason: str, by: Officer, now: datetime
) -> Outcome | None:
    if outcome is None:
        close(case, reason=reason, by=by, now=now)
        return None
    return close_with(case, outcome, words=words, reason=reason, by=by, now=now)
