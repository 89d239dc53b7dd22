"""The gate: who may move a message, from which state, and on which version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bluelamp.outbound.errors import (
    GateError,
    OwnWordsError,
    ReasonMissingError,
    StaleError,
    StateError,
)
from bluelamp.outbound.values import (
    EDITABLE,
    RECALLABLE,
    STOPPABLE,
    MessageState,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a message stands at the gate.

    ``writers`` are the ids of all officers who wrote any of its words.
    """

    state: MessageState
    version: int
    writers: frozenset[int]
    urgency: Urgency = Urgency.ROUTINE
    approved_version: int | None = None


def change(gate: Gate, *, by: int) -> Gate:
    """Return the gate after a change of words, audience or time: approval is lost.

    :raises StateError: the message has left the gate.
    """
    _in(gate, EDITABLE, "change")
    return replace(
        gate,
        state=MessageState.DRAFT,
        version=gate.version + 1,
        writers=gate.writers | {by},
        approved_version=None,
    )


def submit(gate: Gate) -> Gate:
    """Return the gate once an approver is asked for.

    :raises StateError: it waits already, or has left the gate.
    """
    _in(gate, {MessageState.DRAFT, MessageState.RETURNED}, "submit")
    return replace(gate, state=MessageState.SUBMITTED)


def approve(gate: Gate, *, by: int, version: int) -> Gate:
    """Return the gate once ``by`` has approved ``version``.

    :raises StateError: it does not wait for approval.
    :raises StaleError: another version than the one that was read.
    :raises OwnWordsError: ``by`` wrote some of the words.
    """
    _decidable(gate, by=by, version=version, wanted="approve")
    return _approved(gate)


def send_back(gate: Gate, *, by: int, version: int, reason: str) -> Gate:
    """Return the gate once ``by`` wants ``version`` changed.

    :raises ReasonMissingError: the author would not know what to change.
    """
    _decidable(gate, by=by, version=version, wanted="return")
    _reasoned(reason)
    return replace(gate, state=MessageState.RETURNED)


def break_glass(gate: Gate, *, version: int, reason: str) -> Gate:
    """Return the gate once an urgent message goes without a second officer.

    :raises GateError: the message is not urgent.
    :raises ReasonMissingError: no reason.
    """
    _in(gate, EDITABLE - {MessageState.APPROVED}, "send")
    if gate.urgency is not Urgency.URGENT:
        raise GateError("Only an urgent message can go without a second officer.")
    _fresh(gate, version)
    _reasoned(reason)
    return _approved(gate)


def reschedule(gate: Gate, *, by: int, version: int) -> None:
    """Agree to another time for a message that is approved and has not gone.

    :raises OwnWordsError: ``by`` could not have approved it.
    """
    _in(gate, {MessageState.APPROVED}, "reschedule")
    _fresh(gate, version)
    if by in gate.writers:
        raise OwnWordsError


def discard(gate: Gate) -> None:
    """Agree to throw a message away that was never sent anywhere.

    :raises StateError: it is more than a draft.
    """
    _in(gate, {MessageState.DRAFT, MessageState.RETURNED}, "delete")


def stop(gate: Gate) -> Gate:
    """Return the gate once sending has been stopped.

    :raises StateError: nothing is being sent.
    """
    _in(gate, STOPPABLE, "stop")
    return replace(gate, state=MessageState.STOPPED)


def recall(gate: Gate, *, reason: str) -> Gate:
    """Return the gate once the message has been withdrawn from those who had it.

    :raises StateError: nobody has been told.
    """
    _in(gate, RECALLABLE, "recall")
    _reasoned(reason)
    return replace(gate, state=MessageState.RECALLED)


def _decidable(gate: Gate, *, by: int, version: int, wanted: str) -> None:
    _in(gate, {MessageState.SUBMITTED}, wanted)
    _fresh(gate, version)
    if by in gate.writers:
        raise OwnWordsError


def _approved(gate: Gate) -> Gate:
    return replace(gate, state=MessageState.APPROVED, approved_version=gate.version)


def _in(gate: Gate, states: set[MessageState] | frozenset[MessageState], wanted: str) -> None:
    if gate.state not in states:
        raise StateError(wanted, gate.state)


def _fresh(gate: Gate, version: int) -> None:
    if gate.version != version:
        raise StaleError


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError


def digest(content: dict[str, Any]) -> str:
    """Return SHA-256, in hexadecimal, of what an approver decides on.

    ``content`` holds version, words, audience and wished time; times as datetimes.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a digest")
