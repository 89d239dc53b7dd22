"""What the pages of figures share: the ways between them, and an hour of a chart."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bluelamp.evaluation.arrivals import Expected
from bluelamp.insight.rules.chart import Point
from bluelamp.insight.rules.hours import ZONE
from bluelamp.kit.page import Link


def sections(current: str) -> list[Link]:
    """Return the ways between the control room's pages."""
    names = {
        "board": _("Now"), "staffing": _("Officers needed"), "attainment": _("Promises kept"),
    }  # fmt: skip
    return [
        Link(words, reverse(f"insight:{name}"), current=name == current)
        for name, words in names.items()
    ]


def point_of(hour: datetime, one: Expected, value: int | None) -> Point:
    """Return an hour as the chart wants it.

    :param value: what came in it; nothing where it has not begun.
    """
    local = hour.astimezone(ZONE)
    return Point(f"{local:%H}:00", value, round(one.mean, 1), one.low, one.high)
