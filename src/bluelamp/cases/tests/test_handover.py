"""Handover, model-based: whatever officers do in whatever order, every case is owned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import stateful
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import close as closing
from bluelamp.cases.actions import handover as handing
from bluelamp.cases.actions import own
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, Handover, HandoverCase
from bluelamp.cases.rules.reference import new_reference
from bluelamp.cases.values import CaseState
from bluelamp.kit import clock
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from conftest import make_force, make_officer, make_unit

NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make_case(force: Force, unit: Unit, owner: Officer | None = None) -> Case:
    with acting(SYSTEM, "test.setup"):
        return Case.objects.create(
            force=force, unit=unit, owner=owner, reference=new_reference(), title="A case",
            opened_at=NOW, changed_at=NOW, heard_at=NOW,
        )  # fmt: skip


class Shifts(stateful.RuleBasedStateMachine):
    """Three officers of a team take, give, hand over, accept, close; the model is who has what."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()  # each example begins with nothing
        self.undone.__enter__()
        self.now = NOW
        force = make_force("brackenshire", "Brackenshire Police", "testserver")
        self.unit = make_unit(force, "NW1", "Northwick")
        self.officers = [
            make_officer(self.unit, f"10{n}", f"Officer {n}", Role.WRITER) for n in range(3)
        ]
        self.owners: dict[int, int | None] = {
            make_case(force, self.unit).pk: None for _ in range(4)
        }
        self.closed: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    who = st.integers(0, 2)
    which = st.integers(0, 3)

    def _case(self, which: int) -> Case:
        return Case.objects.select_related("unit").get(pk=sorted(self.owners)[which])

    def _try(self, act: Any, *arguments: Any, **more: Any) -> bool:
        self.now += timedelta(minutes=1)
        try:
            act(*arguments, now=self.now, **more)
        except CaseRefusedError:
            return False
        return True

    @stateful.rule(which=which, who=who)
    def take(self, which: int, who: int) -> None:
        case, officer = self._case(which), self.officers[who]
        free = self.owners[case.pk] in {None, officer.pk}
        assert self._try(own.take, case, by=officer) == free
        if free:
            self.owners[case.pk] = officer.pk

    @stateful.rule(which=which, who=who)
    def give(self, which: int, who: int) -> None:
        case = self._case(which)
        if case.owner is not None:
            assert self._try(own.give, case, self.officers[who], by=case.owner)
            self.owners[case.pk] = self.officers[who].pk

    @stateful.rule(who=who, to=st.none() | who)
    def hand_over(self, who: int, to: int | None) -> None:
        officer = self.officers[who]
        receiver = None if to is None else self.officers[to]
        before = {pk for pk, owner in self.owners.items() if owner == officer.pk} - self.closed
        if self._try(handing.begin, self.unit, by=officer, to=receiver):
            made = Handover.objects.latest("pk")
            assert set(made.cases.values_list("case", flat=True)) == before

    @stateful.rule(who=who, position=st.integers(0, 20))
    def accept(self, who: int, position: int) -> None:
        rows = list(HandoverCase.objects.select_related("handover", "case__unit").order_by("pk"))
        if not rows:
            return
        row, officer = rows[position % len(rows)], self.officers[who]
        fresh = row.settled_at is None
        if self._try(handing.accept, row, by=officer) and fresh:
            still = self.owners[row.case_id] == row.handover.by_id
            if still and row.case_id not in self.closed:
                self.owners[row.case_id] = officer.pk

    @stateful.rule(position=st.integers(0, 20))
    def finish(self, position: int) -> None:
        open_ = list(Handover.objects.filter(done_at=None).select_related("by", "unit"))
        if not open_:
            return
        handover = open_[position % len(open_)]
        left = handover.cases.filter(settled_at=None).values_list("case", flat=True)
        for pk in set(left) - self.closed:
            if self.owners[pk] == handover.by_id:
                self.owners[pk] = None
        assert self._try(handing.finish, handover, by=handover.by)

    @stateful.rule(which=which, who=who)
    def close(self, which: int, who: int) -> None:
        case, officer = self._case(which), self.officers[who]
        self._try(closing.close, case, reason="Done", by=officer)
        if case.pk not in self.closed:
            self.closed.add(case.pk)
            self.owners[case.pk] = self.owners[case.pk] or officer.pk

    @stateful.invariant()
    def the_model_holds_and_nothing_is_ownerless(self) -> None:
        rows = {case.pk: case for case in Case.objects.all()}
        assert {pk: case.owner_id for pk, case in rows.items()} == self.owners
        assert all(case.unit_id for case in rows.values())
        assert {pk for pk, case in rows.items() if case.state == CaseState.CLOSED} == self.closed
        # what is nobody's in person is in a queue, where somebody sees it
        assert all(case.owner_id for case in rows.values() if case.state == CaseState.OPEN) or all(
            case.unit_id == self.unit.pk for case in rows.values()
        )


@pytest.mark.django_db
def test_whatever_officers_do_every_case_is_owned() -> None:
    stateful.run_state_machine_as_test(
        Shifts,
        settings=hypothesis.settings(
            max_examples=25, stateful_step_count=20,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )  # fmt: skip


@pytest.fixture
def case(force: Force, team: Unit, alice: Officer) -> Case:
    return make_case(force, team, alice)


def test_until_it_is_accepted_who_hands_over_has_it(
    case: Case, team: Unit, alice: Officer, bob: Officer, now: datetime
) -> None:
    made = handing.begin(team, by=alice, now=now, to=bob, of_cases={case.pk: "She is frightened"})
    row = made.cases.get()
    assert row.words == "She is frightened"
    case.refresh_from_db()
    assert case.owner == alice
    handing.accept(row, by=bob, now=now)
    case.refresh_from_db()
    assert case.owner == bob
    assert handing.finish(made, by=alice, now=now) == 0


def test_a_case_meant_for_one_cannot_be_accepted_by_another(
    case: Case, team: Unit, alice: Officer, bob: Officer, carol: Officer, now: datetime
) -> None:
    row = handing.begin(team, by=alice, now=now, to=bob).cases.get()
    with pytest.raises(CaseRefusedError, match="Bob Marsh"):
        handing.accept(row, by=carol, now=now)
    with pytest.raises(CaseRefusedError, match="Somebody else"):
        handing.accept(row, by=alice, now=now)


def test_what_was_given_away_meanwhile_stays_where_it_is(
    case: Case, team: Unit, alice: Officer, bob: Officer, carol: Officer, now: datetime
) -> None:
    row = handing.begin(team, by=alice, now=now, to=bob).cases.get()
    own.give(case, carol, by=alice, now=now)
    handing.accept(row, by=bob, now=now)
    case.refresh_from_db()
    assert case.owner == carol


# For who went home --------------------------------------------------------------


@pytest.fixture
def sergeant(team: Unit) -> Officer:
    return make_officer(team, "3001", "Sam Reeve", Role.SUPERVISOR)


def work(officer: Officer, starts: datetime, ends: datetime) -> None:
    with acting(SYSTEM, "test.shift"):
        Shift.objects.create(
            force=officer.force, unit=officer.unit, officer=officer, starts=starts, ends=ends
        )


def test_a_supervisor_hands_over_for_who_went_home(
    case: Case, team: Unit, alice: Officer, bob: Officer, sergeant: Officer, now: datetime
) -> None:
    work(alice, now - timedelta(hours=9), now - timedelta(hours=1))
    made = handing.begin(team, by=sergeant, of=alice, now=now, words="She was called away")
    assert made.by == alice
    said = Act.objects.filter(act="cases.handover").latest("id")
    assert said.actor_label == sergeant.as_actor().label
    case.refresh_from_db()
    assert case.owner == alice, "until somebody accepts it"
    handing.accept(made.cases.get(), by=bob, now=now)
    case.refresh_from_db()
    assert case.owner == bob
    with pytest.raises(CaseRefusedError, match="Alice Fenn of this unit is not finished"):
        handing.begin(team, by=sergeant, of=alice, now=now)
    assert handing.finish(made, by=sergeant, now=now) == 0


def test_who_is_at_work_hands_over_alone(
    case: Case, team: Unit, alice: Officer, sergeant: Officer, now: datetime
) -> None:
    work(alice, now - timedelta(hours=1), now + timedelta(hours=1))
    with pytest.raises(CaseRefusedError, match="Alice Fenn is on shift"):
        handing.begin(team, by=sergeant, of=alice, now=now)
    assert not Handover.objects.exists()


def test_only_who_assigns_hands_over_for_another(
    case: Case, team: Unit, alice: Officer, bob: Officer, mallory: Officer, now: datetime
) -> None:
    with pytest.raises(NotPermittedError):
        handing.begin(team, by=bob, of=alice, now=now)
    with pytest.raises(NotPermittedError):
        handing.begin(team, by=mallory, of=alice, now=now)
    assert not Handover.objects.exists()


def test_the_page_offers_who_is_off_shift_and_begins_it_without_script(
    case: Case, team: Unit, alice: Officer, bob: Officer, sergeant: Officer
) -> None:
    client, at = Client(), clock.now()
    client.force_login(sergeant, BACKEND)
    where = reverse("cases:handovers")
    offered = f"{where}?of={alice.pk}"
    assert offered in client.get(where).content.decode()
    shown = client.get(offered).content.decode()
    assert f"Hand over the open cases of {alice.label}" in shown
    assert f'name="words-{case.reference}"' in shown
    answer = client.post(where, {
        "of": str(alice.pk), "unit": str(team.pk), "to": "", "words": "",
        f"words-{case.reference}": "She is frightened",
    }, follow=True)  # fmt: skip
    made = Handover.objects.get()
    assert (made.by, made.cases.get().words) == (alice, "She is frightened")
    assert f"begun by {sergeant.as_actor().label}" in answer.content.decode()
    work(alice, at - timedelta(hours=1), at + timedelta(hours=1))
    assert offered not in client.get(where).content.decode()
    assert client.get(offered).status_code == 404
    client.force_login(bob, BACKEND)
    assert client.get(f"{where}?of={sergeant.pk}").status_code == 404
