"""What the pages of figures share: ways between them, an hour of a chart, the cases behind one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bluelamp.audit.actions import read
from bluelamp.cases.models import Case
from bluelamp.cases.queries.queue import row, with_facts
from bluelamp.evaluation.arrivals import Expected
from bluelamp.insight.rules.chart import Point
from bluelamp.insight.rules.hours import ZONE
from bluelamp.kit.page import Link, Words
from bluelamp.org.gate import actor_of
from bluelamp.org.values import Acts

A_PAGE = 25


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


def listed(
    request: HttpRequest, found: QuerySet[Case], title: Words, narrower: Sequence[str],
    now: datetime,
) -> HttpResponse:  # fmt: skip
    """Show the cases behind a figure, a page at a time; the reading is recorded.

    :param narrower: what else they have in common, in words.
    """
    rows = with_facts(found.select_related("unit", "owner", "group"))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = [case.pk for case in page]
    if shown:
        read(actor_of(request), Acts.BOARD_READ, "cases_case", shown)
    return render(request, "insight/console/behind.html", {
        "title": title, "page": page, "rows": [row(case, now) for case in page],
        "narrower": narrower,
    })  # fmt: skip
