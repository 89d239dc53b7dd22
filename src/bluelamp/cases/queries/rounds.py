"""What everybody of an incident was told, how many that reached, and who joined since."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from bluelamp.cases.models import Case, IncidentGroup, Round, RoundCase
from bluelamp.cases.values import CaseState, RoundState

SHOWN = 20
"""So many updates of an incident are shown, the last ones."""
_WENT = Q(state__in=[RoundState.SENT, RoundState.SUBMITTED])
"""The filter for cases in which the words went out, or wait for another officer's yes."""


@dataclass(frozen=True, slots=True)
class Update:
    """Words that everybody of an incident was told."""

    first: Round
    """The round that said them first; those who joined since were told by rounds that follow it."""
    told: int
    """In how many cases they went out, or wait for another officer's yes."""


def last_update(group: IncidentGroup) -> Round | None:
    """Return the round that said last what is new; ``None``: nobody was told anything."""
    found = group.rounds.filter(follows=None).select_related("by", "group__unit")
    return found.order_by("-pk").first()


def late_to(first: Round) -> QuerySet[Case]:
    """Return the open cases of an incident that came into it after an update was begun.

    Who was in a round of it once is not late, whatever came of it: nobody is told twice.
    """
    known = RoundCase.objects.filter(Q(round=first) | Q(round__follows=first))
    joined = Case.objects.filter(group=first.group_id).exclude(state=CaseState.CLOSED)
    return joined.exclude(pk__in=known.values("case")).order_by("pk")


def overtaken(made: Round, case: Case) -> bool:
    """Say whether a case has been told what is newer than the words of a round."""
    first = made.follows_id or made.pk
    newer = Q(round__follows=None, round__gt=first) | Q(round__follows__gt=first)
    return RoundCase.objects.filter(newer, _WENT, round__group=made.group_id, case=case).exists()


def updates(group: IncidentGroup) -> list[Update]:
    """Return the last updates of an incident, the newest first, with how many they reached."""
    rounds = group.rounds.filter(follows=None).select_related("by").order_by("-pk")[:SHOWN]
    went = RoundCase.objects.filter(_WENT, round__group=group)
    told = Counter[int]()
    for round_, follows, many in went.values_list("round", "round__follows").annotate(
        many=Count("pk")
    ):
        told[follows or round_] += many
    return [Update(one, told[one.pk]) for one in rounds]
