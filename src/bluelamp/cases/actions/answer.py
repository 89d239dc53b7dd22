"""Answer: drafted and saved while typing, checked, sent; in public after another's yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases import milestones
from bluelamp.cases.actions import notes
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import AnsweredMeanwhileError, CaseRefusedError, ChangedMeanwhileError
from bluelamp.cases.models import Case, Reply
from bluelamp.cases.queries.approvals import mark_now
from bluelamp.cases.queries.way import Way, last_spoken, no_way, spoken, way_of
from bluelamp.cases.rules.answering import wants_another
from bluelamp.cases.rules.savedreply import fields_in
from bluelamp.cases.values import CaseState, ReplyState
from bluelamp.channels import acts
from bluelamp.channels.values import ActKind
from bluelamp.inbound.models import Item
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def draft(case: Case, text: str, *, by: Officer, now: datetime, item: Item | None = None) -> Reply:
    """Save what an officer has typed so far; each officer has one draft in a case.

    :param item: what it answers; without one, what the draft answered before.
    """
    said = {"text": text, "changed_at": now} | ({"item": item} if item else {})
    with changing(case, Acts.CASE_WORK, by=by, now=now, told=False) as found:
        made, _new = Reply.objects.update_or_create(
            case=found, by=by, state=ReplyState.DRAFT, defaults=said,
            create_defaults=said | {"force_id": found.force_id},
        )  # fmt: skip
    return made


def answer(
    case: Case, text: str, *, by: Officer, now: datetime, seen: int | None,
    waiting: bool = False, item: Item | None = None,
) -> Reply:  # fmt: skip
    """Send an answer, or submit it where everybody can read it.

    :param item: what of the case is answered; without one, what was said last.
    :param seen: the newest answer that the officer saw (its id); who has not seen a
        colleague's is asked to look first.
    :param waiting: now it is the citizen's turn: the clocks pause.
    :raises AnsweredMeanwhileError: a colleague answered since.
    :raises CaseRefusedError: there is no way to answer, no words, or they do not fit.
    """
    reply = draft(case, text, by=by, now=now)
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        _look(found, seen)
        way = _checked(found, text, _said_in(found, item.pk) if item else last_spoken(found))
        _out(found, reply, way, now=now, waiting=waiting)
    return reply


def answer_beside(
    case: Case, text: str, *, by: Officer, now: datetime, seen: int | None, item: Item | None
) -> Reply:
    """Answer as :func:`answer` does, with words that were written elsewhere than in the case.

    What the officer is drafting there stays theirs to send; what is refused leaves nothing.
    """
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        _look(found, seen)
        way = _checked(found, text, _said_in(found, item.pk) if item else last_spoken(found))
        reply = Reply.objects.create(
            force_id=found.force_id, case=found, by=by, text=text, state=ReplyState.SUBMITTED,
            changed_at=now,
        )  # fmt: skip
        _out(found, reply, way, now=now, waiting=False)
    return reply


def drafting(by: Officer, cases: Iterable[int]) -> list[str]:
    """Return the references of those of some cases in which an officer's draft is kept."""
    kept = Reply.objects.filter(case__in=cases, by=by, state=ReplyState.DRAFT).exclude(text="")
    return list(kept.order_by("case").values_list("case__reference", flat=True))


def _out(case: Case, reply: Reply, way: Way, *, now: datetime, waiting: bool) -> None:
    """Let an answer go; where everybody can read it, to another officer first."""
    reply.item = way.item
    if not wants_another(public=way.public):
        _send(case, reply, way, now=now, waiting=waiting)
        return
    reply.state, reply.waiting = ReplyState.SUBMITTED, waiting
    reply.save(update_fields=["item", "state", "waiting"])
    _begun(case, reply.by)


def approve(reply: Reply, *, by: Officer, now: datetime, seen: str | None = None) -> None:
    """Let another officer's public answer go, to whom it was written: nobody who spoke since.

    :param seen: the mark of what the officer read (``queries.approvals.mark_of``).
    :raises CaseRefusedError: one's own, nothing waits, what it answers is there no more, or
        it is not what was read.
    """
    if reply.by_id == by.pk:
        raise CaseRefusedError(_("Another officer has to approve your answer."))
    with changing(reply.case, Acts.CASE_APPROVE, by=by, now=now) as found:
        fresh = _waiting(reply)
        if seen is not None and seen != mark_now(fresh):
            raise ChangedMeanwhileError(_("It changed after it was shown to you. Read it again."))
        way = _checked(found, fresh.text, _said_in(found, fresh.item_id))
        fresh.approved_by = by
        _send(found, fresh, way, now=now, waiting=fresh.waiting)


def send_back(reply: Reply, *, reason: str, by: Officer, now: datetime) -> None:
    """Return a submitted answer to its author, with the reason as a note that they hear of.

    It is their draft again; where they began another meanwhile, both are kept.

    :raises CaseRefusedError: no reason, or nothing waits.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say what should change."))
    with changing(reply.case, Acts.CASE_APPROVE, by=by, now=now, reason=reason) as found:
        fresh = _waiting(reply)
        drafts = Reply.objects.filter(case=found, by=fresh.by, state=ReplyState.DRAFT)
        drafts.filter(text="").delete()  # an empty box that was saved is no other answer
        fresh.state = ReplyState.RETURNED if drafts.exists() else ReplyState.DRAFT
        fresh.changed_at = now
        fresh.save(update_fields=["state", "changed_at"])
        words = _("Sent back: %(reason)s") % {"reason": reason.strip()}
        notes.written(found, words, by=by, now=now, mentions=_reader(found, fresh.by))


def _waiting(reply: Reply) -> Reply:
    """Return an answer, locked, that waits for a decision.

    :raises CaseRefusedError: it does not.
    """
    rows = Reply.objects.select_for_update(of=("self",)).select_related("by")
    fresh = rows.get(pk=reply.pk)
    if fresh.state != ReplyState.SUBMITTED:
        raise CaseRefusedError(_("This answer does not wait for a decision any more."))
    return fresh


def _reader(case: Case, author: Officer) -> list[Officer]:
    """Return the author, unless they work elsewhere by now and may not read the case."""
    return [author] if permit.may(author, Acts.CASE_READ, case) else []


def _said_in(case: Case, item: int | None) -> Item:
    """Return what an answer was written to.

    :raises CaseRefusedError: nobody else is answered in its place.
    """
    found = spoken(case).filter(pk=item).first() if item else None
    if found is None:
        raise CaseRefusedError(
            _("What this answers was taken down, or is in this case no more. Answer another.")
        )
    return found


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


def _checked(case: Case, text: str, item: Item | None) -> Way:
    if not text.strip():
        raise CaseRefusedError(_("Write your answer."))
    left = fields_in(text)
    if left:
        raise CaseRefusedError(_("Fill in %(fields)s first."), fields=", ".join(left))
    way = way_of(case, item) if item is not None else None
    if way is None:
        raise CaseRefusedError(no_way(case, item))
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
