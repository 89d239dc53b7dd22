"""Schedule: move the time of an approved message without opening its words."""

from __future__ import annotations

from datetime import datetime

from bluelamp.audit.actions import acting
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import queries, standing
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate, times
from bluelamp.outbound.values import Decision, Urgency


def reschedule(
    message: Message, *, at: datetime | None, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Send an approved message at another time; None for as soon as may be.

    The time is part of what was approved: only one who could have approved it
    moves it, and the decision is kept.  Routine messages keep out of the night.
    """
    permit.require(by, Acts.MESSAGE_APPROVE, message)
    with acting(officer_actor(by, source), "outbound.reschedule"):
        stored = Message.objects.select_for_update().get(pk=message.pk)
        gate.reschedule(queries.gate_of(stored), by=by.pk, version=message.version)
        stored.scheduled_for = times.send_time(now, at, Urgency(stored.urgency))
        stored.save(update_fields=["scheduled_for"])
        standing.decide(stored, Decision.APPROVED, by=by, now=now, reason="")
    return stored
