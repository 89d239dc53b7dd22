"""Recall: withdraw a message everywhere at once, and tell those who were told.

The page and the feeds say so with the commit.  The correction is a message like
any other, but its words are fixed: what was withdrawn and the reason.  That is
what the standing rule approves; it goes by day and night, to the contact points
that the recalled message may have reached (:func:`queries.told`), to nobody else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.kit.live import publish
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import queries, standing
from bluelamp.outbound.errors import NotReadyError
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate, words
from bluelamp.outbound.values import Decision, Kind, MessageState, Urgency

STANDING_RULE = "standing approval: the fixed words of a recall's correction"
REASON_LIMIT = 200
SETTLING = timedelta(minutes=1)
"""What is on the wire when a message is recalled needs so long to be recorded."""


def recall(
    message: Message, *, reason: str, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Withdraw a message; return the correction that goes out.

    :param reason: shown to the public, at most 200 characters.
    :raises NotReadyError: the reason holds what must not be published.
    :raises bluelamp.outbound.errors.StateError: nobody has been told.
    """
    permit.require(by, Acts.MESSAGE_RECALL, message)
    reason = " ".join(reason.split())[:REASON_LIMIT]
    _fit(reason)
    with acting(officer_actor(by, source), Acts.MESSAGE_RECALL.value, reason=reason):
        stored = (
            Message.objects.select_for_update(of=("self",))
            .select_related("force", "unit")
            .get(pk=message.pk)
        )
        moved = gate.recall(queries.gate_of(stored), reason=reason)
        stored.state, stored.recalled_at, stored.recall_reason = moved.state, now, reason
        stored.save(update_fields=["state", "recalled_at", "recall_reason"])
        made = _correction(stored, by=by, now=now)
        standing.decide(made, Decision.STANDING, by=by, now=now, reason=STANDING_RULE)
        standing.let_through(made, now=now)
        publish(f"message:{stored.pk}", {"state": stored.state})
    return made


def _fit(reason: str) -> None:
    stopped = words.blocking(tuple(words.personal(reason)))
    if stopped:
        raise NotReadyError(tuple(finding.code for finding in stopped))


def _correction(message: Message, *, by: Officer, now: datetime) -> Message:
    title = _("Withdrawn: %(title)s") % {"title": message.title}
    body = _(
        "We have withdrawn this message, which we sent to you: “%(title)s”.\n\n"
        "The reason: %(reason)s\n\nWe are sorry for the mistake."
    ) % {"title": message.title, "reason": message.recall_reason}
    return Message.objects.create(
        force=message.force,
        unit=message.unit,
        author=by,
        writers=[by.pk],
        follows=message,
        kind=Kind.CORRECTION,
        urgency=Urgency.URGENT,
        purpose=message.purpose,
        title=title[:120],
        body=body,
        audience=message.audience,
        state=MessageState.SUBMITTED,
        unknown_policy=message.unknown_policy,
        scheduled_for=now + SETTLING,
        created_at=now,
        changed_at=now,
        submitted_at=now,
    )
