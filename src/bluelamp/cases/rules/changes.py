"""What one version of a text changed of another, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines that went (``-``) and came (``+``), in their order; blank ones do not count.

    :returns: nothing where both say the same.
    """
    old, new = ([line for line in text.splitlines() if line.strip()] for text in (before, after))
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [("-", line) for line in old[a:b]]
            found += [("+", line) for line in new[c:d]]
    return found
