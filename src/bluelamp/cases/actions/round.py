"""Round: one answer to everybody of an incident, case by case, each by itself.

The state of a :class:`RoundCase` is the queue, and is written in the transaction that
sends the answer: whoever dies in between has told nobody, and the next worker goes on.

Nobody is told what is older after what is newer.  Whoever begins a round holds the incident
meanwhile, so that what is newest is known; and where two workers are at two rounds, what has
been overtaken by the time that its turn comes is not told any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.answer import answer_beside
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, IncidentGroup, Reply, Round, RoundCase
from bluelamp.cases.queries.home import last_of_citizen, no_way_home
from bluelamp.cases.queries.rounds import last_update, late_to, overtaken
from bluelamp.cases.values import CaseState, ReplyState, RoundState
from bluelamp.kit import live
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.queue import app, nudge
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

AT_ONCE = 50
"""So many are told before the page comes back; a job tells the rest."""


def begin(
    group: IncidentGroup, text: str, *, by: Officer, now: datetime, once: uuid.UUID | None = None
) -> Round:
    """Say what the open cases of a group are to be told; nobody is told yet.

    :param once: of the form: the same again is the same round.
    :raises CaseRefusedError: no words.
    """
    permit.require(by, Acts.CASE_WORK, group)
    if not text.strip():
        raise CaseRefusedError(_("Write your answer."))
    with acting(by.as_actor(), "cases.round"):
        _hold(group.pk)
        made, new = Round.objects.get_or_create(
            once=once or uuid.uuid4(),
            defaults={"force_id": group.force_id, "group": group, "by": by, "text": text,
                      "made_at": now},
        )  # fmt: skip
        if new:
            there = Case.objects.filter(group=group).exclude(state=CaseState.CLOSED)
            _put_in(made, there.order_by("pk").values_list("pk", flat=True))
        nudge(app.tasks["bluelamp.cases.jobs.tell_round"], round=made.pk)
    return made


def begin_late(first: Round, *, by: Officer, now: datetime, once: uuid.UUID | None = None) -> Round:
    """Say that those who joined an incident since are to be told what was said in ``first``.

    :param once: of the form: the same again is the same round.
    :raises CaseRefusedError: all have been told, or something newer was said meanwhile.
    """
    permit.require(by, Acts.CASE_WORK, first.group)
    with acting(by.as_actor(), "cases.round"):
        _hold(first.group_id)
        made = Round.objects.filter(once=once).first() if once else None
        if made is None:
            made = _follow(first, by, now, once or uuid.uuid4())
        nudge(app.tasks["bluelamp.cases.jobs.tell_round"], round=made.pk)
    return made


def _hold(group: int) -> None:
    """Let nobody else begin a round of an incident until the transaction ends.

    Late joiners would be told by two at once, or what was new when this began.
    """
    IncidentGroup.objects.select_for_update(no_key=True).get(pk=group)


def _follow(first: Round, by: Officer, now: datetime, once: uuid.UUID) -> Round:
    if last_update(first.group) != first:
        raise CaseRefusedError(_("Something newer was said to everybody meanwhile. Look again."))
    late = list(late_to(first).values_list("pk", flat=True))
    if not late:
        raise CaseRefusedError(_("Everybody has been told already."))
    made = Round.objects.create(
        force_id=first.force_id, group=first.group, by=by, text=first.text, follows=first,
        once=once, made_at=now,
    )  # fmt: skip
    _put_in(made, late)
    return made


def _put_in(made: Round, cases: Iterable[int]) -> None:
    RoundCase.objects.bulk_create(
        RoundCase(force_id=made.force_id, round=made, case_id=pk) for pk in cases
    )


def tell(made: Round, *, now: datetime, most: int | None = None) -> int:
    """Tell those who still wait; return how many were settled.

    :param most: stop after so many; two workers at one round share it.
    """
    settled = 0
    while (most is None or settled < most) and _tell_next(made, now):
        settled += 1
    return settled


def _tell_next(made: Round, now: datetime) -> bool:
    with acting(made.by.as_actor(), "cases.round"):
        waiting = made.cases.filter(state=RoundState.WAITING)
        rows = waiting.select_for_update(skip_locked=True, of=("self",))
        row = rows.order_by("pk").first()
        if row is None:
            return False
        case = _held(row.case_id)
        row.state, row.problem = _told(case, made, now)
        row.save(update_fields=["state", "problem"])
    live.publish(f"round:{made.pk}", {"case": row.case_id})
    return True


def _held(case: int) -> Case:
    """Return a case; who tells it something in another round waits."""
    return Case.objects.select_for_update(of=("self",)).select_related("unit").get(pk=case)


def _told(case: Case, made: Round, now: datetime) -> tuple[RoundState, str]:
    if case.state == CaseState.CLOSED:
        return RoundState.REFUSED, _("It was closed meanwhile.")
    if case.group_id != made.group_id:
        return RoundState.REFUSED, _("It was taken out of the incident meanwhile.")
    if overtaken(made, case):
        return RoundState.REFUSED, _("They were told something newer meanwhile.")
    if not case.shown_to_citizen:
        return RoundState.REFUSED, _("Somebody else may read it: answer it by itself.")
    item = last_of_citizen(case)
    if item is None:
        return RoundState.REFUSED, no_way_home(case)
    try:
        with transaction.atomic():  # a refusal leaves nothing behind
            seen = _newest(case)
            reply = answer_beside(case, made.text, by=made.by, now=now, seen=seen, item=item)
    except BluelampError as error:  # an account that is shut, a vault: nobody behind it waits
        return RoundState.REFUSED, str(error)[:300]
    submitted = reply.state == ReplyState.SUBMITTED
    return (RoundState.SUBMITTED if submitted else RoundState.SENT), ""


def _newest(case: Case) -> int | None:
    sent = Reply.objects.filter(case=case).exclude(state=ReplyState.DRAFT)
    return sent.order_by("-pk").values_list("pk", flat=True).first()


def unfinished() -> list[int]:
    """Return the rounds in which somebody still waits."""
    waiting = RoundCase.objects.filter(state=RoundState.WAITING)
    return list(waiting.order_by("round").values_list("round", flat=True).distinct())
