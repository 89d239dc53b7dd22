"""What can be shown of a payload that nothing could read."""

from __future__ import annotations

MOST = 4_000
"""Characters that are shown of one."""
_UNSEEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
"""Control characters, but for tabs and the ends of lines."""


def excerpt(payload: bytes) -> str:
    """Return the beginning of a payload as text, with a mark for what is none."""
    text = payload[: 4 * MOST].decode("utf-8", errors="replace").translate(_UNSEEN)
    return text if len(text) <= MOST else f"{text[:MOST]}…"
