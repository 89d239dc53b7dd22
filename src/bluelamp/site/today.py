"""What the console's first page gathers from the floors."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bluelamp.cases.queries.briefing import unread
from bluelamp.kit import clock
from bluelamp.kit.page import Tile
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import queries as outbound

SHOWN = 5


def gathered(officer: Officer) -> dict[str, Any]:
    """Return the first page's lists and numbers for one officer."""
    return {
        "may_write": permit.may(officer, Acts.MESSAGE_WRITE),
        "briefings": unread(officer, now=clock.now()),
        "tiles": _tiles(officer),
        "waiting": outbound.approvable(officer)[:SHOWN],
        "drafts": outbound.view(officer, "mine").filter(outbound.VIEWS["drafts"])[:SHOWN],
        "going": outbound.view(officer, "sending")[:SHOWN],
        "sent": outbound.view(officer, "sent")[:SHOWN],
    }


def _tiles(officer: Officer) -> list[Tile]:
    if not permit.may(officer, Acts.MESSAGE_READ):
        return []
    counts = outbound.counts(officer)
    alerts = reverse("outbound:alerts")
    words = (
        ("waiting", _("Waiting for you")), ("drafts", _("Drafts")), ("scheduled", _("Scheduled")),
        ("sending", _("Being sent")), ("sent", _("Sent")),
    )  # fmt: skip
    return [
        Tile(
            label, counts[name], f"{alerts}?list={name}",
            alarm=name == "waiting" and counts[name] > 0,
        )
        for name, label in words
    ]  # fmt: skip
