"""Stop: nothing more goes out from here on; what went has gone."""

from __future__ import annotations

from datetime import datetime

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.kit.live import publish
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import queries
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate


def stop(
    message: Message, *, by: Officer, now: datetime, reason: str = "", source: str = ""
) -> Message:
    """Stop a message that is scheduled or being sent.

    Whoever sends reads the state again for every window: what is on the wire
    arrives, nothing after it.

    :raises bluelamp.outbound.errors.StateError: nothing is being sent.
    """
    permit.require(by, Acts.MESSAGE_STOP, message)
    return stop_as(message, officer_actor(by, source), now=now, reason=reason)


def stop_as(message: Message, actor: Actor, *, now: datetime, reason: str = "") -> Message:
    """Stop a message for an actor whose right to it the caller has settled (an operator)."""
    with acting(actor, Acts.MESSAGE_STOP.value, reason=reason):
        stored = Message.objects.select_for_update().get(pk=message.pk)
        moved = gate.stop(queries.gate_of(stored))
        stored.state, stored.stopped_at = moved.state, now
        stored.save(update_fields=["state", "stopped_at"])
        publish(f"message:{stored.pk}", {"state": stored.state})
    return stored
