"""Approve: one officer decides on another's words; what is approved is frozen.

Three ways lead through: an approver's, the loud one of a commander who breaks the
glass for something urgent, and the standing rule of a recall (see recall.py).
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import content, queries, standing
from bluelamp.outbound.errors import StaleError
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate
from bluelamp.outbound.values import Decision


def approve(
    message: Message, *, digest: str, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Approve exactly what the officer read, and freeze it.

    :param digest: :func:`queries.digest_of` of what was on the officer's page.
    :raises StaleError: that is not what is stored.
    :raises bluelamp.outbound.errors.OwnWordsError: the officer wrote some of it.
    :raises NotReadyError: the check finds something that blocks by now.
    """
    permit.require(by, Acts.MESSAGE_APPROVE, message)
    with acting(officer_actor(by, source), Acts.MESSAGE_APPROVE.value):
        stored = _locked(message, digest)
        gate.approve(queries.gate_of(stored), by=by.pk, version=stored.version)
        standing.refuse_blocking(stored, now=now)
        standing.decide(stored, Decision.APPROVED, by=by, now=now)
        standing.let_through(stored, now=now)
        _answer(stored, _("Approved: %(title)s"), by=by, now=now)
    return stored


def send_back(
    message: Message, *, digest: str, reason: str, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Return a message to its author, with what to change.

    :raises bluelamp.outbound.errors.ReasonMissingError: no reason is given.
    """
    permit.require(by, Acts.MESSAGE_APPROVE, message)
    with acting(officer_actor(by, source), "outbound.return", reason=reason):
        stored = _locked(message, digest)
        moved = gate.send_back(
            queries.gate_of(stored), by=by.pk, version=stored.version, reason=reason
        )
        standing.decide(stored, Decision.RETURNED, by=by, now=now, reason=reason)
        stored.state = moved.state
        stored.save(update_fields=["state"])
        _answer(stored, _("Returned: %(title)s"), by=by, now=now, reason=reason)
    return stored


def break_glass(
    message: Message, *, digest: str, reason: str, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Send an urgent message without a second officer; everyone concerned hears of it.

    :raises bluelamp.outbound.errors.GateError: the message is not urgent.
    :raises bluelamp.outbound.errors.ReasonMissingError: no reason is given.
    """
    permit.require(by, Acts.MESSAGE_SEND_URGENT, message)
    with acting(officer_actor(by, source), Acts.MESSAGE_SEND_URGENT.value, reason=reason):
        stored = _locked(message, digest)
        gate.break_glass(queries.gate_of(stored), version=stored.version, reason=reason)
        standing.refuse_blocking(stored, now=now)
        standing.decide(stored, Decision.BREAK_GLASS, by=by, now=now, reason=reason)
        standing.let_through(stored, now=now)
        _sound(stored, reason, by=by, now=now)
    return stored


def _locked(message: Message, digest: str) -> Message:
    stored = (
        Message.objects.select_for_update(of=("self",))
        .select_related("force", "unit", "author", "account")
        .get(pk=message.pk)
    )
    if queries.digest_of(stored) != digest:
        raise StaleError
    return stored


def _answer(
    message: Message, subject: str, *, by: Officer, now: datetime, reason: str = ""
) -> None:
    """Tell the author what was decided."""
    text = _("%(who)s has decided on your message.\n\n%(reason)s\n\n%(url)s\n") % {
        "who": by.label,
        "reason": reason or _("It goes out at its time."),
        "url": content.console_url(message),
    }
    tell(
        message.force, kind=NoticeKind.DECIDED, address=message.author.email,
        subject=subject % {"title": message.title}, text=text, now=now,
    )  # fmt: skip


def _sound(message: Message, reason: str, *, by: Officer, now: datetime) -> None:
    """Tell every approver and the unit's mailbox that the glass was broken."""
    addresses = {officer.email for officer in queries.approvers(message, others=False)}
    addresses |= {message.unit.email} - {""}
    text = _(
        "%(who)s has sent an urgent message without a second officer.\n\n%(title)s\n\n"
        "Reason given: %(reason)s\n\nRead it, and stop or recall it if you must: %(url)s\n"
    ) % {
        "who": by.label, "title": message.title, "reason": reason,
        "url": content.console_url(message),
    }  # fmt: skip
    for address in sorted(addresses):
        tell(
            message.force, kind=NoticeKind.DECIDED, address=address, text=text, now=now,
            subject=_("Sent without approval: %(title)s") % {"title": message.title},
        )  # fmt: skip
