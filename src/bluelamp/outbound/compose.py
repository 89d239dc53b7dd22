"""Compose: write a message, and change it.  A change takes approval away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.members.values import Audience
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts
from bluelamp.outbound import queries
from bluelamp.outbound.errors import StaleError
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate
from bluelamp.outbound.values import Draft


def create(
    draft: Draft,
    *,
    by: Officer,
    now: datetime,
    unit: Unit | None = None,
    follows: Message | None = None,
    source: str = "",
) -> Message:
    """Write a new message for the officer's unit, or another one within the grants."""
    unit = unit or by.unit
    permit.require(by, Acts.MESSAGE_WRITE, unit)
    with acting(officer_actor(by, source), Acts.MESSAGE_WRITE.value):
        return Message.objects.create(
            force=unit.force,
            unit=unit,
            author=by,
            account=queries.mail_account(unit.force),
            writers=[by.pk],
            follows=follows,
            created_at=now,
            changed_at=now,
            **_columns(draft),
        )


def change(
    message: Message, draft: Draft, *, by: Officer, now: datetime, source: str = ""
) -> Message:
    """Change words, audience or time; a change of nothing changes nothing.

    Raises the version, takes a submission or an approval back, and counts the
    officer among the writers, so that they cannot approve.

    :raises StaleError: ``message`` is not the version that is stored.
    :raises bluelamp.outbound.errors.StateError: it has left the gate.
    """
    permit.require(by, Acts.MESSAGE_WRITE, message)
    with acting(officer_actor(by, source), Acts.MESSAGE_WRITE.value):
        stored = Message.objects.select_for_update().get(pk=message.pk)
        if stored.version != message.version:
            raise StaleError
        columns = _columns(draft)
        if all(getattr(stored, name) == value for name, value in columns.items()):
            return stored
        moved = gate.change(queries.gate_of(stored), by=by.pk)
        stored.state, stored.version = moved.state, moved.version
        stored.approved_version, stored.writers = None, sorted(moved.writers)
        stored.submitted_at = stored.approved_at = stored.month = None
        stored.frozen = None  # type: ignore[assignment]
        stored.changed_at = now
        for name, value in columns.items():
            setattr(stored, name, value)
        stored.save()
        stored.areas.all().delete()
    return stored


def discard(message: Message, *, by: Officer, source: str = "") -> None:
    """Throw a draft away that nobody has decided on.

    :raises bluelamp.outbound.errors.StateError: it is not a draft.
    """
    permit.require(by, Acts.MESSAGE_WRITE, message)
    with acting(officer_actor(by, source), "outbound.discard"):
        stored = Message.objects.select_for_update().get(pk=message.pk)
        gate.discard(queries.gate_of(stored))
        stored.delete()


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "urgency": draft.urgency,
        "purpose": draft.purpose,
        "title": " ".join(draft.title.split()),
        "body": draft.body.replace("\r\n", "\n").strip(),
        "audience": Audience.model_validate(draft.audience).model_dump(mode="json"),
        "scheduled_for": draft.scheduled_for,
        "unknown_policy": draft.unknown_policy,
    }
