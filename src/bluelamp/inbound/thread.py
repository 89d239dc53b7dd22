"""Thread: what passes on or repeats an earlier item is hung under it, and counted.

What the platform says of a re-post or quote goes first; after that the words
decide (``rules.likeness``).  An item alone has no thread: the first repetition makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.rules.likeness import Likeness, Match
from bluelamp.inbound.stuck import carefully
from bluelamp.inbound.values import BATCH, Part, Stage
from bluelamp.kit import bulk
from bluelamp.kit.locks import lock_if_free

WINDOW = timedelta(days=7)
"""A repetition is looked for among what was received so long before."""
REBUILD = timedelta(hours=6)
"""After so long a process reads the window anew, so that what left it is forgotten."""
_READ = ("force", "account", "passes_on", "text", "received_at", "thread", "part", "likeness")
LOCK = 0x74687264
"""First half of the advisory lock's key ("thrd") of whoever threads; the second is 0."""


@dataclass(slots=True)
class _Memory:
    """What a process remembers of a force's recent items; the database is the truth."""

    built_at: datetime
    likeness: Likeness = field(default_factory=Likeness)
    upto: int = 0
    """Id of the last item read."""


_memories: dict[int, _Memory] = {}


def thread(*, now: datetime, limit: int = BATCH) -> int:
    """Thread a batch; return how many items went on: none while another worker threads.

    One must know what the other has found, or two would both be first.
    """
    return carefully(_batch, _waiting(), now=now, limit=limit)


def waits() -> bool:
    """Say whether anything is to be threaded."""
    return _waiting().exists()


def _waiting() -> QuerySet[Item]:
    return Item.objects.filter(stage=Stage.MODERATED).order_by("pk")


def _batch(waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    try:
        return _threaded(waiting, now=now, limit=limit)
    except BaseException:
        _memories.clear()  # it would remember what was rolled back
        raise


def _threaded(waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    with transaction.atomic():
        if not lock_if_free(LOCK, 0):
            return 0
        claimed = list(waiting.select_for_update(skip_locked=True).only(*_READ)[:limit])
        for force in {item.force_id for item in claimed}:
            _thread(force, [item for item in claimed if item.force_id == force], now=now)
        Item.objects.filter(pk__in=[item.pk for item in claimed]).update(stage=Stage.THREADED)
    return len(claimed)


def _thread(force: int, items: Sequence[Item], *, now: datetime) -> None:
    """Thread one force's items in their order."""
    memory = _memory(force, before=items[0].pk, now=now)
    said = _passed_on(items)
    follows: dict[int, int] = {}
    for item in items:
        original = said.get((item.account_id, item.passes_on))
        match = _alike(memory, item) if original is None else None
        if match is not None:
            original = match.key
            follows |= dict.fromkeys(match.joined, match.key)  # it shows that these were one
        if original is not None and original != item.pk:
            follows[item.pk] = original
    _hang(force, items, follows)


def _memory(force: int, *, before: int, now: datetime) -> _Memory:
    """Return what is remembered, with what other processes have threaded meanwhile."""
    memory = _memories.get(force)
    if memory is None or memory.built_at < now - REBUILD:
        memory = _memories[force] = _Memory(now)
    firsts = Item.objects.filter(
        force=force, pk__gt=memory.upto, pk__lt=before, received_at__gte=now - WINDOW,
        part__in=["", Part.FIRST],
    ).exclude(stage__in=[Stage.UNDERSTOOD, Stage.MODERATED])  # fmt: skip
    for pk, text in firsts.order_by("pk").values_list("pk", "text").iterator():
        memory.likeness.know(pk, text)
        memory.upto = pk
    return memory


def _alike(memory: _Memory, item: Item) -> Match | None:
    """Return what the item repeats by its words, and note why on ``item``."""
    match = memory.likeness.add(item.pk, item.text)
    memory.upto = max(memory.upto, item.pk)
    if match is None:
        item.part = ""
        return None
    item.part = Part(match.kind)
    item.likeness = {"score": round(match.score, 3), "why": str(match.why)}
    return match


def _passed_on(items: Sequence[Item]) -> dict[tuple[int | None, str], int]:
    """Return the items that the platform says these re-post or quote."""
    ids = {item.passes_on for item in items if item.passes_on}
    if not ids:
        return {}
    accounts = {item.account_id for item in items}
    rows = Item.objects.filter(account__in=accounts, external_id__in=ids)
    found: dict[tuple[int | None, str], int] = {}
    for pk, account, external, first in rows.values_list(
        "pk", "account_id", "external_id", "thread__first"
    ):
        found[account, external] = first or pk
    for item in items:
        if (item.account_id, item.passes_on) in found:
            item.part = Part.QUOTE if item.text.strip() else Part.REPOST
    return found


def _hang(force: int, items: Sequence[Item], follows: dict[int, int]) -> None:
    """Hang items under their firsts; threads are made where there was none.

    :param follows: item -> the item it repeats; some may be of earlier batches, with
        repetitions of their own, which go where they go.
    """
    if not follows:
        return
    threads = _threads(force, set(follows.values()) - set(follows))
    here = {item.pk: item for item in items}
    earlier = Item.objects.in_bulk([pk for pk in follows if pk not in here])
    moved = [here.get(pk) or earlier[pk] for pk in follows if pk in here or pk in earlier]
    for item in moved:
        became = threads[_top(follows, item.pk)]
        if item.thread_id not in {None, became}:
            Item.objects.filter(thread=item.thread_id).update(thread=became)
            Thread.objects.filter(pk=item.thread_id).delete()
        item.thread_id = became
        item.part = Part.COPY if item.part in {"", Part.FIRST} else item.part
    bulk.update(moved, ["thread", "part", "likeness"])
    _count(set(threads.values()))


def _top(follows: dict[int, int], pk: int) -> int:
    """Return the first of all that an item repeats."""
    while pk in follows:
        pk = follows[pk]
    return pk


def _threads(force: int, firsts: Iterable[int]) -> dict[int, int]:
    rows = list(Item.objects.filter(pk__in=firsts).only("pk", "received_at", "thread"))
    found = {item.pk: item.thread_id for item in rows if item.thread_id}
    new = [item for item in rows if not item.thread_id]
    made = Thread.objects.bulk_create(
        Thread(force_id=force, first=one, began_at=one.received_at, last_at=one.received_at)
        for one in new
    )
    for one, thread_ in zip(new, made, strict=True):
        one.thread_id, one.part = thread_.pk, Part.FIRST
        found[one.pk] = thread_.pk
    bulk.update(new, ["thread", "part"])
    return found


_COUNT = """
UPDATE inbound_thread t
   SET repeats = c.items - 1, spreaders = c.people, reach = c.reach, last_at = c.last_at
  FROM (SELECT thread_id, sum(items) AS items, count(*) AS people, sum(reach) AS reach,
               max(last_at) AS last_at
          FROM (SELECT thread_id, count(*) AS items, max(reach) AS reach,
                       max(received_at) AS last_at
                  FROM inbound_item WHERE thread_id = ANY(%s)
                 GROUP BY thread_id, coalesce(nullif(author_id, ''), sender)) by_author
         GROUP BY thread_id) c
 WHERE t.id = c.thread_id
"""


def _count(threads: Iterable[int]) -> None:
    """Count again who spread these threads: an author counts once, with their reach."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(threads)])
