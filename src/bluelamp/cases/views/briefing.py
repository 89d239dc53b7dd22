"""Briefings: what people on a team's ground said since its last one, and who has read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.actions import briefing as reading
from bluelamp.cases.models import Briefing
from bluelamp.cases.queries import briefing as found_in
from bluelamp.cases.queries.briefing import Section
from bluelamp.cases.rules.briefing import Compared
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.kit.page import Tag, Words
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

A_PAGE = 25
SHOWN = 8
"""Cases of a section that stand open; the others are a press away."""


@officers(Acts.BRIEFING_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """List the briefings of the officer's units, the newest first."""
    officer = officer_of(request)
    mine = found_in.briefings(officer)
    units = {row.unit_id: row.unit for row in mine.order_by("unit__path").distinct("unit__path")}
    chosen = number(request.GET.get("unit", ""))
    found = mine.filter(unit=chosen) if chosen in units else mine
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/console/briefings.html", {
        "page": page, "rows": [_row(one, officer) for one in page],
        "units": list(units.values()), "chosen": chosen,
        "unread": found_in.unread(officer, now=clock.now()),
    })  # fmt: skip


def _row(one: Briefing, officer: Officer) -> dict[str, Any]:
    seen, crew = found_in.read_by(one), found_in.shift_of(one)
    return {
        "briefing": one, "length": labels.span(one.until - one.since),
        "said": one.refs.get("said", 0), "mine": officer.pk in seen,
        "crew": len(crew), "read": sum(each.pk in seen for each in crew),
    }  # fmt: skip


def _of(request: HttpRequest, pk: int) -> Briefing:
    mine = found_in.briefings(officer_of(request)).defer(None)
    return get_object_or_404(mine, pk=pk)


# One briefing -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A section as it is shown: its cases, those that stand open and the rest."""

    name: str
    title: Words
    first: list[dict[str, Any]]
    rest: list[dict[str, Any]]
    others: list[tuple[Tag, str, int]]
    count: int
    nothing: Words


@officers(Acts.BRIEFING_READ)
@require_GET
def briefing(request: HttpRequest, briefing: int) -> HttpResponse:
    """Show a briefing: what matters on one screen, all of it below."""
    found, officer = _of(request, briefing), officer_of(request)
    sections = found_in.sections(officer, found)
    _record(request, found, sections)
    return render(request, "cases/console/briefing.html", {
        "briefing": found, "length": labels.span(found.until - found.since),
        "severe": _severe(found), "parts": _parts(sections, found_in.marks(found)),
        "risks": sections["risks"].count, "nobody": _nobody(sections["risks"]),
        "answered": sections["answered"].count, "closed": sections["closed"].count,
        "said": found.refs.get("said", 0), "frail": len(found_in.marks(found)["frail"]),
        **_told(found, officer), **_themes(found), **_where(found), **_readers(found, officer),
    })  # fmt: skip


def _record(request: HttpRequest, found: Briefing, sections: dict[str, Section]) -> None:
    """Write down who was shown this, and which cases with it."""
    actor = actor_of(request)
    read(actor, Acts.BRIEFING_READ, "cases_briefing", [found.pk])
    shown = {line.case.pk for one in sections.values() for line in one.lines}
    if shown:
        read(actor, Acts.BRIEFING_READ, "cases_case", sorted(shown))


def _told(found: Briefing, officer: Officer) -> dict[str, Any]:
    refs = found.refs
    incidents = found_in.incidents(officer, refs.get("incidents", ()))
    spread = found_in.spread(officer, refs.get("spread", ()))
    return {
        "incidents": incidents, "more_incidents": len(refs.get("incidents", ())) - len(incidents),
        "spread": spread, "more_spread": len(refs.get("spread", ())) - len(spread),
        "alerts": found_in.answers_to(officer, refs.get("alerts", ())),
        "handovers": found_in.waiting_handovers(officer, refs.get("handovers", ())),
    }  # fmt: skip


def _parts(sections: dict[str, Section], marks: dict[str, set[int]]) -> dict[str, _Part]:
    words: dict[str, tuple[Words, Words]] = {
        "risks": (_("Open risks, and who has them"), _("No risk is open.")),
        "cases": (_("What else people brought"), _("Nobody brought anything else.")),
        "vulnerable": (_("Also about somebody vulnerable"), ""),
        "answered": (_("Answered"), ""),
        "closed": (_("Closed"), ""),
    }
    return {name: _part(name, sections[name], marks, *words[name]) for name in words}


def _part(
    name: str, one: Section, marks: dict[str, set[int]], title: Words, nothing: Words
) -> _Part:
    lines = [_line(line, marks) for line in one.lines]
    others = [(labels.severity_tag(o.severity), o.unit, o.count) for o in one.others]
    return _Part(name, title, lines[:SHOWN], lines[SHOWN:], others, one.count, nothing)


def _line(line: found_in.Line, marks: dict[str, set[int]]) -> dict[str, Any]:
    case = line.case
    return {
        "case": case, "title": line.title, "severity": labels.severity_tag(case.severity),
        "state": labels.state_tag(case.state), "has": case.owner.label if case.owner else "",
        **{name: case.pk in cases for name, cases in marks.items()},
    }  # fmt: skip


def _severe(found: Briefing) -> list[tuple[Tag, int]]:
    """Return how many cases are how severe, the most severe first."""
    counts = found_in.severities(found)
    return [(labels.severity_tag(severity), count) for severity, count in counts.items()]


def _nobody(one: Section) -> int:
    return sum(line.case.owner is None for line in one.lines)


# What it was about ------------------------------------------------------------------


def _themes(found: Briefing) -> dict[str, Any]:
    shown: list[dict[str, Any]] = [
        {
            "name": labels.heading(name), "count": count, "usual": usual(one),
            "known": one is not None, "unusual": one is not None and one.unusual,
        }
        for name, one, count in found_in.compared(found)
    ]  # fmt: skip
    return {"themes": shown, "unusual": [row for row in shown if row["unusual"]]}


def usual(one: Compared | None) -> str:
    """Say what is usual in as long, in plain words."""
    if one is None:
        return _("Too little is known yet to say what is usual")
    about = round(one.mean)
    said = _("usually about %(n)d") % {"n": about} if about else _("usually hardly any")
    most = ngettext("rarely more than %(n)d", "rarely more than %(n)d", one.most) % {"n": one.most}
    return _("%(usual)s, %(most)s in as long") % {"usual": said, "most": most}


# Where ------------------------------------------------------------------------------


def _where(found: Briefing) -> dict[str, Any]:
    shown, areas, nowhere = found_in.where(found)
    ground = ",".join(str(area.pk) for area in found_in.areas_of(found))
    return {"spots": bool(shown), "areas": areas, "nowhere": nowhere, "selected": ground}


@officers(Acts.BRIEFING_READ)
@require_GET
def spots(request: HttpRequest, briefing: int) -> JsonResponse:
    """Return where people spoke of, gathered so coarsely that no home can be told."""
    found = _of(request, briefing)
    page = reverse("briefings:briefing", args=[found.pk])
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
            "properties": {
                "name": ngettext("%(n)d thing near here", "%(n)d things near here", one.count)
                % {"n": one.count},
                "level": 1, "url": f"{page}#cases",
            },
        }
        for one in found_in.where(found)[0]
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})


# Who has read it --------------------------------------------------------------------


def _readers(found: Briefing, officer: Officer) -> dict[str, Any]:
    seen = found_in.read_by(found)
    crew = [(one, seen.get(one.pk)) for one in found_in.shift_of(found)]
    return {"crew": crew, "read_at": seen.get(officer.pk),
            "missing": sum(at is None for _one, at in crew)}  # fmt: skip


@officers(Acts.BRIEFING_READ)
@require_POST
def mark(request: HttpRequest, briefing: int) -> HttpResponseBase:
    """Keep that the officer has read it."""
    found = _of(request, briefing)
    reading.mark(found, by=officer_of(request), now=clock.now())
    flash.success(request, _("Kept: you have read this briefing"))
    return redirect("briefings:briefing", found.pk)
