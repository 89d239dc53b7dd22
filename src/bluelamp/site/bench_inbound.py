"""``bluelamp bench inbound``: from the door to a routed case.

A database of its own on the same server, the real door and two real workers
with all that they do: senders become contacts, texts are compared with what
came before, read by all word lists, routed, their clocks started, the record
written.  First everything at once, for the rate; then so many a second, for
the time from arrival to queue.  What is measured begins when the workers are at
work: that a program takes seconds to start says nothing of what it can sustain.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bluelamp.kit.cli import emit, json_option, progress, talk
from bluelamp.site.bench_fanout import scratch_database
from bluelamp.site.worker import LANES

WORKERS = 2
WARM_UP = 1_000
"""Items that make the workers read their word lists, before what is measured."""
DOOR = 500
"""Payloads stored in one transaction, as a poll or an import does."""
PACE = 100
"""Items a second for the times."""
EMERGENCIES = 0.002
"""Share of what people say that asks for somebody at once."""
PATIENCE = 120.0
"""Seconds without any progress after which a run is given up."""
LOOK = 0.02
"""Seconds between two looks at what has been routed: what the times are exact to."""


@click.command()
@click.option("--items", default=200_000, show_default=True, help="How many items.")
@click.option("--seconds", default=30, show_default=True, help="How long at 100 a second.")
@json_option
def inbound(items: int, seconds: int, as_json: bool) -> None:
    """Bring in many items and see when each is routed."""
    with ExitStack() as stack:
        stack.enter_context(scratch_database())
        bench = _Bench()
        stack.enter_context(workers())
        bench.warm_up()
        result = {"items": items, "workers": WORKERS, **bench.rate(items), **bench.times(seconds)}
    if as_json:
        emit(result)
    else:
        for name, value in result.items():
            click.echo(f"{name:>16}  {value}")


@contextmanager
def workers() -> Iterator[None]:
    """Run the product's workers, as processes like the real ones."""
    program = str(Path(sys.executable).with_name("bluelamp"))
    crew = [
        subprocess.Popen([program, "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(WORKERS)
    ]
    try:
        yield
    finally:
        for one in crew:
            one.terminate()
        for one in crew:
            one.wait()


class _Bench:
    """A force with an account, promises and a rule; and what people say to it."""

    def __init__(self) -> None:
        from bluelamp.audit.actions import acting
        from bluelamp.audit.values import SYSTEM
        from bluelamp.cases.models import RoutingRule, Target
        from bluelamp.cases.values import MilestoneKind
        from bluelamp.channels.models import Account
        from bluelamp.kit import clock
        from bluelamp.org.models import Force, Unit
        from bluelamp.org.values import UnitKind

        self._random = random.Random(7)  # noqa: S311 - the same words each time
        self._said = 0
        with acting(SYSTEM, "bench.make"):
            force = Force.objects.create(slug="bench", name="Bench Police", short_name="Bench")
            unit = Unit.objects.create(
                force=force, code="HQ", name="HQ", kind=UnitKind.FORCE, path=""
            )
            unit.path = f"/{unit.pk}/"
            unit.save()
            self.account = Account.objects.create(
                force=force, provider="memory", name="Page", created_at=clock.now()
            )
            for severity in range(1, 5):
                for kind in MilestoneKind:
                    Target.objects.create(
                        force=force, severity=severity, kind=kind, within=timedelta(hours=8)
                    )
            RoutingRule.objects.create(force=force, order=1, name="All", unit=unit)

    # --- what people say

    def _raws(self, count: int) -> list[Any]:
        return [self._raw() for _ in range(count)]

    def _raw(self) -> Any:
        from bluelamp.channels.contract import RawInbound
        from bluelamp.kit import clock

        self._said += 1
        who, now = self._random.randrange(60_000), clock.now()
        visibility = self._random.choice(["public", "private", "private"])
        said = {
            "external_id": f"x{self._said}", "at": now.isoformat(), "visibility": visibility,
            "author_id": f"did:{who}", "reach": who % 900,
        }  # fmt: skip
        facts = {"kind": "human", "sender": f"@user{who}", "text": self._text(), "said": said}
        return RawInbound("memory", f"x{self._said}", now, json.dumps(facts).encode(), {})

    def _text(self) -> str:
        pick = self._random.choice
        if self._random.random() < 0.15:
            return f"RT @user{self._random.randrange(40)}: {_APPEALS[self._random.randrange(40)]}"
        if self._random.random() < EMERGENCIES:
            return "Please help, he has a knife and he is outside the door now"
        return (
            f"{pick(_OPENINGS)} {pick(_THINGS)} {pick(_PLACES)} {self._random.randrange(1, 400)}"
            f" {pick(_STREETS)}, {pick(_ENDS)}. Ref {self._said}"
        )

    # --- measures

    def warm_up(self) -> None:
        """Wait until every worker has said that it is there, and let them route a few items.

        :raises TimeoutError: nothing has moved for two minutes.
        """
        from procrastinate.contrib.django.models import ProcrastinateWorker

        from bluelamp.inbound import ingest

        lanes = 1 + len(LANES)
        until = time.monotonic() + PATIENCE
        while ProcrastinateWorker.objects.count() < WORKERS * lanes:
            if time.monotonic() > until:
                raise TimeoutError("The workers did not start.")
            time.sleep(0.1)
        ingest.store_many(self.account, self._raws(WARM_UP))
        self._await()

    def rate(self, items: int) -> dict[str, Any]:
        """Store everything as fast as the door takes it; return items a second to the queue."""
        from bluelamp.inbound import ingest

        before = self._found()
        began = time.monotonic()
        with progress("Bringing items in", total=items) as advance:
            for start in range(0, items, DOOR):
                ingest.store_many(self.account, self._raws(min(DOOR, items - start)))
                advance(min(DOOR, items - start))
        stored = time.monotonic()
        self._await()
        seconds = time.monotonic() - began
        found = {name: count - before[name] for name, count in self._found().items()}
        if found["routed"] != items:
            raise RuntimeError(f"{found['routed']} of {items} items were routed.")
        talk.print(f"{items:,} items routed in {seconds:.0f} s")
        return {
            "rate": round(items / seconds),
            "rate_door": round(items / (stored - began)),
            **found,
        }

    def _await(self) -> None:
        """Wait until nothing is on its way any more.

        What waits is looked for at the head of the queues' own indexes: counting it would read
        the whole backlog again and again, on the cores that are measured.

        :raises TimeoutError: nothing has moved for two minutes.
        """
        seen, moved = self._heads(), time.monotonic()
        while any(heads := self._heads()):
            if heads != seen:
                seen, moved = heads, time.monotonic()
            elif time.monotonic() - moved > PATIENCE:
                raise TimeoutError("Some items are still on their way.")
            time.sleep(0.25)

    def _heads(self) -> tuple[int | None, int | None]:
        """Return what is first in the queue of payloads and in that of items."""
        from bluelamp.inbound.models import Item, RawItem

        stored = RawItem.objects.filter(state="stored").order_by("pk")
        waiting = Item.objects.exclude(stage="routed").order_by("stage", "pk")
        return (
            stored.values_list("pk", flat=True).first(),
            waiting.values_list("pk", flat=True).first(),
        )

    def _found(self) -> dict[str, int]:
        from bluelamp.cases.models import Case, CaseItem
        from bluelamp.inbound.models import Item, Thread

        return {
            "routed": Item.objects.filter(stage="routed").count(),
            "cases": Case.objects.count(),
            "in_cases": CaseItem.objects.count(),
            "threads": Thread.objects.count(),
        }

    def times(self, seconds: int) -> dict[str, float]:
        """Bring in a hundred a second; return the median and 99th percentile to the queue."""
        from bluelamp.inbound import ingest
        from bluelamp.inbound.models import Item

        first = Item.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        arrived: dict[str, float] = {}
        looker = _Looker(first, seconds * PACE)
        looker.start()
        began = time.monotonic()
        for number in range(seconds * PACE):
            wait = began + number / PACE - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            raw = self._raw()
            arrived[raw.external_id] = time.monotonic()
            ingest.store(self.account, raw.external_id, raw.payload, {}, raw.received_at)
        looker.join()
        waits = sorted(at - arrived[name] for name, at in looker.seen.items())
        return {
            "p50_ms": round(waits[len(waits) // 2] * 1000),
            "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000),
            "pace": round(seconds * PACE / (max(arrived.values()) - began)),
        }


class _Looker(threading.Thread):
    """Looks again and again at which items have been routed, and notes when."""

    def __init__(self, after: int, wanted: int) -> None:
        super().__init__(daemon=True)
        self._after, self._wanted = after, wanted
        self.seen: dict[str, float] = {}

    def run(self) -> None:
        """Look until all have been seen, or nothing came for a minute."""
        from django.db import connection

        from bluelamp.inbound.models import Item

        last = time.monotonic()
        while len(self.seen) < self._wanted and time.monotonic() - last < 60:
            routed = Item.objects.filter(pk__gt=self._after, stage="routed")
            now = time.monotonic()
            for name in routed.values_list("external_id", flat=True):
                if name not in self.seen:
                    self.seen[name] = last = now
            time.sleep(LOOK)
        connection.close()


_OPENINGS = (
    "Somebody has broken into", "Can you tell me who to call about", "I saw two people near",
    "There is a lot of noise from", "Thank you for helping with", "Please look at",
    "Third time this week that I report", "My neighbour is worried about",
)  # fmt: skip
_THINGS = (
    "a white van", "our shed", "the garages", "a broken street light", "the motorbikes",
    "an open door", "the fireworks", "a lost dog", "the parked lorries", "some shouting",
    "the overflowing bins", "a missing bicycle",
)  # fmt: skip
_PLACES = ("outside", "behind", "opposite", "next to", "close to", "on the corner of")
_STREETS = ("Chapel Lane", "Mill Road", "High Street", "Station Road", "Park Avenue", "The Green")
_ENDS = (
    "it has been going on since Friday", "we do not feel safe", "nobody was hurt",
    "it started an hour ago", "I can send pictures", "please call me back", "they left by car",
)  # fmt: skip
_APPEALS = [
    f"Appeal {number}: have you seen a {colour} {thing} taken from {street} on {day}? Call 101"
    for number, (colour, thing, street, day) in enumerate(
        zip(
            ["red", "blue", "green", "black"] * 10, ["bicycle", "van", "mower", "trailer"] * 10,
            list(_STREETS) * 6 + list(_STREETS)[:4], ["Monday", "Friday", "Sunday", "Tuesday"] * 10,
            strict=True,
        )
    )
]  # fmt: skip
