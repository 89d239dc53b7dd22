"""The outcomes that an officer closes a case with: the force's own short list, or the usual one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """One outcome: its key in the force's figures, its name, what the citizen is told."""

    key: str
    name: str
    words: str


USUAL = (
    Choice(
        "answered", "Question answered",
        "We have answered your question and have closed it. Write to us again if you need more.",
    ),
    Choice(
        "acted", "We acted on it",
        "We have acted on what you told us, and have closed it. Thank you for telling us.",
    ),
    Choice(
        "recorded", "Recorded for an officer to look into",
        "We have recorded what you told us. An officer will look into it and will be in touch "
        "with you about it.",
    ),
    Choice(
        "passed", "For another service",
        "What you told us is for another service to deal with, and we have passed it on to them.",
    ),
    Choice(
        "noted", "Noted, nothing more for now",
        "We have looked at what you told us. We can do nothing more about it now, but we keep it, "
        "and it helps us to see what happens where. Tell us if anything changes.",
    ),
)  # fmt: skip
"""In neutral words: somebody else may see them."""


def outcomes(settings: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return a force's list (``settings["outcomes"]``: key, name and words of each)."""
    given = settings.get("outcomes")
    if not isinstance(given, Sequence) or isinstance(given, str):
        return USUAL
    return tuple(filter(None, map(_choice, given))) or USUAL


def listed(choices: Iterable[Choice]) -> list[dict[str, str]]:
    """Write a list down as ``settings["outcomes"]`` holds it."""
    return [{"key": one.key, "name": one.name, "words": one.words} for one in choices]


def new_key(name: str, taken: Iterable[str]) -> str:
    """Return a key for an outcome of that name: what figures know it by, and never changes."""
    plain = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:30] or "outcome"
    used = set(taken)
    numbered = (f"{plain}-{n}" for n in itertools.count(2))
    return plain if plain not in used else next(key for key in numbered if key not in used)


def chosen(settings: Mapping[str, Any], key: str) -> Choice | None:
    """Return the outcome of that key; ``None``: it is none, and nothing is said."""
    return next((one for one in outcomes(settings) if one.key == key), None)


def _choice(row: Any) -> Choice | None:
    """Return a line of a force's list; ``None`` for one that says nothing to a citizen."""
    if not isinstance(row, Mapping):
        return None
    said = (row.get(field) for field in ("key", "name", "words"))
    key, name, words = (one.strip() if isinstance(one, str) else "" for one in said)
    return Choice(key[:40], name[:80], words) if key and name and words else None
