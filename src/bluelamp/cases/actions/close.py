"""Close and open again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases import milestones
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case
from bluelamp.cases.values import CaseState
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def close(case: Case, *, reason: str, by: Officer, now: datetime) -> None:
    """Close a case, with what came of it; whoever closes owns it from then on.

    :raises CaseRefusedError: nothing is said of what came of it.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say what came of it."))
    with changing(case, Acts.CASE_WORK, by=by, now=now, reason=reason) as found:
        if found.state == CaseState.CLOSED:
            return
        found.state, found.closed_at = CaseState.CLOSED, now
        found.owner = found.owner or by
        found.save(update_fields=["state", "closed_at", "owner"])
        milestones.closed([found], now=now)


def reopen(case: Case, *, reason: str, by: Officer, now: datetime) -> None:
    """Open a closed case again.

    :raises CaseRefusedError: no reason.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why the case is opened again."))
    with changing(case, Acts.CASE_WORK, by=by, now=now, reason=reason) as found:
        if found.state != CaseState.CLOSED:
            return
        found.state, found.closed_at = CaseState.OPEN, None
        found.save(update_fields=["state", "closed_at"])
        milestones.heard([found], now=now)
