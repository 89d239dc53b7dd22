"""A case as one page shows it: the conversation, the promises, who else is at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q, QuerySet

from bluelamp.cases.models import Case, CaseItem, Milestone, Note, Reply
from bluelamp.cases.queries.queue import DUE, cases
from bluelamp.cases.queries.way import spoken
from bluelamp.cases.rules.answering import is_answering
from bluelamp.cases.values import Joined, ReplyState
from bluelamp.channels.contract import Visibility
from bluelamp.channels.models import Act
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import items
from bluelamp.inbound.values import PASSED_ON
from bluelamp.members.merging import person_of
from bluelamp.members.models import ContactPoint
from bluelamp.org.models import Officer

# The conversation -------------------------------------------------------------


@dataclass(slots=True)
class Entry:
    """One turn of a case's conversation, or a note between officers."""

    kind: Literal["heard", "said", "automatic", "note"]
    at: datetime
    heard: CaseItem | None = None
    said: Reply | None = None
    automatic: Act | None = None
    """What was answered by itself."""
    note: Note | None = None
    passed_on: list[CaseItem] = field(default_factory=list)
    """Near-copies of what was heard: re-posts, and the same words again."""


def conversation(case: Case) -> list[Entry]:
    """Return what was said in a case over all channels, by us, and between us; oldest first."""
    notes = case.notes.select_related("by").prefetch_related("mentions")
    replies = case.replies.exclude(state=ReplyState.DRAFT)
    entries = [
        *_heard(case),
        *(
            Entry("said", one.sent_at or one.changed_at, said=one)
            for one in replies.select_related("by", "approved_by", "act__account")
        ),
        *(Entry("automatic", act.made_at, automatic=act) for act in _automatic(case)),
        *(Entry("note", one.at, note=one) for one in notes),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _automatic(case: Case) -> list[Act]:
    found = case.automatic.select_related("act__account").order_by("pk")
    return [one.act for one in found]


def _heard(case: Case) -> list[Entry]:
    found = case.items.select_related("item__account", "item__contact_point")
    rows = found.prefetch_related("item__files__file").order_by("at", "pk")
    entries: list[Entry] = []
    of_thread: dict[int | None, Entry] = {}
    for row in rows:
        first = of_thread.get(row.item.thread_id) or (entries[0] if entries else None)
        if first is not None and _only_passes_on(row):
            first.passed_on.append(row)
            continue
        entry = Entry("heard", row.at, heard=row)
        entries.append(entry)
        if row.item.thread_id is not None:
            of_thread.setdefault(row.item.thread_id, entry)
    return entries


def _only_passes_on(row: CaseItem) -> bool:
    return row.why == Joined.REPEATS or row.item.part in PASSED_ON


# Promises ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone as it is shown."""

    kind: str
    state: str
    due_at: datetime | None
    met_at: datetime | None
    left: timedelta | None
    """Until it is due; negative where it is overdue."""


def promises(case: Case, *, now: datetime) -> list[Promise]:
    """Return a case's milestones, what is due first."""
    found = [_promise(one, now) for one in case.milestones.all()]
    return sorted(found, key=lambda one: (one.left is None, one.left or timedelta(), one.kind))


def _promise(one: Milestone, now: datetime) -> Promise:
    due = one.due_at if one.state in DUE else None
    return Promise(one.kind, one.state, due, one.met_at, due - now if due else None)


# Colleagues -------------------------------------------------------------------


def newest_answer(case: Case) -> Reply | None:
    """Return the last answer that was sent or submitted."""
    found = case.replies.exclude(state=ReplyState.DRAFT).select_related("by")
    return found.order_by("-pk").first()


def draft_of(case: Case, officer: Officer) -> Reply | None:
    """Return what the officer has typed so far."""
    return case.replies.filter(by=officer, state=ReplyState.DRAFT).first()


def answered(case: Case, officer: Officer, asked: int | None = None) -> Item | None:
    """Return what an officer answers: the item asked for, else their draft's, else the last.

    A draft goes on with what the same person has said to us alone since.
    """
    said = spoken(case)
    found = said.filter(pk=asked).first() if asked else None
    last, draft = said.first(), draft_of(case, officer)
    if found is None and draft is not None and draft.item_id and draft.text.strip():
        found = said.filter(pk=draft.item_id).first()
        if found is not None and last is not None and _goes_on(found, last):
            return last
    return found or last


def _goes_on(item: Item, last: Item) -> bool:
    same = item.contact_point_id is not None and item.contact_point_id == last.contact_point_id
    return same and item.visibility == last.visibility == Visibility.PRIVATE


def answering(case: Case, officer: Officer, *, now: datetime) -> list[str]:
    """Return the names of colleagues who are answering now."""
    drafts = case.replies.filter(state=ReplyState.DRAFT).exclude(by=officer).select_related("by")
    return [one.by.name for one in drafts if is_answering(one.changed_at, one.text, now=now)]


def fingerprint(case: Case) -> str:
    """Return a text that is another once something new stands on the page."""
    last = (
        case.items.order_by("-pk").values_list("pk", flat=True).first(),
        case.notes.order_by("-pk").values_list("pk", flat=True).first(),
        getattr(newest_answer(case), "pk", None),
        *case.tagged.order_by("tag").values_list("tag", flat=True),
    )
    return "-".join(str(pk or 0) for pk in last)


# The person -------------------------------------------------------------------


def points_of(case: Case) -> QuerySet[ContactPoint]:
    """Return the contact points of who spoke in a case, and others of the same contact."""
    spoke = Q(pk__in=case.items.values("item__contact_point"))
    return ContactPoint.objects.filter(spoke | Q(contact__in=_person(case)))


def _person(case: Case) -> list[int]:
    return person_of(case.contact_id) if case.contact_id else []


def other_cases(case: Case, officer: Officer) -> QuerySet[Case]:
    """Return other cases of the same people that the officer may read, newest first."""
    theirs = Q(contact_point__in=points_of(case)) | Q(contact__in=_person(case))
    return cases(officer).filter(theirs).exclude(pk=case.pk).order_by("-opened_at")


def other_items(case: Case, officer: Officer) -> QuerySet[Item]:
    """Return what the same people said outside this case, as far as the officer may read it."""
    found = items(officer).filter(contact_point__in=points_of(case))
    return found.exclude(in_case__case=case)
