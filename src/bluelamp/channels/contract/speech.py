"""Out to an account: what is posted or answered there, and what the platform says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bluelamp.channels.contract.inbound import Visibility


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a text fits on a channel, in the units the platform counts."""

    length: int
    limit: int | None
    unit: str
    """``characters``, ``graphemes``: what :attr:`length` counts."""
    parts: int = 1
    cost_pence: float = 0.0
    problem: str = ""
    """One sentence, empty where it fits."""

    @property
    def fits(self) -> bool:
        """Say whether it can be sent as it is."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Media:
    """A picture to be posted, with the words for who cannot see it."""

    content: bytes
    media_type: str
    description: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing to post, or to answer with."""

    text: str
    key: str
    """Ours, the same on every attempt: what makes a repeated call one post."""
    answers: str = ""
    """External id of what this answers; empty for a post of its own."""
    to: str = ""
    """Author id, conversation or number, for a private answer."""
    visibility: Visibility = Visibility.PUBLIC
    subject: str = ""
    """Where the channel has such a thing."""
    reply_to: str = ""
    """Address that an answer to this comes to, where the channel lets us choose."""
    automatic: bool = False
    """No person wrote it: said so where the channel can (RFC 3834)."""
    language: str = "en-GB"
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """What a platform says of something that it now shows."""

    external_id: str
    at: datetime
    url: str = ""
