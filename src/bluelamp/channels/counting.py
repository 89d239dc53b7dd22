"""What a reader counts as one character: for platforms that count as readers do."""

from __future__ import annotations

import regex

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """Count extended grapheme clusters (UAX #29): a flag is one, an accented letter too."""
    return sum(1 for _ in _GRAPHEME.finditer(text))
