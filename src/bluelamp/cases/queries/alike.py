"""What is read of cases to see whether they look like one incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bluelamp.cases.models import Case, CaseItem, CasePlace, ProposedCase
from bluelamp.cases.queries.guidance import stems_of
from bluelamp.cases.rules.gathering import SMALL, WINDOW, Mark, Report, Side, compared, metres
from bluelamp.cases.rules.searching import config_of, spoken
from bluelamp.cases.values import CaseState, Joined, ProposalState
from bluelamp.org.models import Force
from bluelamp.places.models import Area

MOST = 2000
"""So many of a force's last cases are compared."""
_SAME = 1e-6
"""Degrees within which two positions are one; about a tenth of a metre."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What opened a case."""

    spoken: list[tuple[str, str]]
    """Each word in its comparable form and as it was written."""
    config: str
    findings: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self.findings.get("places", ())]


_SILENT = _Said([], "simple", {})


def reports(force: Force, *, now: datetime) -> list[Report]:
    """Return a force's open cases of the last day, and those of open incidents, to compare.

    At most :data:`MOST`, the last opened; a handful of statements, however many they are.
    """
    found = list(_comparable(force, now).order_by("-opened_at", "-pk")[:MOST])
    said = _said(found)
    areas = _areas(force, found, said)
    threads, refused = _threads(found), _refused(found)
    words = _words(said, {pk: [area.name for area in there] for pk, there in areas.items()})
    return [
        _report(case, said.get(case.pk, _SILENT), areas.get(case.pk, []), words.get(case.pk, {}),
                frozenset(threads[case.pk]), frozenset(refused[case.pk]))
        for case in found
    ]  # fmt: skip


def _comparable(force: Force, now: datetime) -> QuerySet[Case]:
    since = now - WINDOW
    alone = Q(group=None) & ~Q(state=CaseState.CLOSED)
    wanted = alone | Q(group__isnull=False, group__closed_at=None)
    # no case is opened after it was changed last: the index of that finds them
    recent = Case.objects.filter(wanted, force=force, opened_at__gte=since, changed_at__gte=since)
    return recent.only("opened_at", "contact", "group", "longitude", "latitude")


def _report(
    case: Case, said: _Said, areas: Collection[Area], words: Mapping[str, str],
    threads: frozenset[int], refused: frozenset[Mark],
) -> Report:  # fmt: skip
    known = case.longitude is not None and case.latitude is not None
    point = (case.longitude or 0.0, case.latitude or 0.0) if known else None
    if any(point and _is_middle(area, *point) for area in areas):
        point = None  # how exact it is, the area says
    return Report(
        case=case.pk, person=case.contact_id or -case.pk, at=case.opened_at, point=point,
        places=frozenset(area.name for area in areas if _is_small(area)), words=words,
        about=frozenset(str(kind) for kind in said.findings.get("emergency", ())),
        threads=threads, group=case.group_id, refused=refused,
    )  # fmt: skip


# What was said ----------------------------------------------------------------------


def _said(found: Iterable[Case]) -> dict[int, _Said]:
    rows = CaseItem.objects.filter(case__in=found, why=Joined.OPENED).values_list(
        "case", "item__subject", "item__text", "item__language", "item__findings"
    )
    return {
        case: _Said(spoken(f"{subject}\n{text}"), config_of(language or "en"), findings)
        for case, subject, text, language, findings in rows
    }


def _words(
    said: Mapping[int, _Said], names: Mapping[int, Collection[str]]
) -> dict[int, dict[str, str]]:
    """Return by case the stems of what tells something, each as it was written."""
    told = {pk: compared(one.spoken, [*one.names, *names[pk]]) for pk, one in said.items()}
    asked = defaultdict[str, set[str]](set)
    for pk, one in said.items():
        asked[one.config].update(told[pk])
    stems = {config: stems_of(words, config) for config, words in asked.items()}
    return {
        pk: {stem: written for word, written in told[pk].items()
             if (stem := stems[one.config].get(word))}
        for pk, one in said.items()
    }  # fmt: skip


# Where ------------------------------------------------------------------------------


def _areas(force: Force, found: Iterable[Case], said: Mapping[int, _Said]) -> dict[int, list[Area]]:
    """Return by case the area that an officer chose for it, else those that its words name."""
    names = {name for one in said.values() for name in one.names}
    by_name = defaultdict[str, list[Area]](list)
    known = Area.objects.filter(force=force, name__in=names, retired_at=None)
    for area in known.defer("boundary"):
        by_name[area.name].append(area)
    areas = {pk: [area for name in one.names for area in by_name[name]] for pk, one in said.items()}
    rows = CasePlace.objects.filter(case__in=found).select_related("area")
    for row in rows.defer("area__boundary").order_by("at", "pk"):
        areas[row.case_id] = [row.area] if row.area else []
    return areas


def _is_middle(area: Area, longitude: float, latitude: float) -> bool:
    east = longitude - (area.west + area.east) / 2
    north = latitude - (area.south + area.north) / 2
    return abs(east) < _SAME and abs(north) < _SAME


def _is_small(area: Area) -> bool:
    return metres((area.west, area.south), (area.east, area.north)) <= SMALL


# What was passed on, and what was refused ---------------------------------------------


def _threads(found: Iterable[Case]) -> dict[int, set[int]]:
    threads = defaultdict[int, set[int]](set)
    rows = CaseItem.objects.filter(case__in=found, item__thread__isnull=False)
    for case, thread in rows.values_list("case", "item__thread").distinct():
        threads[case].add(thread)
    return threads


def _refused(found: Collection[Case]) -> dict[int, set[Mark]]:
    """Return by case what officers refused about it, and about the incident that it is in."""
    marks = defaultdict[int, set[Mark]](set)
    refused = ProposedCase.objects.filter(proposal__state=ProposalState.REFUSED)
    for case, proposal, group in refused.filter(case__in=found).values_list(
        "case", "proposal", "proposal__group"
    ):
        marks[case].add(Mark(proposal, Side.OUTSIDE if group else Side.APART))
    members = defaultdict[int, list[int]](list)
    for one in found:
        if one.group_id:
            members[one.group_id].append(one.pk)
    kept_out = refused.filter(proposal__group__in=members)
    for proposal, group in kept_out.values_list("proposal", "proposal__group").distinct():
        for case in members[group]:
            marks[case].add(Mark(proposal, Side.INSIDE))
    return marks
