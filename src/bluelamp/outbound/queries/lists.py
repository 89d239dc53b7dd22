"""The console's lists of messages."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries.rounds import FIRST_ROUND, TRIED_ONCE
from bluelamp.outbound.values import MessageState

NO_LONGER_MINE = (MessageState.SENT, MessageState.RECALLED, MessageState.STOPPED)

VIEWS: dict[str, Q] = {
    "drafts": Q(state__in=[MessageState.DRAFT, MessageState.RETURNED]),
    "waiting": Q(state=MessageState.SUBMITTED),
    "scheduled": Q(state=MessageState.APPROVED),
    "sending": FIRST_ROUND,
    "sent": Q(state__in=NO_LONGER_MINE) | TRIED_ONCE,
}
"""The console's lists by name; ``mine`` and ``all`` go by the officer.

A message of which only some are still tried again counts as sent.
"""


def messages(officer: Officer) -> QuerySet[Message]:
    """Return every message that the officer may read, newest first."""
    readable = Message.objects.filter(permit.scope(officer, Acts.MESSAGE_READ))
    return readable.select_related("author", "unit").order_by("-changed_at", "-pk")


def view(officer: Officer, name: str) -> QuerySet[Message]:
    """Return one of the console's lists."""
    found = messages(officer)
    if name == "mine":
        return found.filter(writers__contains=[officer.pk])
    if name == "waiting":
        return approvable(officer)
    return found.filter(VIEWS[name]) if name in VIEWS else found


def approvable(officer: Officer) -> QuerySet[Message]:
    """Return what waits for this very officer: others' words, within the officer's grants."""
    scope = permit.scope(officer, Acts.MESSAGE_APPROVE)
    waiting = Message.objects.filter(scope, VIEWS["waiting"]).select_related("author", "unit")
    return waiting.exclude(writers__contains=[officer.pk]).order_by("submitted_at")


def search(officer: Officer, words: str) -> QuerySet[Message]:
    """Return readable messages whose title or body holds all of ``words``."""
    found = messages(officer)
    for word in words.split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
    return found


def counts(officer: Officer) -> dict[str, int]:
    """Return how many messages each of the console's lists holds."""
    return {name: view(officer, name).count() for name in ("mine", *VIEWS)}
