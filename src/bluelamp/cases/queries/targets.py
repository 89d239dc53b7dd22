"""What a force promises, by severity and kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bluelamp.audit.queries import Filter, acts
from bluelamp.cases.models import Target
from bluelamp.cases.values import MilestoneKind
from bluelamp.inbound.values import Severity
from bluelamp.org.models import Calendar, Force

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon, and in whose working hours; round the clock without a calendar."""

    within: timedelta
    calendar: int | None = None


def promises(force: Force) -> dict[tuple[Severity, MilestoneKind], Promise]:
    """Return all that a force promises."""
    return {
        (Severity(one.severity), MilestoneKind(one.kind)): Promise(one.within, one.calendar_id)
        for one in Target.objects.filter(force=force)
    }


def promise_of(force: Force, severity: Severity, kind: MilestoneKind) -> Promise | None:
    """Return what is promised for a severity; nothing where nothing is."""
    return promises(force).get((severity, kind))


def mark(promise: Promise | None) -> str:
    """Write down what an officer sees, to tell later whether it is still so."""
    return f"{promise.within.total_seconds():.0f}:{promise.calendar or ''}" if promise else "none"


def calendars(force: Force) -> dict[int, str]:
    """Return the names of the force's calendars."""
    return dict(Calendar.objects.filter(force=force).order_by("name").values_list("pk", "name"))


def changed_last(force: Force) -> tuple[str, datetime | None]:
    """Return who changed a promise last, and when."""
    found = acts(force.pk, Filter(act="cases.set_promise", table="cases_target")).first()
    return (found.actor_label or "", found.at) if found else ("", None)


def said(promise: Promise, names: dict[int, str]) -> str:
    """Say a promise in plain words: 2 hours, in working hours of Front counter."""
    length = length_said(promise.within)
    if promise.calendar is None:
        return _("%(length)s, round the clock") % {"length": length}
    name = names.get(promise.calendar, "–")
    return _("%(length)s, in working hours of %(name)s") % {"length": length, "name": name}


def length_said(length: timedelta) -> str:
    """Say a length in the one unit that says it whole: 36 hours, 90 minutes, 3 days."""
    amount, unit = parted(length)
    words = {
        "days": ngettext("%(n)d day", "%(n)d days", amount),
        "hours": ngettext("%(n)d hour", "%(n)d hours", amount),
        "minutes": ngettext("%(n)d minute", "%(n)d minutes", amount),
    }
    return words[unit] % {"n": amount}


def parted(length: timedelta) -> tuple[int, str]:
    """Return a length as a number of the largest unit that says it whole.

    A day of working hours is not a day: only what is 24 hours or a multiple is days.
    """
    for unit, one in (("days", _DAY), ("hours", _HOUR)):
        if length >= one and not length % one:
            return length // one, unit
    return length // _MINUTE, "minutes"
