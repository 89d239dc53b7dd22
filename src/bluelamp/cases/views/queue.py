"""The queue: most urgent first, then who waits longest."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.queries import queue as found_in
from bluelamp.cases.queries.guidance import tags
from bluelamp.cases.queries.queue import Wanted, row
from bluelamp.kit import clock, live
from bluelamp.kit.asked import number
from bluelamp.kit.page import Link, Words
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

A_PAGE = 25
LISTS: dict[str, Words] = {
    "todo": _("To do"),
    "mine": _("Mine"),
    "unit": _("My unit"),
    "nobody": _("Nobody’s yet"),
    "approve": _("To approve"),
    "waiting": _("Waiting for them"),
    "closed": _("Closed"),
}


@officers(Acts.CASE_READ)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show one of the lists; the reading is recorded."""
    officer, wanted = officer_of(request), _wanted(request)
    found = found_in.queue(officer, wanted)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = [case.pk for case in page]
    if shown:
        read(actor_of(request), Acts.CASE_READ, "cases_case", shown)
    now = clock.now()
    return render(request, "cases/console/queue.html", {
        "lists": _lists(officer, wanted),
        "title": LISTS[wanted.part],
        "wanted": wanted,
        "severities": [(str(int(value)), words) for value, words in labels.SEVERITIES.items()],
        "channels": [(name, labels.channel(name)) for name in found_in.channels(officer)],
        "tags": tags(officer.force),
        "filtered": bool(
            wanted.severity is not None or wanted.channel or wanted.tag
        ),
        "page": page,
        "rows": [row(case, now) for case in page],
        "may_work": permit.may(officer, Acts.CASE_WORK) and wanted.part != "closed",
        "may_hand": permit.may(officer, Acts.CASE_WORK),
        **_news(request),
    })  # fmt: skip


def _wanted(request: HttpRequest) -> Wanted:
    part = request.GET.get("list", "")
    severity = number(request.GET.get("severity", ""))
    return Wanted(
        part if part in LISTS else "todo",
        severity if severity in labels.SEVERITIES else None,
        request.GET.get("channel", "")[:20],
        number(request.GET.get("tag", "")),
    )


def _lists(officer: Officer, wanted: Wanted) -> list[Link]:
    counts, approves = found_in.counts(officer), permit.may(officer, Acts.CASE_APPROVE)
    kept: dict[str, Any] = {
        "severity": wanted.severity, "channel": wanted.channel, "tag": wanted.tag,
    }  # fmt: skip
    kept = {name: value for name, value in kept.items() if value not in (None, "")}
    url = reverse("cases:queue")
    return [
        Link(title, f"{url}?{urlencode({'list': name} | kept)}", current=name == wanted.part,
             count=counts.get(name))
        for name, title in LISTS.items()
        if name != "approve" or approves
    ]  # fmt: skip


def _news(request: HttpRequest) -> dict[str, str]:
    officer = officer_of(request)
    topic = f"cases:{officer.force_id}"
    whole = permit.may(officer, Acts.CASE_READ, officer.force)  # others hear nothing of other units
    after = found_in.newest(officer)
    return {
        "live_topic": topic,
        "live_url": live.address(topic) if whole else "",
        "poll_url": f"{reverse('cases:news')}?after={after}",
    }


@officers(Acts.CASE_READ)
@require_GET
def news(request: HttpRequest) -> JsonResponse:
    """Say how many items joined cases since the page was made."""
    after = number(request.GET.get("after", "")) or 0
    return JsonResponse({"facts": {"items": found_in.joined_since(officer_of(request), after)}})
