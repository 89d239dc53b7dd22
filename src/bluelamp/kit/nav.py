"""What a floor offers to the console's navigation; ``site`` composes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the console's main navigation."""

    label: Any
    """A (lazy) text."""
    url_name: str
    acts: tuple[str, ...]
    """Shown to officers who may do one of these somewhere; empty for all."""
    order: int = 50
