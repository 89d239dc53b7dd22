"""What the organisation can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.org import permit
from bluelamp.org.models import Calendar, Force, Grant, Officer, Shift, Unit
from bluelamp.org.rules.hours import Hours
from bluelamp.org.rules.signin import SECOND_FACTOR
from bluelamp.org.values import Acts, Role

NAV = (NavItem(_("People"), "org:people", (Acts.ORG_READ.value,), order=80),)
SETTINGS = (SECOND_FACTOR,)


def units_seen(officer: Officer) -> QuerySet[Unit]:
    """Return the units whose people the officer may see, in the order of the tree."""
    granted = permit.paths(officer, Acts.ORG_READ)
    below = Q(pk__in=[])
    for path in granted:
        below |= Q(path__startswith=path)
    return Unit.objects.filter(below, force=officer.force_id).order_by("path")


def officers_seen(
    officer: Officer, *, words: str = "", unit: Unit | None = None
) -> QuerySet[Officer]:
    """Return the officers whom ``officer`` may see, by name.

    :param words: each word has to occur in name, number, rank or address.
    :param unit: only officers of this unit and the units below.
    """
    found = Officer.objects.filter(permit.scope(officer, Acts.ORG_READ)).select_related("unit")
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word) | Q(number__iexact=word)
            | Q(rank__icontains=word) | Q(email__icontains=word)
        )  # fmt: skip
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    return found.order_by("name")


def officer_seen(officer: Officer, pk: int) -> Officer | None:
    """Return another officer with what they hold, if ``officer`` may see them."""
    return (
        officers_seen(officer)
        .filter(pk=pk)
        .select_related("force")
        .prefetch_related(
            Prefetch("grants", Grant.objects.select_related("unit", "granted_by").order_by("pk")),
            "skills__skill",
        )
        .first()
    )


def holders(force: Force, role: Role, *, now: datetime) -> QuerySet[Officer]:
    """Return the active officers who hold a role anywhere in the force now."""
    live = Q(grants__revoked_at=None, grants__starts__lte=now) & (
        Q(grants__expires=None) | Q(grants__expires__gt=now)
    )
    return Officer.objects.filter(live, force=force, is_active=True, grants__role=role).distinct()


def nearest_holders(unit: Unit, role: Role, *, now: datetime) -> list[Officer]:
    """Return who holds a role over a unit: granted at the unit itself, else next above it."""
    over = [int(pk) for pk in unit.path.strip("/").split("/") if pk]
    held = Grant.objects.filter(
        Q(expires=None) | Q(expires__gt=now), unit__in=over, role=role, revoked_at=None,
        starts__lte=now, officer__is_active=True,
    )  # fmt: skip
    grants = list(held.select_related("officer", "unit").order_by("officer"))
    nearest = max((len(one.unit.path) for one in grants), default=0)
    return [one.officer for one in grants if len(one.unit.path) == nearest]


def skilled(unit: Unit, code: str, *, at: datetime) -> QuerySet[Officer]:
    """Return the active officers at a unit or below whose skill has not lapsed."""
    lasting = Q(skills__expires_on=None) | Q(skills__expires_on__gte=at.date())
    return Officer.objects.filter(
        lasting, is_active=True, force=unit.force_id, unit__path__startswith=unit.path,
        skills__skill__code=code,
    ).distinct()  # fmt: skip


def _shifts_at(unit: Unit, at: datetime) -> QuerySet[Shift]:
    return (
        Shift.objects.filter(
            force=unit.force_id, unit__path__startswith=unit.path, starts__lte=at, ends__gt=at,
            officer__is_active=True,
        )
        .select_related("officer", "unit")
        .order_by("ends", "officer__name")
    )  # fmt: skip


def on_shift(unit: Unit, at: datetime) -> list[Officer]:
    """Return who is on duty at a unit or below at a moment, those who leave first first."""
    return [shift.officer for shift in _shifts_at(unit, at).filter(on_call=False)]


def on_duty(at: datetime) -> Q:
    """Return the filter for the shifts in which somebody is at work at a moment."""
    return Q(on_call=False, starts__lte=at, ends__gt=at)


def at_work(officers: Iterable[int], at: datetime) -> set[int]:
    """Return which of some officers are on shift at a moment, wherever that is."""
    found = Shift.objects.filter(on_duty(at), officer__in=list(officers))
    return set(found.values_list("officer", flat=True))


def on_call(unit: Unit, at: datetime) -> list[Officer]:
    """Return who can be called out for a unit at a moment: its own, else those of units above."""
    pks = [int(pk) for pk in unit.path.strip("/").split("/") if pk]
    for pk in reversed(pks):
        above = Unit.objects.filter(pk=pk, force=unit.force_id).first()
        called = _shifts_at(above, at).filter(on_call=True, unit=above) if above else []
        if called:
            return [shift.officer for shift in called]
    return []


def shifts_between(officer: Officer, first: datetime, last: datetime) -> QuerySet[Shift]:
    """Return the shifts that the officer may see and that touch a period."""
    return (
        Shift.objects.filter(permit.scope(officer, Acts.ORG_READ), starts__lt=last, ends__gt=first)
        .select_related("officer", "unit")
        .order_by("unit__path", "starts", "officer__name")
    )


def on_now(officer: Officer, now: datetime) -> QuerySet[Shift]:
    """Return the shifts that run now of officers in service, as far as the officer may see."""
    running = shifts_between(officer, now, now + timedelta(microseconds=1))
    return running.filter(officer__is_active=True)


# --- calendars ---


def calendars_seen(officer: Officer) -> QuerySet[Calendar]:
    """Return the calendars of the officer's force; when it is open is no secret within it."""
    return Calendar.objects.filter(force=officer.force_id).select_related("unit").order_by("name")


def hours_of(calendar: Calendar) -> Hours:
    """Return a calendar's hours as values; its exceptional days are read once."""
    exceptions = {closure.day: closure.opens for closure in calendar.closures.all()}
    return Hours.read(calendar.week, exceptions, ZoneInfo(calendar.zone))


def doors(force: Force) -> Hours | None:
    """Return when the force as a whole is there to read; ``None`` where nothing says so."""
    calendar = Calendar.objects.filter(force=force, unit=None).order_by("pk").first()
    return hours_of(calendar) if calendar else None
