"""Pages about opening hours: calendars, their weeks, their exceptional days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.kit import clock
from bluelamp.kit.page import Link, Row, Tag
from bluelamp.org import calendars as keeping
from bluelamp.org import permit, queries
from bluelamp.org.forms import BankHolidaysForm, CalendarForm, DayForm, spans_in_words
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Calendar, Closure
from bluelamp.org.rules.hours import Hours
from bluelamp.org.values import Acts, Nation
from bluelamp.org.views.shared import done, rooms


@officers(Acts.ORG_READ)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show the force's calendars and which of them is open now."""
    me, now = officer_of(request), clock.now()
    found = queries.calendars_seen(me).prefetch_related("closures")
    context = {
        "rooms": rooms("calendars"),
        "columns": [_("Calendar"), _("For"), _("Now")],
        "rows": [_listed_row(calendar, now) for calendar in found],
        "may_add": permit.may(me, Acts.ROTA_MANAGE),
    }
    return render(request, "org/calendars.html", context)


def _listed_row(calendar: Calendar, now: datetime) -> list[Any]:
    link = Link(calendar.name, reverse("org:calendar", args=[calendar.pk]))
    return [link, _belongs_to(calendar), _now(queries.hours_of(calendar), now)]


def _belongs_to(calendar: Calendar) -> str:
    return calendar.unit.name if calendar.unit else _("The whole force")


def _now(hours: Hours, now: datetime) -> Tag:
    return Tag(_("Open"), "green") if hours.is_open(now) else Tag(_("Closed"), "grey")


@officers(Acts.ORG_READ)
@require_safe
def shown(request: HttpRequest, calendar: int) -> HttpResponse:
    """Show a calendar's week and the exceptional days to come."""
    me, now = officer_of(request), clock.now()
    found = get_object_or_404(queries.calendars_seen(me), pk=calendar)
    manages = permit.may(me, Acts.ROTA_MANAGE, found)
    today = timezone.localtime(now).date()
    context = {
        "calendar": found,
        "facts": _facts(found, now),
        "week": [Row(WEEKDAYS[day], _hours_words(pairs)) for day, pairs in enumerate(found.week)],
        "day_columns": [_("Day"), _("Open"), _("Why"), *([_("Change")] if manages else [])],
        "days": [_day_row(one, manages) for one in found.closures.filter(day__gte=today)],
        "manages": manages,
    }
    return render(request, "org/calendar.html", context)


def _facts(calendar: Calendar, now: datetime) -> list[Row]:
    hours = queries.hours_of(calendar)
    opening = hours.next_opening(now)
    facts = [Row(_("For"), _belongs_to(calendar)), Row(_("Now"), _now(hours, now))]
    if opening is not None and opening > now:
        local = timezone.localtime(opening, hours.zone)
        facts.append(Row(_("Opens next"), f"{local:%A %-d %B, %H:%M}"))
    return facts


def _hours_words(pairs: list[list[str]]) -> str:
    return spans_in_words(pairs) or _("Closed")


def _day_row(closure: Closure, manages: bool) -> list[Any]:
    link = Link(_("Remove"), reverse("org:calendar_restore", args=[closure.pk]))
    cells = [f"{closure.day:%a %-d %b %Y}", _hours_words(closure.opens), closure.reason]
    return [*cells, link] if manages else cells


# --- changing ---


def _managed(request: HttpRequest) -> QuerySet[Calendar]:
    """Return the calendars that the officer may change; all others are 404."""
    return Calendar.objects.filter(permit.scope(officer_of(request), Acts.ROTA_MANAGE))


@officers(Acts.ROTA_MANAGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a calendar."""
    return _week(request, None)


@officers(Acts.ROTA_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, calendar: int) -> HttpResponse:
    """Change a calendar's week."""
    return _week(request, get_object_or_404(_managed(request), pk=calendar))


def _week(request: HttpRequest, calendar: Calendar | None) -> HttpResponse:
    me = officer_of(request)
    form = CalendarForm(me, calendar, request.POST or None)
    if form.is_valid() and done(form, lambda: keeping.define_calendar(by=me, **form.wanted())):
        messages.success(request, _("The opening hours are saved."))
        return redirect("org:calendars")
    return render(request, "org/calendar_week.html", {"form": form, "calendar": calendar})


@officers(Acts.ROTA_MANAGE)
@require_http_methods(["GET", "POST"])
def except_day(request: HttpRequest, calendar: int) -> HttpResponse:
    """Add an exceptional day, or change one."""
    found, me = get_object_or_404(_managed(request), pk=calendar), officer_of(request)
    form = DayForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: keeping.except_day(found, by=me, **form.cleaned_data)
    ):
        messages.success(request, _("The day is saved."))
        return redirect("org:calendar", calendar)
    words = {"question": _("Add an exceptional day"), "button_text": _("Save the day")}
    return _asked(request, form, found, words)


@officers(Acts.ROTA_MANAGE)
@require_http_methods(["GET", "POST"])
def bank_holidays(request: HttpRequest, calendar: int) -> HttpResponse:
    """Close a calendar on the bank holidays of a year or two."""
    found, me = get_object_or_404(_managed(request), pk=calendar), officer_of(request)
    form = BankHolidaysForm(timezone.localdate(clock.now()).year, request.POST or None)
    if form.is_valid():
        years, nation = form.years(), Nation(form.cleaned_data["nation"])
        if done(form, lambda: keeping.add_bank_holidays(found, years, nation=nation, by=me)):
            messages.success(request, _("The bank holidays are added."))
            return redirect("org:calendar", calendar)
    words = {"question": _("Close on bank holidays"), "button_text": _("Add bank holidays")}
    return _asked(request, form, found, words)


@officers(Acts.ROTA_MANAGE)
@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, closure: int) -> HttpResponse:
    """Let the week hold again on an exceptional day."""
    days = Closure.objects.filter(calendar__in=_managed(request)).select_related("calendar")
    found = get_object_or_404(days, pk=closure)
    if request.method == "POST":
        keeping.restore_day(found, by=officer_of(request))
        messages.success(request, _("The usual hours hold again on that day."))
        return redirect("org:calendar", found.calendar_id)
    day = f"{found.day:%-d %B %Y}"
    question = _("Let the usual hours hold on %(day)s?") % {"day": day}
    words = {"question": question, "button_text": _("Yes, remove the exception")}
    return _asked(request, None, found.calendar, words)


def _asked(
    request: HttpRequest, form: Any, calendar: Calendar, words: dict[str, str]
) -> HttpResponse:
    back = reverse("org:calendar", args=[calendar.pk])
    return render(request, "kit/confirm.html", {"form": form, "back_url": back, **words})
