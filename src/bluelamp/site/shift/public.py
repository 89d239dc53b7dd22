"""The public of a simulated shift: who speaks, when, by which way, and answers when asked back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bluelamp.cases.models import Case, CaseItem
from bluelamp.evaluation.simulate import Arrival
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.site.shift import words
from bluelamp.site.shift.course import Course
from bluelamp.site.shift.plan import EMERGENCY
from bluelamp.site.shift.scene import Scene

WAYS = {"private": 0.45, "form": 0.35, "public": 0.2}
"""How people reach a force in writing, and their shares."""


@dataclass
class Request:
    """Something that somebody asks for."""

    name: str
    kind: str
    at: datetime
    reached: datetime | None = None
    """When a person first had it."""

    def wait(self, until: datetime) -> float:
        """Return the seconds until a person had it, or up to ``until`` where nobody has."""
        return ((self.reached or until) - self.at).total_seconds()


class Public:
    """Speaks to the force, and remembers what it asked for and when it was heard."""

    def __init__(self, course: Course, scene: Scene, seed: int) -> None:
        self._course, self._scene = course, scene
        self._random = Random(seed)  # noqa: S311 - the same words for the same seed
        self.requests: dict[str, Request] = {}

    def ask(self, arrival: Arrival) -> None:
        """Let a request come in by the real door."""
        number = len(self.requests)
        request = Request(f"r{number}", arrival.kind, self._course.now)
        self.requests[request.name] = request
        kinds = words.EMERGENCIES if arrival.kind == EMERGENCY else words.EVERY_DAY
        (way,) = self._random.choices(list(WAYS), list(WAYS.values()))
        self._say(request.name, f"person{number}", words.say(kinds, self._random), way)

    def answer_back(self, case: Case) -> None:
        """Let the citizen of a case answer what they were asked."""
        item = Item.objects.filter(in_case__case=case).order_by("pk").select_related("raw").first()
        if item is None:
            return
        name = item.raw.external_id
        way = "form" if item.account_id == self._scene.form.pk else "private"
        more = words.say(words.ANSWERS_OF_CITIZENS, self._random)
        count = CaseItem.objects.filter(case=case).count()
        self._say(f"{name}-{count}", f"person{name.removeprefix('r')}", more, way)

    def heard(self, case: Case) -> None:
        """A person has a case: whoever spoke in it need not wait any more."""
        inside = CaseItem.objects.filter(case=case)
        for name in inside.values_list("item__raw__external_id", flat=True):
            request = self.requests.get(name)
            if request is not None and request.reached is None:
                request.reached = self._course.now

    def _say(self, name: str, who: str, text: str, way: str) -> None:
        now = self._course.now
        if way == "form":
            facts = {"text": text, "sender": f"{who}@example.test", "channel": "email"}
            ingest.store(self._scene.form, name, json.dumps(facts).encode(), {}, now)
            return
        said = {
            "external_id": name, "at": now.isoformat(), "visibility": way, "author_id": who,
            "conversation": f"dm-{who}" if way == "private" else "",
        }  # fmt: skip
        told = {"kind": "human", "sender": f"@{who}", "text": text, "said": said}
        ingest.store(self._scene.page, name, json.dumps(told).encode(), {}, now)
