"""The incidents that an officer may read."""

from __future__ import annotations

from django.db.models import QuerySet

from bluelamp.cases.models import IncidentGroup
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

MOST = 200
"""The most cases that are gathered in one go, or shown of an incident; the most incidents."""


def incidents(officer: Officer) -> QuerySet[IncidentGroup]:
    """Return the incidents that the officer may read, the newest first."""
    found = IncidentGroup.objects.filter(permit.scope(officer, Acts.CASE_READ))
    return found.select_related("unit", "opened_by").order_by("-opened_at")
