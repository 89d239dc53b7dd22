"""The control room: how it stands now, and what each figure counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.models import Case
from bluelamp.cases.queries.queue import row, with_facts
from bluelamp.inbound.queries import OFTEN, unfetched
from bluelamp.insight.queries import board as found_in
from bluelamp.insight.queries import staffing
from bluelamp.insight.queries.board import About, Arrived, Figures
from bluelamp.insight.rules.chart import chart
from bluelamp.insight.rules.hours import HOUR, ZONE, day_of, hours_of, midnight
from bluelamp.insight.views.shared import listed, point_of, sections
from bluelamp.kit import clock, live
from bluelamp.kit.asked import number
from bluelamp.kit.page import Tile, Words
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

DOTS = 500
"""Cases shown on the map at most: the most urgent."""
TITLES: dict[str, Words] = {
    "open": _("All open cases"),
    "ours": _("Waiting for us"),
    "unread": _("Not read yet"),
    "nobody": _("Nobody’s yet"),
    "off_shift": _("With somebody off shift"),
    "risk": _("Soon overdue"),
    "breached": _("Overdue"),
    "arrived": _("What arrived"),
}


def _behind(what: str, **more: object) -> str:
    """Return the address of the cases that a figure counts."""
    given = {name: value for name, value in more.items() if value not in (None, "")}
    return f"{reverse('insight:behind')}?{urlencode({'about': what} | given)}"


# The board --------------------------------------------------------------------


@officers(Acts.BOARD_READ)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show how it stands now."""
    officer, now = officer_of(request), clock.now()
    day = day_of(now)
    hours = hours_of(day)
    said = found_in.figures(officer, since=hours[0])
    came = found_in.arrivals(officer, hours[0], hours[-1] + HOUR)
    on = found_in.crew(officer, now)
    return render(request, "insight/console/board.html", {
        "sections": sections("board"),
        "pages": list(found_in.pages(officer)),
        "tiles": _tiles(said, now),
        "oldest": said.oldest,
        "arrivals": _arrivals(came),
        **_hours(officer, came, hours, now),
        "crew": [(one, one.duty, _behind("open", owner=one.officer.pk)) for one in on],
        "short": [(one, _behind("nobody", skill=one.code)) for one in
                  found_in.short_skills(officer, on)],
        "urgent": _listed(request, officer, now),
        "severities": _severities(officer),
        "stuck": found_in.refused(officer).count(), "now": now,
        "may_see_systems": _may_see_systems(officer),
        "unfetched": unfetched(officer, failures=OFTEN),
        **_live(officer),
    })  # fmt: skip


def _tiles(said: Figures, now: datetime) -> list[Tile]:
    tiles = [
        Tile(TITLES[name], getattr(said, name), _behind(name), live=name)
        for name in ("ours", "unread", "nobody", "off_shift")
    ]
    alarms = [
        Tile(TITLES[name], count, _behind(name), live=name, alarm=bool(count))
        for name, count in (("breached", said.breached), ("risk", said.risk))
    ]
    today = Tile(_("Arrived today"), said.arrived, _behind("arrived"), live="arrived")
    return [*alarms, *tiles, _oldest(said.oldest, now), today]


def _oldest(case: Case | None, now: datetime) -> Tile:
    url = reverse("cases:case", args=[case.reference]) if case else ""
    waited = labels.span(now - case.heard_at) if case else "–"
    return Tile(_("The longest wait"), waited, url, live="oldest")


def _may_see_systems(officer: Officer) -> bool:
    acts = (Acts.ACCOUNT_MANAGE, Acts.ROUTING_MANAGE)
    return any(permit.may(officer, act, officer.force) for act in acts)


def _severities(officer: Officer) -> list[tuple[int, object, int, str]]:
    counted = found_in.by(officer, "severity")
    return [
        (one, labels.severity_tag(one), counted.get(one, 0), _behind("ours", severity=one))
        for one in labels.SEVERITIES
    ]


def _listed(request: HttpRequest, officer: Officer, now: datetime) -> list[dict[str, Any]]:
    """Return the most urgent cases of the map, as the list beside it; the reading is recorded."""
    found = list(with_facts(_on_map(officer))[:8])
    if found:
        read(actor_of(request), Acts.BOARD_READ, "cases_case", [case.pk for case in found])
    return [row(case, now) for case in found]


def _on_map(officer: Officer) -> Any:
    placed = found_in.cases(officer, About("open")).exclude(longitude=None)
    return placed.exclude(latitude=None).select_related("unit", "owner", "group")


# What arrived -------------------------------------------------------------------


def _arrivals(came: Sequence[Arrived]) -> dict[str, Any]:
    """Return today's items by channel (rows) and severity (columns)."""
    counted: dict[tuple[str, int], int] = {}
    for one in came:
        key = (one.channel, one.severity)
        counted[key] = counted.get(key, 0) + one.count
    severities = list(labels.SEVERITIES)
    return {
        "severities": [labels.SEVERITIES[one] for one in severities],
        "rows": [
            (labels.channel(name), [
                (counted.get((name, one), 0),
                 _behind("arrived", channel=name, severity=one))
                for one in severities
            ])
            for name in sorted({channel for channel, _severity in counted})
        ],
    }  # fmt: skip


def _hours(
    officer: Officer, came: Sequence[Arrived], hours: Sequence[datetime], now: datetime
) -> dict[str, Any]:
    """Return the day's hours as a drawing and as a table."""
    counted: dict[datetime, int] = {}
    for one in came:
        counted[one.hour] = counted.get(one.hour, 0) + one.count
    foreseen = staffing.expected(officer, day_of(now), today=day_of(now))
    points = [
        point_of(hour, one, counted.get(hour, 0) if hour <= now else None)
        for hour, one in zip(hours, foreseen, strict=True)
    ]
    table = [
        (point, _behind("arrived", hour=hour.strftime("%Y-%m-%dT%HZ")))
        for hour, point in zip(hours, points, strict=True)
    ]
    return {"chart": chart(points), "hours": table}


# What is behind a figure ----------------------------------------------------------


@officers(Acts.BOARD_READ)
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """Show the cases that a figure counts; the reading is recorded."""
    officer, now = officer_of(request), clock.now()
    about = _about(request, now)
    title = TITLES.get(about.what, TITLES["open"])
    return listed(request, found_in.cases(officer, about), title, _narrower(officer, about), now)


def _about(request: HttpRequest, now: datetime) -> About:
    asked, given = request.GET, request.GET.get("about", "")
    severity = number(asked.get("severity", ""))
    return About(
        what=given if given in TITLES else "open", hour=_moment(asked.get("hour", "")),
        since=midnight(day_of(now)), channel=asked.get("channel", "")[:20],
        severity=severity if severity in labels.SEVERITIES else None,
        owner=number(asked.get("owner", "")), skill=asked.get("skill", "")[:50],
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _narrower(officer: Officer, about: About) -> list[str]:
    """Say what else the cases have in common."""
    words = []
    if about.hour is not None:
        words.append(f"{about.hour.astimezone(ZONE):%H:%M}")
    if about.channel:
        words.append(str(labels.channel(about.channel)))
    if about.severity is not None:
        words.append(str(labels.SEVERITIES[about.severity]))
    owner = Officer.objects.filter(pk=about.owner or 0, force=officer.force_id).first()
    if owner is not None:
        words.append(owner.label)
    return words + ([about.skill] if about.skill else [])


# Live -----------------------------------------------------------------------------


def _live(officer: Officer) -> dict[str, str]:
    topics = [f"cases:{officer.force_id}", f"pages:{officer.force_id}"]
    whole = permit.may(officer, Acts.BOARD_READ, officer.force)  # others hear nothing of it
    return {
        "live_topics": " ".join(topics),
        "live_url": live.address(*topics) if whole else "",
        "pages_now": _ringing(officer),
    }


def _ringing(officer: Officer) -> str:
    return "-".join(map(str, found_in.pages(officer).values_list("pk", flat=True)))


@officers(Acts.BOARD_READ)
@require_GET
def facts(request: HttpRequest) -> JsonResponse:
    """Say the board's figures, for pages that are open."""
    officer, now = officer_of(request), clock.now()
    said = found_in.figures(officer, since=midnight(day_of(now)))
    names = ("ours", "unread", "nobody", "off_shift", "risk", "breached", "arrived")
    oldest = labels.span(now - said.oldest.heard_at) if said.oldest else "–"
    told = {name: getattr(said, name) for name in names}
    told |= {f"severity{level}": count for level, _tag, count, _url in _severities(officer)}
    return JsonResponse({"facts": told | {"oldest": oldest, "pages": _ringing(officer)}})


@officers(Acts.BOARD_READ)
@require_GET
def dots(request: HttpRequest) -> JsonResponse:
    """Return the open cases that have a place, for the map; never whose they are."""
    found = _on_map(officer_of(request)).values_list(
        "reference", "severity", "longitude", "latitude"
    )
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": {
                "name": f"{labels.SEVERITIES[severity]}: {reference}", "level": severity,
                "url": reverse("cases:case", args=[reference]),
            },
        }
        for reference, severity, longitude, latitude in found[:DOTS]
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})
