"""When a case is hidden from its citizen's page by itself: a shared device would endanger them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bluelamp.inbound.rules.triage import HEADINGS_OF
from bluelamp.org.rules.settings import Setting, Several

KINDS = frozenset({"domestic", "sexual"})
"""Kinds of emergency that hide a case, unless the force names others."""
HIDDEN_KINDS = Setting(
    "hidden_kinds", "What hides a case from its citizen’s page",
    "Kinds of emergency after which a case cannot be looked at by its citizen until an officer "
    "says so: somebody who shares their phone may look too.",
    Several(tuple(HEADINGS_OF)), KINDS,
    help="It holds for what comes in from then on. What is hidden already stays hidden.",
    care="Whoever lives with the person may read a case of a kind that is not chosen here.",
)  # fmt: skip
SHOWN_FOR = timedelta(days=90)
"""How long after its end a case can still be looked at."""


def dangers(findings: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what in an item says that somebody else may look; empty where nothing does.

    :param findings: what triage found: kinds of emergency, and by the word list that is
        the force's to edit, what is ``unsafe``.
    :returns: kinds and words, as an officer reads them.
    """
    wanted = HIDDEN_KINDS.read(settings)
    kinds = [str(kind) for kind in findings.get("emergency", ()) if kind in wanted]
    return tuple(dict.fromkeys([*kinds, *map(str, findings.get("unsafe", ()))]))


def may_look(*, shown: bool, closed_at: datetime | None, now: datetime) -> bool:
    """Say whether the citizen's page opens a case."""
    return shown and (closed_at is None or now - closed_at < SHOWN_FOR)
