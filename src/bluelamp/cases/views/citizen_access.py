"""What a case's page says of whether the citizen may look at it, and who may change that."""

from __future__ import annotations

from typing import Any

from bluelamp.cases import citizen_words
from bluelamp.cases.models import Case
from bluelamp.cases.queries.citizen import last_outcome, last_showing
from bluelamp.cases.values import Origin
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def citizen_access(case: Case, officer: Officer) -> dict[str, Any]:
    """Return whether the case is shown, why not, what they were told, and what may be done."""
    shown, last, outcome = case.shown_to_citizen, last_showing(case), last_outcome(case)
    return {
        "shown": shown,
        "last": last,
        "origin": citizen_words.ORIGINS[last.origin] if last else "",
        "declined": not shown and last is not None and last.origin == Origin.CITIZEN,
        "outcome": outcome,
        "silence": citizen_words.SILENCES[outcome.silence] if outcome and outcome.silence else "",
        "may": permit.may(officer, Acts.CASE_WORK if shown else Acts.CASE_SHOW, case),
    }
