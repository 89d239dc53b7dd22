"""What several stages write: a decision kept, a message let through the gate."""

from __future__ import annotations

from datetime import datetime

from bluelamp.kit.live import publish
from bluelamp.kit.queue import app, nudge
from bluelamp.org.models import Officer
from bluelamp.outbound import content, queries
from bluelamp.outbound.errors import NoAccountError, NotReadyError
from bluelamp.outbound.models import Approval, Message, MessageArea
from bluelamp.outbound.rules import times, words
from bluelamp.outbound.values import Decision, MessageState, Urgency


def refuse_blocking(message: Message, *, now: datetime) -> None:
    """Refuse a message in which the check finds something that blocks.

    :raises NotReadyError: with the codes of what it found.
    """
    stopped = words.blocking(queries.findings(message, now=now))
    if stopped:
        raise NotReadyError(tuple(finding.code for finding in stopped))


def decide(
    message: Message, decision: Decision, *, by: Officer, now: datetime, reason: str = ""
) -> Approval:
    """Keep a decision with exactly what it was taken on."""
    return Approval.objects.create(
        force=message.force,
        message=message,
        version=message.version,
        digest=queries.digest_of(message),
        content=queries.content_of(message),
        officer=by,
        decision=decision,
        reason=reason.strip(),
        at=now,
    )


def let_through(message: Message, *, now: datetime) -> None:
    """Freeze a locked message that a decision let through, and give it its time.

    The caller has asked the gate and is inside an act.

    :raises NoAccountError: the force has no account to send from.
    """
    message.account = queries.mail_account(message.force)
    if message.account is None:
        raise NoAccountError
    urgency = Urgency(message.urgency)
    areas = content.areas_of(message.force, queries.audience_of(message))
    message.state, message.approved_version = MessageState.APPROVED, message.version
    message.approved_at = now
    message.month = now.astimezone(times.LONDON).date().replace(day=1)
    message.scheduled_for = times.send_time(now, message.scheduled_for, urgency)
    message.counted = queries.count(message)
    message.frozen = content.freeze(message, areas=areas)
    message.save()
    message.areas.all().delete()
    MessageArea.objects.bulk_create(MessageArea(message=message, area=area) for area in areas)
    publish(f"message:{message.pk}", {"state": message.state})
    if message.scheduled_for <= now:
        nudge(app.tasks["bluelamp.outbound.jobs.fan_out"], message=message.pk)
