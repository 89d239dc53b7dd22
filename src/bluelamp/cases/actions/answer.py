"""Answer: drafted and saved while typing, checked, sent; in public after another's yes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases import milestones
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import AnsweredMeanwhileError, CaseRefusedError
from bluelamp.cases.models import Case, Reply
from bluelamp.cases.queries.way import Way, no_way, way_to
from bluelamp.cases.rules.answering import wants_another
from bluelamp.cases.rules.savedreply import fields_in
from bluelamp.cases.values import CaseState, ReplyState
from bluelamp.channels import acts
from bluelamp.channels.values import ActKind
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def draft(case: Case, text: str, *, by: Officer, now: datetime) -> Reply:
    """Save what an officer has typed so far; each officer has one draft in a case."""
    with changing(case, Acts.CASE_WORK, by=by, now=now, told=False) as found:
        made, _new = Reply.objects.update_or_create(
            case=found, by=by, state=ReplyState.DRAFT,
            defaults={"text": text, "changed_at": now},
            create_defaults={
                "force_id": found.force_id, "text": text, "changed_at": now
            },
        )  # fmt: skip
    return made


def answer(
    case: Case, text: str, *, by: Officer, now: datetime, seen: int | None,
    waiting: bool = False,
) -> Reply:  # fmt: skip
    """Send an answer, or submit it where everybody can read it.

    :param seen: the newest answer that the officer saw (its id); who has not seen a
        colleague's is asked to look first.
    :param waiting: now it is the citizen's turn: the clocks pause.
    :raises AnsweredMeanwhileError: a colleague answered since.
    :raises CaseRefusedError: there is no way to answer, no words, or they do not fit.
    """
    reply = draft(case, text, by=by, now=now)
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        _look(found, seen)
        way = _checked(found, text)
        reply.item = way.item
        if wants_another(public=way.public):
            reply.state, reply.waiting = ReplyState.SUBMITTED, waiting
            reply.save(update_fields=["item", "state", "waiting"])
            _begun(found, by)
        else:
            _send(found, reply, way, now=now, waiting=waiting)
    return reply


def approve(reply: Reply, *, by: Officer, now: datetime) -> None:
    """Let another officer's public answer go.

    :raises CaseRefusedError: one's own, or nothing waits.
    """
    if reply.by_id == by.pk:
        raise CaseRefusedError(_("Another officer has to approve your answer."))
    with changing(reply.case, Acts.CASE_APPROVE, by=by, now=now) as found:
        fresh = Reply.objects.select_for_update().get(pk=reply.pk)
        if fresh.state != ReplyState.SUBMITTED:
            raise CaseRefusedError(_("This answer does not wait for a decision any more."))
        fresh.approved_by = by
        _send(found, fresh, _checked(found, fresh.text), now=now, waiting=fresh.waiting)


def send_back(reply: Reply, *, reason: str, by: Officer, now: datetime) -> None:
    """Return a submitted answer to its author with the reason."""
    with changing(reply.case, Acts.CASE_APPROVE, by=by, now=now, reason=reason):
        mine = Reply.objects.filter(pk=reply.pk, state=ReplyState.SUBMITTED)
        Reply.objects.filter(case=reply.case, by=reply.by, state=ReplyState.DRAFT).delete()
        mine.update(state=ReplyState.DRAFT, changed_at=now)


def _look(case: Case, seen: int | None) -> None:
    newest = (
        Reply.objects.filter(case=case)
        .exclude(state=ReplyState.DRAFT)
        .select_related("by")
        .order_by("-pk")
        .first()
    )
    if newest is not None and newest.pk != seen:
        raise AnsweredMeanwhileError(
            _("%(name)s has answered meanwhile. Read it before you send yours."),
            name=newest.by.name,
        )


def _checked(case: Case, text: str) -> Way:
    if not text.strip():
        raise CaseRefusedError(_("Write your answer."))
    left = fields_in(text)
    if left:
        raise CaseRefusedError(_("Fill in %(fields)s first."), fields=", ".join(left))
    way = way_to(case)
    if way is None:
        raise CaseRefusedError(no_way(case))
    fit = way.fit(text)
    if not fit.fits:
        raise CaseRefusedError(fit.problem)
    return way


def _begun(case: Case, by: Officer) -> None:
    """Whoever writes an answer that waits for a yes has read the case, and has it."""
    case.owner = case.owner or by
    if case.state == CaseState.NEW:
        case.state = CaseState.OPEN
    case.save(update_fields=["owner", "state"])


def _send(case: Case, reply: Reply, way: Way, *, now: datetime, waiting: bool) -> None:
    reply.act = acts.want(
        way.account, ActKind.REPLY, way.saying(reply.text), by=reply.by.label, now=now,
    )  # fmt: skip
    reply.state, reply.sent_at = ReplyState.SENT, now
    reply.save(update_fields=["act", "state", "sent_at", "item", "approved_by"])
    case.answered_at, case.owner = now, case.owner or reply.by
    if case.state != CaseState.CLOSED:
        case.state = CaseState.WAITING if waiting else CaseState.OPEN
    case.save(update_fields=["answered_at", "owner", "state"])
    milestones.answered(case, waiting=waiting, now=now)


def may_approve(officer: Officer, reply: Reply) -> bool:
    """Say whether an officer may let this answer go."""
    another = reply.by_id != officer.pk
    return another and permit.may(officer, Acts.CASE_APPROVE, reply.case)
