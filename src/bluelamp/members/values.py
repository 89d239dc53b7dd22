"""States, purposes and the audience definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntFlag, StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Channel(StrEnum):
    """Kinds of contact point."""

    EMAIL = "email"
    SMS = "sms"


class Basis(StrEnum):
    """What it stands on that two contacts are one person: never on guessing from style."""

    TOLD = "told"  # the person told us
    PUBLISHED = "published"  # the person openly published it
    SAME_POINT = "same_point"  # the same address, confirmed on both sides


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


class Reach(IntFlag):
    """What the member row knows of how a member can be reached.  Stored bits.

    Derived from contact point, consent and suppression in the transaction that
    changes any of them, so that an audience is found in one index.
    """

    EMAIL = 1  # has an address, consent to alerts, no suppression
    EMAIL_VERIFIED = 2
    TRACKING = 4  # agreed that opening and clicking is known


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many contact points an audience reaches, and who of it is not reached.

    ``total`` is what fanout would write now; ``left_out`` counts those who fit
    but are paused, not verified or may not be sent anything.
    """

    total: int
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewMember:
    """One person to be taken in by the thousand: checked, placed and agreed already."""

    address: str
    postcode: str
    longitude: float
    latitude: float
    cell: int
    topics: int = 0
    """Mask over the force's topic bits."""
    name: str = ""
    language: str = "en"
    joined_at: datetime | None = None
    reference: str = ""
    source: str = "import"
    wording: int = 0
    """Id of the :class:`Wording` of the consent to alerts; 0 for the batch's own."""
    tracking: bool = False
    verified: bool = True


@dataclass(frozen=True, slots=True)
class StandardTopic:
    """A topic that a new force begins with."""

    slug: str
    name: str
    hint: str
    preset: bool = True


STANDARD_TOPICS = (
    StandardTopic(
        "crime", "Crime near you", "Burglary, car crime and other crimes in your streets"
    ),
    StandardTopic("prevention", "Crime prevention", "How to protect your home and your things"),
    StandardTopic("scams", "Scams and fraud", "Scams that are being tried near you"),
    StandardTopic("appeals", "Appeals for help", "When you may have seen something"),
    StandardTopic("missing", "Missing people", "When someone near you is missing"),
    StandardTopic(
        "events", "Meetings and events", "Where you can meet your local team", preset=False
    ),
    StandardTopic("rural", "Rural crime", "Farms, wildlife and heritage", preset=False),
    StandardTopic("watch", "Neighbourhood Watch", "News of the schemes near you", preset=False),
)
LANGUAGES = ("en", "cy")
"""Languages in which a member can be written to; the first is the default."""

SMALL = 10
"""Counts below this are never shown: a shape around one house would tell who joined."""
ROUNDED = 10
"""Counts of drawn ground are shown to the nearest ten, so that two drawings cannot be compared."""

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
CODES_AN_ADDRESS = 5
"""Codes in one :data:`RATE_WINDOW`; more are silently not sent."""
CODES_A_SOURCE = 30
"""Codes asked for from one network address in one window: a library or a tower block."""
RATE_WINDOW = timedelta(hours=1)


class CodePurpose(StrEnum):
    """What a code opens."""

    JOIN = "join"
    SIGN_IN = "sign_in"
    TOLD = "told"  # no code went out; kept for the rate alone


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said in signing up; the address is confirmed by code already."""

    address: str
    postcode: str
    topics: int
    """Mask over the force's topic bits."""
    words: str
    """The words of the consent to alerts, as they were shown."""
    tracking_words: str = ""
    """The words of the consent to tracking; empty where it was not given."""
    language: str = "en"
    name: str = ""
    source: str = "web"
