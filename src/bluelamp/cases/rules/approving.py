"""Whether what an officer says yes to is still what they were shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a yes to an answer stands on."""

    text: str
    """What it says."""
    item: int | None
    """What it answers."""
    said: str
    """The words of that; empty once their author has taken them down."""
    last_item: int | None
    """What was said in the case last."""
    last_reply: int | None
    """The newest answer in the case that is no draft."""
    open_to_them: bool = True
    """Whether its citizen may look at the case: else somebody else may read what they get."""


def mark(shown: Shown) -> str:
    """Return a short text that is another once anything of it changed.

    64 bits of SHA-256: it guards officers against haste, not against forgers, who need the
    permission anyway and are recorded.
    """
    return hashlib.sha256(json.dumps(astuple(shown)).encode()).hexdigest()[:16]
