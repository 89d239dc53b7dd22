"""What is being sent: to people not tried yet, or only to those who are tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, Sum

from bluelamp.outbound.models import DeliveryChunk, DeliveryRetry, Message
from bluelamp.outbound.values import CHUNK_SIZE, ChunkState, MessageState

_QUEUED = DeliveryChunk.objects.filter(state=ChunkState.QUEUED).alias(
    first=F("number") * CHUNK_SIZE  # of the whole audience; what is tried again comes after it
)

FIRST_ROUND = Q(
    Exists(_QUEUED.filter(message=OuterRef("pk"), first__lt=OuterRef("recipients"))),
    state=MessageState.SENDING,
)
"""Being sent to people who have not been tried yet."""

TRIED_ONCE = Q(state=MessageState.SENDING) & ~FIRST_ROUND
"""Being sent, but only to people who are tried again: sent, to officers."""


def tried_again(messages: Iterable[Message]) -> Mapping[int, int]:
    """Return how many people wait, by message, where all have been tried once.

    To officers these are sent, though the engine has them as being sent for up
    to a day.
    """
    found = Message.objects.filter(TRIED_ONCE, pk__in=[one.pk for one in messages])
    people = waiting(found)
    return {pk: people[pk] for pk in people if people[pk]}


def shown_state(message: Message) -> MessageState:
    """Return where a message stands, as officers see it: sent, once all have been tried."""
    if Message.objects.filter(TRIED_ONCE, pk=message.pk).exists():
        return MessageState.SENT
    return MessageState(message.state)


def waiting(messages: Iterable[Message]) -> Counter[int]:
    """Return how many people of each message are to be tried again, or just are."""
    among = Q(message__in=messages)
    found: Counter[int] = Counter(
        dict(DeliveryRetry.objects.filter(among).values_list("message").annotate(Count("pk")))
    )
    again = _QUEUED.filter(among, first__gte=F("message__recipients"))
    length = Func(F("points"), function="cardinality", output_field=IntegerField())
    found.update(dict(again.values_list("message").annotate(left=Sum(length - F("acked")))))
    return found
