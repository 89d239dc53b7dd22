"""Outcome: a case is closed, and its citizen told what came of it where that is safe."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.answer import answer_beside
from bluelamp.cases.actions.close import close
from bluelamp.cases.models import Case, Outcome, Reply
from bluelamp.cases.queries.casefile import newest_answer
from bluelamp.cases.queries.home import last_of_citizen, way_home
from bluelamp.cases.rules.outcomes import Choice
from bluelamp.cases.values import CaseState, Joined, Silence
from bluelamp.inbound.models import Item
from bluelamp.kit.errors import BluelampError
from bluelamp.org.models import Officer

TOLD = "cases.outcome"


def close_with(
    case: Case, choice: Choice, *, reason: str, by: Officer, now: datetime, words: str = ""
) -> Outcome | None:
    """Close a case with an outcome and tell its citizen, by their own channel, if that is safe.

    :param words: the officer's own words to them, in place of the outcome's.
    :param reason: what came of it, for officers.
    :returns: what was kept, with why nothing was sent; ``None``: it was closed already.
    :raises CaseRefusedError: no reason.
    """
    text = words.strip() or choice.words
    with acting(by.as_actor(), TOLD, reason=reason):
        found = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if found.state == CaseState.CLOSED:
            return None
        reply, silence = _tell(case, text, by=by, now=now)
        close(case, reason=reason, by=by, now=now)
        return Outcome.objects.create(
            force_id=case.force_id, case=case, at=now, by=by, key=choice.key, name=choice.name,
            words=text, silence=silence or "", reply=reply,
        )  # fmt: skip


def silence_of(case: Case) -> Silence | None:
    """Return why nothing may be sent by itself in a case; ``None``: it may."""
    if not case.shown_to_citizen:
        return Silence.UNSAFE
    spoke = Item.objects.filter(in_case__case=case, kind="human", listened=False)
    if not spoke.exclude(in_case__why=Joined.REPEATS).exists():
        return Silence.NOT_TO_US
    return None if way_home(case) is not None else Silence.NO_WAY


def _tell(
    case: Case, text: str, *, by: Officer, now: datetime
) -> tuple[Reply | None, Silence | None]:
    """Answer with the outcome's words, by the checks of any answer; in public another approves."""
    silence = silence_of(case)
    if silence is not None:
        return None, silence
    newest = newest_answer(case)
    try:
        with transaction.atomic():  # what is refused leaves nothing behind
            seen = newest.pk if newest else None
            item = last_of_citizen(case)
            return answer_beside(case, text, by=by, now=now, seen=seen, item=item), None
    except BluelampError:
        return None, Silence.DECLINED
