"""Pages of the areas, for officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.kit import clock
from bluelamp.kit.moments import stamp
from bluelamp.kit.page import Column, Link, Row, Tag, Tile
from bluelamp.org.gate import officer_of, officers, source_of
from bluelamp.org.models import Officer
from bluelamp.org.permit import may
from bluelamp.org.values import Acts
from bluelamp.places import actions, labels, queries
from bluelamp.places.errors import FileRefusedError
from bluelamp.places.forms import FilterForm, SettleForm, UnitForm, UploadForm
from bluelamp.places.importing import uploads
from bluelamp.places.importing.areas import properties_of
from bluelamp.places.importing.files import Handed
from bluelamp.places.models import Area, Upload
from bluelamp.places.values import AreaReport, Change

PAGE = 25
SHOWN = 50
"""Lines of a report that a page shows: retired, changed and noted ones come first."""
_COLUMNS = (
    Column(gettext_lazy("Name")),
    Column(gettext_lazy("Kind")),
    Column(gettext_lazy("Code")),
    Column(gettext_lazy("Policing unit")),
)
_COLOURS: dict[Change, Any] = {
    Change.NEW: "green",
    Change.CHANGED: "blue",
    Change.UNCHANGED: "grey",
    Change.RETIRED: "orange",
}


@require_GET
@officers(Acts.AREA_READ)
def areas(request: HttpRequest) -> HttpResponse:
    """List the force's areas, on a map and as a table."""
    officer = officer_of(request)
    form = FilterForm(request.GET or None, officer.force)
    kind, search = form.chosen("kind"), form.chosen("q")
    found = queries.areas_for(officer, kind=kind, search=search)
    kinds = queries.kinds_of(officer.force)
    shown_kind = kind or next(iter(kinds), "")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "places/areas.html",
        {
            "form": form,
            "page": page,
            "count": page.paginator.count,
            "any": bool(kinds),
            "filtered": bool(kind or search),
            "columns": _COLUMNS,
            "rows": [_row(area) for area in page],
            "map_url": f"{reverse('places:map')}?kind={shown_kind}",
            "may_import": may(officer, Acts.AREA_IMPORT, officer.force),
        },
    )


def _row(area: Area) -> tuple[Any, ...]:
    link = Link(area.name, reverse("places:area", args=[area.pk]))
    unit = area.unit.name if area.unit else ""
    return (link, labels.kind_label(area.kind), area.code, unit)


def _area_or_404(officer: Officer, pk: int) -> Area:
    area = queries.area_for(officer, pk)
    if area is None:
        raise Http404("No such area in this force.")
    return area


@require_GET
@officers(Acts.AREA_READ)
def area(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an area: where it is, who polices it, where it came from."""
    officer = officer_of(request)
    found = _area_or_404(officer, pk)
    return render(
        request,
        "places/area.html",
        {
            "area": found,
            "rows": _facts(found, officer),
            "kind": labels.kind_label(found.kind),
            "map_url": f"{reverse('places:map')}?kind={found.kind}&zoom=15",
        },
    )


def _facts(area: Area, officer: Officer) -> list[Row]:
    change: tuple[Link, ...] = ()
    if may(officer, Acts.AREA_IMPORT, area) and area.retired_at is None:
        change = (Link(_("Change"), reverse("places:unit", args=[area.pk])),)
    rows = [
        Row(_("Policing unit"), area.unit.name if area.unit else _("None yet"), change),
        Row(_("Code"), area.code),
        Row(_("Taken from"), area.source),
        Row(_("Taken in"), stamp(area.imported_at)),
    ]
    if area.retired_at:
        rows.append(Row(_("Retired"), stamp(area.retired_at)))
    return rows


@require_http_methods(["GET", "POST"])
@officers(Acts.AREA_IMPORT)
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which unit polices an area."""
    officer = officer_of(request)
    found = _area_or_404(officer, pk)
    initial = {"unit": str(found.unit_id or "")}
    form = UnitForm(request.POST or None, force=officer.force, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.assign_unit(found, form.chosen(), by=officer, source=source_of(request))
        messages.success(request, _("The policing unit is changed."))
        return redirect("places:area", pk=found.pk)
    return render(request, "places/unit.html", {"area": found, "form": form})


@require_http_methods(["GET", "POST"])
@officers(Acts.AREA_IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a file of boundaries."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = uploads.hand_in(
                Handed(file.name, file.read()),
                form.cleaned_data["kind"],
                by=officer_of(request),
                now=clock.now(),
                source=source_of(request),
            )
        except FileRefusedError as error:
            form.add_error("file", str(error))
        else:
            return redirect("places:check", pk=kept.pk)
    return render(request, "places/upload.html", {"form": form})


@require_http_methods(["GET", "POST"])
@officers(Acts.AREA_IMPORT)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a file would change; take it in when the officer says so."""
    officer = officer_of(request)
    kept = Upload.objects.filter(pk=pk, force=officer.force, officer=officer).first()
    if kept is None:
        raise Http404("No such file, or it was taken in already.")
    form = _settle_form(request, kept)
    if request.method == "POST" and form.is_valid():
        _settle(kept, form, request)
        if "confirm" in request.POST:
            return _confirm(request, kept, form)
        return redirect("places:check", pk=kept.pk)
    return _check_page(request, kept, form)


def _settle_form(request: HttpRequest, kept: Upload) -> SettleForm:
    rows = properties_of(Handed(kept.name, bytes(kept.content)))
    names = ("id_property", "name_property", "source")
    initial = {name: getattr(kept, name) for name in names} | {"unit": str(kept.unit_id or "")}
    return SettleForm(request.POST or None, force=kept.force, rows=rows, initial=initial)


def _settle(kept: Upload, form: SettleForm, request: HttpRequest) -> None:
    chosen = form.cleaned_data
    kept.id_property, kept.name_property = chosen["id_property"], chosen["name_property"]
    kept.source, kept.unit_id = chosen["source"], int(chosen["unit"]) if chosen["unit"] else None
    uploads.settle(kept, by=officer_of(request), source=source_of(request))


def _confirm(request: HttpRequest, kept: Upload, form: SettleForm) -> HttpResponse:
    try:
        report = uploads.confirm(
            kept, by=officer_of(request), now=clock.now(), source=source_of(request)
        )
    except FileRefusedError:
        return _check_page(request, kept, form)
    touched = len(report.lines) - report.count(Change.UNCHANGED)
    messages.success(
        request,
        ngettext("%(count)d area is changed.", "%(count)d areas are changed.", touched)
        % {"count": touched},
    )
    return redirect(f"{reverse('places:areas')}?kind={kept.kind}")


def _check_page(request: HttpRequest, kept: Upload, form: SettleForm) -> HttpResponse:
    report, refusal = None, ""
    try:
        report = uploads.preview(kept, by=officer_of(request), now=clock.now())
    except FileRefusedError as error:
        refusal = str(error)
    context = {"upload": kept, "form": form, "refusal": refusal}
    return render(request, "places/check.html", context | _report_context(report))


def _report_context(report: AreaReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    order = [Change.RETIRED, Change.CHANGED, Change.NEW, Change.UNCHANGED]
    lines = sorted(
        (line for line in report.lines if line.change is not Change.UNCHANGED or line.note),
        key=lambda line: (not line.note, order.index(line.change), line.name),
    )
    return {
        "report": report,
        "tiles": [Tile(labels.CHANGES[change], report.count(change)) for change in Change],
        "columns": (
            Column(_("Name")),
            Column(_("Code")),
            Column(_("What happens")),
            Column(_("Note")),
        ),
        "lines": [
            (
                line.name,
                line.code,
                Tag(labels.CHANGES[line.change], _COLOURS[line.change]),
                line.note,
            )
            for line in lines[:SHOWN]
        ],
        "more": max(0, len(lines) - SHOWN),
        "nothing": all(line.change is Change.UNCHANGED for line in report.lines),
    }
