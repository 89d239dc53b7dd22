"""What changes calendars: a week, exceptional days, bank holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from govuk_bank_holidays.bank_holidays import BankHolidays

from bluelamp.audit.actions import acting
from bluelamp.org.errors import OrgChangeError
from bluelamp.org.models import Calendar, Closure, Force, Unit
from bluelamp.org.permit import By, answering
from bluelamp.org.rules.shifts import parse_day, parse_pattern
from bluelamp.org.values import Acts, Nation


def define_calendar(
    force: Force, *, name: str, week: Any, by: By, unit: Unit | None = None,
    zone: str = "Europe/London",
) -> Calendar:  # fmt: skip
    """Define or change a calendar, which its name tells from the force's others.

    :param week: seven days from Monday of ``["HH:MM", "HH:MM"]`` pairs.
    :raises RotaPatternError: the week cannot be read or overlaps itself.
    """
    calendar = Calendar.objects.filter(force=force, name=name).first()
    if calendar is not None:  # nobody takes one from where they may not change it
        answering(by, Acts.ROTA_MANAGE, calendar)
    actor = answering(by, Acts.ROTA_MANAGE, unit or force)
    if unit is not None and unit.force_id != force.pk:
        raise OrgChangeError(_("Calendar and unit belong to different forces."))
    parse_pattern([week])
    calendar = calendar or Calendar(force=force, name=name)
    calendar.unit, calendar.zone, calendar.week = unit, _known_zone(zone), week
    with acting(actor, Acts.ROTA_MANAGE):
        calendar.save()
    return calendar


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise OrgChangeError(_("No time zone is called “%(name)s”.") % {"name": name}) from None


def except_day(calendar: Calendar, day: date, *, reason: str, by: By, opens: Any = ()) -> Closure:
    """Make a day exceptional: open as ``opens`` says and not otherwise, so closed without it.

    :raises RotaPatternError: ``opens`` cannot be read or overlaps itself.
    """
    actor, pairs = answering(by, Acts.ROTA_MANAGE, calendar), [list(pair) for pair in opens]
    parse_day(pairs)
    with acting(actor, Acts.ROTA_MANAGE, reason=reason):
        closure, _new = Closure.objects.update_or_create(
            calendar=calendar, day=day,
            defaults={"force_id": calendar.force_id, "opens": pairs, "reason": reason},
        )  # fmt: skip
    return closure


def restore_day(closure: Closure, *, by: By) -> None:
    """Let the week hold again on an exceptional day."""
    actor = answering(by, Acts.ROTA_MANAGE, closure.calendar)
    with acting(actor, Acts.ROTA_MANAGE):
        closure.delete()


# --- bank holidays ---


def bank_holidays(nation: Nation, year: int) -> dict[date, str]:
    """Return the bank holidays of a year, as GOV.UK has published them.

    They come with the installation, without a network.

    :raises OrgChangeError: the year is not in that list; guessing would miss what is proclaimed.
    """
    published = BankHolidays(use_cached_holidays=True).get_holidays(nation.value)
    years = sorted({one["date"].year for one in published})
    if year not in years:
        raise OrgChangeError(
            _("Bank holidays are known from %(first)s to %(last)s.")
            % {"first": years[0], "last": years[-1]}
        )
    return {one["date"]: one["title"] for one in published if one["date"].year == year}


def add_bank_holidays(
    calendar: Calendar, years: Iterable[int], *, nation: Nation, by: By
) -> list[Closure]:
    """Close a calendar on the bank holidays of these years; return what is new.

    A day that is exceptional already stays as it is.
    """
    actor = answering(by, Acts.ROTA_MANAGE, calendar)
    wanted = {day: title for year in years for day, title in bank_holidays(nation, year).items()}
    with acting(actor, Acts.ROTA_MANAGE, reason=_("Bank holidays")):
        Calendar.objects.select_for_update().only("pk").get(pk=calendar.pk)
        there = set(calendar.closures.values_list("day", flat=True))
        return Closure.objects.bulk_create(
            Closure(force_id=calendar.force_id, calendar=calendar, day=day, reason=title)
            for day, title in sorted(wanted.items())
            if day not in there
        )
