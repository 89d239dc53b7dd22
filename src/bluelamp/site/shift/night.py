"""A whole simulated shift: everybody put together, run, and judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procrastinate.periodic import MARGIN

from bluelamp.cases.greet import STANDING
from bluelamp.cases.models import Case
from bluelamp.cases.values import CaseState
from bluelamp.channels.models import Act
from bluelamp.evaluation.simulate import Arrival
from bluelamp.evaluation.simulate import shift as arrivals
from bluelamp.inbound.models import Item
from bluelamp.notices.models import Page
from bluelamp.site.shift import ledger
from bluelamp.site.shift.course import Course, Worker
from bluelamp.site.shift.crew import Crew
from bluelamp.site.shift.ledger import Ledger
from bluelamp.site.shift.phones import phones
from bluelamp.site.shift.plan import STARTS, Plan
from bluelamp.site.shift.public import Public
from bluelamp.site.shift.scene import OVERLAP, Scene

LOOK, COUNT = 2.0, 300.0
"""Simulated seconds between two looks at the promises, and at who owns what."""


class Night:
    """A shift from its first minute until those who come in have it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.course, self.ledger = Course(STARTS, speed=plan.speed), Ledger()

    def run(self, advance: Callable[[int], None]) -> None:
        """Run it; ``advance`` hears of each minute."""
        phones().clear()
        scene = Scene(STARTS, self._plan.ends, self._plan.officers)
        scene.make()
        # before the worker's: of what happens at one moment the look comes first
        self.course.every(LOOK, lambda: self.ledger.look(self.course.now), first=LOOK + MARGIN)
        self._worker = Worker(self.course)
        self.public = Public(self.course, scene, self._plan.seed)
        self.crew = Crew(self.course, scene, self.public, self._plan.seed)
        for one in arrivals(self._plan.totals, self._plan.rates, seed=self._plan.seed):
            self.course.after(one.seconds, self._asking(one))
        self.course.every(COUNT, lambda: self.ledger.count_ownerless(self.course.now))
        self.course.every(60, lambda: advance(1))
        self.course.run(self._plan.ends, self._between)
        self.crew.hand_over()
        self.course.run(self._plan.ends + OVERLAP, self._between)
        self.ledger.count_ownerless(self.course.now)

    def _asking(self, arrival: Arrival) -> Callable[[], None]:
        def ask() -> None:
            self.public.ask(arrival)
            self._between()
            self.crew.something_waits()

        return ask

    def _between(self) -> None:
        self._worker.work()
        self.ledger.settle()
        self.crew.listen()

    def figures(self) -> dict[str, Any]:
        """Return what came of it."""
        plan, still = self._plan, Case.objects.exclude(state=CaseState.CLOSED)
        return {
            "requests": plan.requests,
            "emergencies": plan.emergencies,
            "officers": plan.officers,
            "hours": plan.hours,
            "seed": plan.seed,
            **self.ledger.figures(),
            "notices_not_sent": ledger.unsent(),
            **ledger.waits(self.public.requests.values(), self._plan.ends),
            "emergencies_seen_by_triage": self._seen(),
            "rung": Page.objects.count(),
            "answered_automatically": Act.objects.filter(by=STANDING).count(),
            "cases": Case.objects.count(),
            "open_at_the_end": still.count(),
            "ownerless": self.ledger.ownerless,
            "acts": dict(sorted(self.crew.did.items())),
        }

    def _seen(self) -> int:
        names = [one.name for one in self.public.requests.values() if one.kind == "emergency"]
        return Item.objects.filter(raw__external_id__in=names, severity=4).count()
