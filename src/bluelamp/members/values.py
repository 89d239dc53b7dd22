"""States, purposes and the audience definition."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Channel(StrEnum):
    """Kinds of contact point."""

    EMAIL = "email"
    SMS = "sms"


class MemberState(StrEnum):
    """Where a member stands; only ``joined`` members are told anything."""

    PENDING = "pending"  # signed up, contact point not verified yet
    JOINED = "joined"
    LEFT = "left"


class Purpose(StrEnum):
    """What a consent allows."""

    ALERTS = "alerts"  # police messages about where you live
    TRACKING = "tracking"  # to know whether mail was opened
    SURVEYS = "surveys"


class SuppressionReason(StrEnum):
    """Why nothing goes to an address any more."""

    LEFT = "left"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    MANUAL = "manual"


class LeaveReason(StrEnum):
    """Why a member left; asked after leaving, never in its way."""

    TOO_MANY = "too_many"
    NOT_RELEVANT = "not_relevant"
    MOVED = "moved"
    NEVER_JOINED = "never_joined"
    OTHER = "other"


class Circle(BaseModel):
    """A radius in metres around a point."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    metres: float = Field(gt=0, le=100_000)


class Audience(BaseModel):
    """A definition of whom a message is for: ground AND topics AND the rest.

    The ground is the union of areas, shapes and circles; with none given it is
    the whole force.  ``match`` says how ground and topics combine: ``all``
    wants both, ``any`` takes a member who fits either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    areas: tuple[int, ...] = ()
    shapes: tuple[dict[str, Any], ...] = ()
    """GeoJSON Polygons or MultiPolygons, WGS 84."""
    circles: tuple[Circle, ...] = ()
    topics: tuple[int, ...] = ()
    """Topic ids; a member who chose any of them fits."""
    match: Literal["all", "any"] = "all"
    languages: tuple[str, ...] = ()
    joined_after: date | None = None
    joined_before: date | None = None
    verified: bool | None = True
    """Contact point verified (True), not (False), either (None)."""
