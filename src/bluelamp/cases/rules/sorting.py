"""What becomes a case and what is kept aside; how a case is called."""

from __future__ import annotations

from dataclasses import dataclass

from bluelamp.inbound.values import Severity

TITLE = 80
"""Characters of a title made from somebody's words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What sorting knows of an item."""

    human: bool
    public: bool
    to_us: bool
    """Not found by listening: it names or answers us, or came by a way that leads to us."""
    severity: int
    passed_on: bool
    """A re-post or copy: somebody shares, and says nothing of their own."""


def goes_aside(heard: Heard) -> bool:
    """Say whether nobody need act: it stays findable under what was set aside.

    An emergency never goes aside, whatever else it is.
    """
    if heard.severity >= Severity.EMERGENCY:
        return False
    if not heard.human:
        return True
    if heard.public and heard.passed_on:
        return True
    return heard.public and not heard.to_us and heard.severity <= Severity.ROUTINE


TAKEN_DOWN = "Words taken down by their author"
"""The title of a case whose first words are forgotten."""


def title_of(subject: str, text: str) -> str:
    """Return a case's title: the subject, else the beginning of what was said."""
    words = " ".join((subject or text).split())
    if len(words) <= TITLE:
        return words or "Without words"
    return words[: TITLE - 1].rsplit(" ", 1)[0] + "…"
