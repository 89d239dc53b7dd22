"""Answers that wait for another officer's yes, and what a yes to each stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from bluelamp.cases.models import CaseItem, Reply
from bluelamp.cases.rules.approving import Shown, mark
from bluelamp.cases.values import ReplyState
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def waiting(officer: Officer) -> QuerySet[Reply]:
    """Return others' answers that wait for this officer's yes, the oldest first."""
    scope = permit.scope(officer, Acts.CASE_APPROVE, unit="case__unit")
    found = Reply.objects.filter(scope, state=ReplyState.SUBMITTED).exclude(by=officer)
    return found.order_by("changed_at", "pk")


def marked(found: QuerySet[Reply]) -> QuerySet[Reply]:
    """Add what a yes stands on (:func:`mark_of`), in the same statement."""
    items = CaseItem.objects.filter(case=OuterRef("case")).order_by().values("case")
    replies = Reply.objects.filter(case=OuterRef("case")).exclude(state=ReplyState.DRAFT)
    return found.select_related("item", "case").annotate(
        last_item=Subquery(items.annotate(last=Max("item")).values("last")),
        last_reply=Subquery(replies.order_by("-pk").values("pk")[:1]),
    )


def mark_of(reply: Reply) -> str:
    """Return the mark of an answer that came with what a yes stands on."""
    facts: Any = reply
    said = f"{reply.item.subject}\n{reply.item.text}" if reply.item else ""
    return mark(Shown(
        reply.text, reply.item_id, said, facts.last_item, facts.last_reply,
        reply.case.shown_to_citizen,
    ))  # fmt: skip


def mark_now(reply: Reply) -> str:
    """Return the mark of an answer as it is at this moment."""
    return mark_of(marked(Reply.objects.filter(pk=reply.pk)).get())


@dataclass(slots=True)
class SameWords:
    """Answers of one officer that say the same: a round's, as a rule."""

    by: Officer
    text: str
    replies: list[Reply] = field(default_factory=list)


def by_words(replies: Iterable[Reply]) -> list[SameWords]:
    """Put together the answers of one author that say the same, as they came first."""
    found: dict[tuple[int, str], SameWords] = {}
    for reply in replies:
        group = found.setdefault((reply.by_id, reply.text), SameWords(reply.by, reply.text))
        group.replies.append(reply)
    return list(found.values())
