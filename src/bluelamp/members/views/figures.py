"""How many members there are, and how many an audience has."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.page import Column, Link, Tile
from bluelamp.members import audience, queries, rules
from bluelamp.members.values import SMALL, Audience
from bluelamp.members.views.shared import show_page
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.places.queries import areas


@require_safe
@officers(Acts.AUDIENCE_COUNT)
def figures(request: HttpRequest) -> HttpResponse:
    """Show how many members there are, by area, and who came and went by week."""
    officer = officer_of(request)
    now = clock.now()
    numbers = queries.headline(officer.force, now=now)
    kind = request.GET.get("kind", "")
    context = {
        "tiles": [
            Tile(gettext_lazy("Members"), _told(numbers["joined"])),
            Tile(gettext_lazy("Paused"), _told(numbers["paused"])),
            Tile(gettext_lazy("Cannot be reached"), _told(numbers["unreachable"])),
            Tile(gettext_lazy("Have left"), _told(numbers["left"])),
        ],
        "week_columns": (Column(_("Week from")), Column(_("Joined"), numeric=True),
                         Column(_("Left"), numeric=True)),
        "weeks": [
            (date_format(week.monday, "j F Y"), week.joined, week.left)
            for week in reversed(queries.weeks(officer.force, now=now))
        ],
        "area_columns": (Column(_("Area")), Column(_("Members"), numeric=True)),
        **_by_area(officer, kind, request.GET.get("page")),
    }  # fmt: skip
    return show_page(request, "figures", "figures", context)


def _by_area(officer: Officer, kind: str, number: str | None) -> dict[str, Any]:
    found = areas(officer.force, kinds=(kind,) if kind else ()).order_by("kind", "name")
    page = Paginator(found, 25).get_page(number)
    rows = [
        (
            Link(area.name, reverse("places:area", args=[area.pk])),
            _told(audience.count(officer.force, Audience(areas=(area.pk,))).total),
        )
        for area in page
    ]
    return {"page": page, "rows": rows}


def _told(number: int) -> Any:
    return number if number >= SMALL else _("fewer than %(small)s") % {"small": SMALL}


@require_POST
@officers(Acts.AUDIENCE_COUNT)
def count(request: HttpRequest) -> HttpResponse:
    """Count an audience: JSON ``{"count", "words"}``, or a sentence for a page that shows it.

    The audience comes as JSON in the field ``audience``, or as the body itself.
    A count below ten is ``null``, and drawn ground is counted to the nearest
    ten: a shape around one house must not tell whether someone there joined.
    """
    force = officer_of(request).force
    try:
        given = request.body if request.content_type == "application/json" else None
        asked = Audience.model_validate_json(given or request.POST.get("audience", ""))
        total = audience.count(force, asked).total
        words = audience.explain(force, asked)
    except (ValueError, BluelampError) as error:
        told = str(error) if isinstance(error, BluelampError) else _("This is no audience.")
        return JsonResponse({"problem": told}, status=422)
    shown = rules.shown_count(total, drawn=rules.is_drawn(asked))
    page = {"words": words, "told": count_words(shown, drawn=rules.is_drawn(asked))}
    if getattr(request, "htmx", False) or "text/html" in request.headers.get("Accept", ""):
        return render(request, "members/console/count.html", page)
    return JsonResponse({"count": shown, "words": f"{page['told']} {words}"})


def count_words(shown: int | None, *, drawn: bool) -> str:
    """Say a count as it may be told."""
    if shown is None:
        return _("Fewer than %(small)s members.") % {"small": SMALL}
    number = number_format(shown, force_grouping=True)
    if drawn:
        return _("About %(number)s members.") % {"number": number}
    return ngettext("%(number)s member.", "%(number)s members.", shown) % {"number": number}
