"""The phones of a simulated shift: what the memory provider was given to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast

from bluelamp.channels import registry


class Sent(Protocol):
    """A message on somebody's phone."""

    to: str
    text: str


class Phones(Protocol):
    """All that was sent, in its order."""

    @property
    def sent(self) -> Sequence[Sent]:
        """What was sent since the last clearing."""

    def clear(self) -> None:
        """Forget everything."""


def phones() -> Phones:
    """Return what the memory provider of this process remembers."""
    adapter: Any = registry.adapter("memory")
    return cast("Phones", adapter.store)
