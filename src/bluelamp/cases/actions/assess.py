"""Assess: an officer decides how severe it is and says why; what was thought before stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases import milestones
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Assessment, Case
from bluelamp.inbound.values import Severity
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def assess(
    case: Case, severity: Severity, *, reason: str, by: Officer, now: datetime,
    headings: Mapping[str, Sequence[str]] | None = None,
) -> Assessment:  # fmt: skip
    """Decide a case's severity under the THRIVE headings; its promises follow.

    :raises CaseRefusedError: no reason was given.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why: the next officer relies on it."))
    with changing(case, Acts.CASE_WORK, by=by, now=now, reason=reason) as found:
        made = Assessment.objects.create(
            force_id=found.force_id, case=found, at=now, by=by, severity=severity,
            headings={name: list(words) for name, words in (headings or {}).items()},
            reason=reason.strip(),
        )  # fmt: skip
        if found.severity != severity:
            found.severity = severity
            found.save(update_fields=["severity"])
            milestones.reassessed(found, now=now)
    return made
