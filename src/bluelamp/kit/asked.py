"""What an address or a hidden field asks for: anybody may have written it."""

from __future__ import annotations


def number(text: str) -> int | None:
    """Return the number that a query or a hidden field holds, or nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
