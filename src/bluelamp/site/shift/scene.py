"""The force of a simulated shift: units, officers on duty, skills, rules and promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import RoutingRule, Target
from bluelamp.cases.values import MilestoneKind
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.org.models import (
    Calendar,
    Force,
    Grant,
    Officer,
    OfficerSkill,
    Shift,
    Skill,
    Unit,
)
from bluelamp.org.values import Role, UnitKind

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT_CREW = 12
"""Officers who come in as the shift ends, and take over what is open."""
OVERLAP = timedelta(minutes=30)
PROMISES = {
    4: (5 * MINUTE, 30 * MINUTE, 4 * HOUR),
    3: (15 * MINUTE, HOUR, 8 * HOUR),
    2: (HOUR, 2 * HOUR, 24 * HOUR),
    1: (4 * HOUR, 8 * HOUR, 72 * HOUR),
}
"""For each severity: first answer, update, resolution."""
VULNERABLE = "vulnerable"
"""The skill that rules ask for where somebody vulnerable is concerned."""


@dataclass
class Scene:
    """A force whose shift begins."""

    starts: datetime
    ends: datetime
    officers: int
    crew: list[Officer] = field(default_factory=list)
    """Who works on cases."""
    sergeants: list[Officer] = field(default_factory=list)
    """Who approves, and is on call; of the officers too."""
    night: list[Officer] = field(default_factory=list)

    def make(self) -> None:
        """Write it all down."""
        with acting(SYSTEM, "bench.make"):
            self._make_force()
            self._make_people()
            self._make_rules()
        self.form = ingest.web_account(self.force, now=self.starts)

    def _make_force(self) -> None:
        self.force = Force.objects.create(
            slug="bench", name="Bench Police", short_name="Bench", hosts=["bench.test"]
        )
        self.root = self._unit("HQ", "Headquarters", None)
        self.response = self._unit("RES", "Response", self.root)
        self.contact = self._unit("CON", "Contact centre", self.root)
        # one account takes part in all: words in private and in public, answers and notices
        self.page = Account.objects.create(
            force=self.force, provider="memory", name="Page", created_at=self.starts,
            settings={"sender_address": "page@bench.test"},
        )  # fmt: skip

    def _unit(self, code: str, name: str, parent: Unit | None) -> Unit:
        unit = Unit.objects.create(
            force=self.force, parent=parent, code=code, name=name, path="",
            kind=UnitKind.DEPARTMENT if parent else UnitKind.FORCE,
            email=f"{code.lower()}@bench.test",
        )  # fmt: skip
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save()
        return unit

    def _make_people(self) -> None:
        above = max(1, self.officers // 30)
        skill = Skill.objects.create(force=self.force, code=VULNERABLE, name="Vulnerable people")
        for number in range(self.officers):
            unit = (self.response, self.contact)[number % 2]
            if number < above:
                self.sergeants.append(self._officer(number, self.root, Role.SUPERVISOR))
                continue
            officer = self._officer(number, unit, Role.HANDLER)
            self.crew.append(officer)
            if number % 5 == 0:
                OfficerSkill.objects.create(force=self.force, officer=officer, skill=skill)
        for officer in self.sergeants[:2]:
            self._duty(officer, self.starts, self.ends + OVERLAP, on_call=True)
        for number in range(min(NIGHT_CREW, self.officers)):
            officer = self._officer(1000 + number, self.contact, Role.HANDLER, on=False)
            self._duty(officer, self.ends - OVERLAP, self.ends + 8 * HOUR)
            self.night.append(officer)

    def _officer(self, number: int, unit: Unit, role: Role, *, on: bool = True) -> Officer:
        officer = Officer(
            force=self.force, unit=unit, number=f"{number}", name=f"Officer {number}",
            email=f"{number}@bench.test",
        )  # fmt: skip
        officer.set_unusable_password()
        officer.save()
        Grant.objects.create(
            force=self.force, officer=officer, role=role, unit=self.root,
            starts=self.starts - HOUR,
        )  # fmt: skip
        if on:
            self._duty(officer, self.starts, self.ends + OVERLAP)
        return officer

    def _duty(
        self, officer: Officer, starts: datetime, ends: datetime, *, on_call: bool = False
    ) -> None:
        unit = self.root if on_call else officer.unit
        Shift.objects.create(
            force=self.force, unit=unit, officer=officer, starts=starts, ends=ends, on_call=on_call
        )

    def _make_rules(self) -> None:
        week = [[["08:00", "20:00"]]] * 7
        desk = Calendar.objects.create(force=self.force, unit=self.contact, name="Desk", week=week)
        for severity, lengths in PROMISES.items():
            for kind, within in zip(MilestoneKind, lengths, strict=True):
                Target.objects.create(
                    force=self.force, severity=severity, kind=kind, within=within,
                    calendar=desk if severity == 1 else None,
                )  # fmt: skip
        rules: tuple[tuple[str, dict[str, Any], Unit, str], ...] = (
            ("Emergencies", {"severity_from": 4}, self.response, ""),
            ("Vulnerable people", {"headings": ["vulnerability"]}, self.contact, VULNERABLE),
            ("Urgent", {"severity_from": 2}, self.response, ""),
            ("Everything else", {}, self.contact, ""),
        )
        for order, (name, when, unit, skill) in enumerate(rules):
            RoutingRule.objects.create(
                force=self.force, order=order, name=name, when=when, unit=unit, skill=skill,
                to_person=bool(skill),
            )  # fmt: skip
