"""An officer says that they have read a briefing."""

from __future__ import annotations

from datetime import datetime

from bluelamp.audit.actions import acting
from bluelamp.cases.models import Briefing, BriefingRead
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def mark(briefing: Briefing, *, by: Officer, now: datetime) -> None:
    """Keep that ``by`` has read it; saying so again changes nothing."""
    permit.require(by, Acts.BRIEFING_READ, briefing)
    with acting(by.as_actor(), Acts.BRIEFING_READ.value):
        BriefingRead.objects.get_or_create(
            briefing=briefing, officer=by, defaults={"force_id": briefing.force_id, "at": now}
        )
