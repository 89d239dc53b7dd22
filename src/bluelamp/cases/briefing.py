"""Brief: tell each team, as its shift begins, what was said on its ground since the last.

One briefing for a unit and the shifts that begin together.  Who makes it holds the unit's
row: ten workers make one, and what a worker left undone the next one makes, while anybody
of that shift is still on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting, read_many
from bluelamp.audit.values import SYSTEM, Actor
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Briefing, Case
from bluelamp.cases.queries.beat import SECTIONS, Beat, Said, gather, themes
from bluelamp.cases.queries.briefing import shift_of
from bluelamp.cases.rules.briefing import LEAD, SETTLE, TOGETHER, Window, heads, window
from bluelamp.kit import live
from bluelamp.kit.config import config
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Shift, Unit
from bluelamp.places.models import Area

LATE = timedelta(days=2)
"""So much later something may still be routed, or moved here, and be told."""


def brief(*, now: datetime, unit: int | None = None) -> int:
    """Make the briefings that are due, of one unit or all; return how many."""
    return sum(_brief(pk, starts, now) for pk, starts in due(now) if unit in {None, pk})


def due(now: datetime) -> list[tuple[int, datetime]]:
    """Return the unit and the beginning of each shift that nobody has been briefed for."""
    area = Area.objects.filter(unit=OuterRef("unit"), retired_at=None)
    told = Briefing.objects.filter(unit=OuterRef("unit"), starts__gt=OuterRef("starts") - TOGETHER)
    coming = Shift.objects.filter(
        Exists(area), ~Exists(told), starts__lte=now + LEAD - SETTLE, ends__gt=now,
        on_call=False, officer__is_active=True,
    )  # fmt: skip
    of_unit: dict[int, list[datetime]] = {}
    for unit, starts in coming.values_list("unit", "starts").distinct():
        of_unit.setdefault(unit, []).append(starts)
    return [(unit, one) for unit, starts in sorted(of_unit.items()) for one in heads(starts)]


def _brief(unit: int, starts: datetime, now: datetime) -> bool:
    with transaction.atomic():
        free = Unit.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = free.select_related("force").filter(pk=unit).first()
        if found is None or _is_told(found, starts):
            return False
        time = window(starts, _last(found))
        if time is None:
            return False
        made = _make(found, starts, time, now)
        _tell(made, now)
    return True


def _is_told(unit: Unit, starts: datetime) -> bool:
    """Ask again with the unit held: another worker may have told them meanwhile."""
    return Briefing.objects.filter(unit=unit, starts__gt=starts - TOGETHER).exists()


def _last(unit: Unit) -> datetime | None:
    found = Briefing.objects.filter(unit=unit).order_by("-until")
    return found.values_list("until", flat=True).first()


def _make(unit: Unit, starts: datetime, time: Window, now: datetime) -> Briefing:
    made = _written(unit, starts, time, now)
    with acting(SYSTEM, "cases.brief"):
        made.save()
    return made


def _written(unit: Unit, starts: datetime, time: Window, now: datetime) -> Briefing:
    beat = Beat(unit)
    said = heard(beat, time)
    return Briefing(
        force=unit.force, unit=unit, starts=starts, since=time.since, until=time.until,
        made_at=now, items=[one.item for one in said], refs=gather(beat, time, said),
        themes=themes(beat, time, said),
    )  # fmt: skip


def heard(beat: Beat, time: Window) -> list[Said]:
    """Return what was said meanwhile, and what came too late for the briefings before."""
    before = Briefing.objects.filter(unit=beat.unit, until__gt=time.since - LATE)
    first = before.aggregate(since=Min("since"))["since"] or time.since
    since = min(time.since, max(first, time.since - LATE))
    told = {item for items in before.values_list("items", flat=True) for item in items}
    return [one for one in beat.said([Window(since, time.until)]) if one.item not in told]


# Who hears of it --------------------------------------------------------------------


def _tell(made: Briefing, now: datetime) -> None:
    """Write to whoever comes in: that it is there and where, and nothing of what it says."""
    link = f"{config().public_url}/console/briefings/{made.pk}/"
    subject = _("Briefing for your shift: %(unit)s") % {"unit": made.unit.name}
    words = _("What people on your ground said since the last briefing:")
    for address in _addresses(made):
        tell(
            made.force, kind=NoticeKind.BRIEFING, address=address, subject=subject,
            text=f"{words}\n\n{link}\n", now=now,
        )  # fmt: skip
    live.publish(f"cases:{made.force_id}", {"briefing": made.pk})


def _addresses(made: Briefing) -> Iterable[str]:
    return dict.fromkeys(one.email for one in shift_of(made) if one.email)


# For the command line -----------------------------------------------------------------


def facts_of(unit: Unit, *, since: datetime | None, now: datetime, by: Actor) -> dict[str, Any]:
    """Return a briefing as numbers and references; the reading is recorded.

    :param since: make one from then until now, which is not kept; the last one without.
    :raises CaseRefusedError: there is none yet, or ``since`` is still to come.
    """
    found = (
        _since(unit, since, now)
        if since
        else Briefing.objects.filter(unit=unit).order_by("until").last()
    )
    if found is None:
        raise CaseRefusedError(_("There is no briefing for that time."))
    cases = {pk for section in SECTIONS for pk in found.refs[section]}
    known = dict(Case.objects.filter(pk__in=cases).values_list("pk", "reference"))
    criteria = {"unit": unit.code, "since": str(found.since), "until": str(found.until)}
    read_many(by, "cases.briefing", "cases_case", count=len(known), criteria=criteria)
    return {
        "unit": unit.code, "since": found.since, "until": found.until,
        **{name: value for name, value in found.refs.items() if name not in SECTIONS},
        **{name: [known[pk] for pk in found.refs[name] if pk in known] for name in SECTIONS},
        "themes": [
            {"theme": name, "count": count, "before": list(before)}
            for name, count, before in found.themes
        ],
    }  # fmt: skip


def _since(unit: Unit, since: datetime, now: datetime) -> Briefing | None:
    return _written(unit, now, Window(since, now), now) if since < now else None
