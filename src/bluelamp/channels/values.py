"""Kinds and states of acts."""

from __future__ import annotations

from enum import StrEnum


class ActKind(StrEnum):
    """What is changed on the platform."""

    POST = "post"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"


class ActState(StrEnum):
    """Where an act stands; the column is the queue."""

    READY = "ready"
    DOING = "doing"  # may have reached the platform
    DONE = "done"
    FAILED = "failed"
