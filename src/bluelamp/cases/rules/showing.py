"""When a case is hidden from its citizen's page by itself: a shared device would endanger them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

KINDS = frozenset({"domestic", "sexual"})
"""Kinds of emergency that hide a case; ``settings["hidden_kinds"]`` in their place."""
SHOWN_FOR = timedelta(days=90)
"""How long after its end a case can still be looked at."""


def dangers(findings: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what in an item says that somebody else may look; empty where nothing does.

    :param findings: what triage found: kinds of emergency, and by the word list that is
        the force's to edit, what is ``unsafe``.
    :returns: kinds and words, as an officer reads them.
    """
    hidden = settings.get("hidden_kinds")
    wanted = KINDS if hidden is None else hidden
    kinds = [str(kind) for kind in findings.get("emergency", ()) if kind in wanted]
    return tuple(dict.fromkeys([*kinds, *map(str, findings.get("unsafe", ()))]))


def may_look(*, shown: bool, closed_at: datetime | None, now: datetime) -> bool:
    """Say whether the citizen's page opens a case."""
    return shown and (closed_at is None or now - closed_at < SHOWN_FOR)
