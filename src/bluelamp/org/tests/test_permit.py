"""``may`` and ``scope`` are one decision: on random trees, grants and moments they agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.org import permit
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.rules.grants import HeldGrant, covers, is_live, may_grant, paths_for
from bluelamp.org.rules.signin import SECOND_FACTOR
from bluelamp.org.values import ROLE_ACTS, Acts, Role, SecondFactor
from conftest import make_force, make_officer, make_unit

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=900)

paths = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(
    lambda ids: "/" + "/".join(map(str, ids)) + "/"
)
moments = st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days))
grants = st.builds(HeldGrant, st.sampled_from(Role), paths, moments, st.none() | moments)


@given(st.lists(grants), paths, st.sampled_from(Acts))
def test_covered_is_exactly_what_some_live_grant_above_allows(
    held: list[HeldGrant], path: str, act: Acts
) -> None:
    expected = any(
        act in ROLE_ACTS[grant.role] and is_live(grant, now=NOW) and path.startswith(grant.path)
        for grant in held
    )
    assert covers(paths_for(act, held, now=NOW), path) == expected


@given(st.lists(grants), st.sampled_from(Acts))
def test_no_path_is_said_twice(held: list[HeldGrant], act: Acts) -> None:
    found = paths_for(act, held, now=NOW)
    assert not any(a != b and a.startswith(b) for a in found for b in found)


@given(moments, st.none() | moments)
def test_a_grant_lives_from_its_start_until_before_its_end(
    starts: datetime, expires: datetime | None
) -> None:
    grant = HeldGrant(Role.WRITER, "/1/", starts, expires)
    assert is_live(grant, now=NOW) == (starts <= NOW and (expires is None or expires > NOW))


@given(st.integers(1, 3), st.integers(1, 3), st.lists(paths), paths, paths)
def test_nobody_grants_to_themselves_or_beyond_their_part(
    granter: int, receiver: int, within: list[str], path: str, home: str
) -> None:
    why = may_grant(granter, receiver, within=within, path=path, receiver_path=home)
    assert (why == "") == (granter != receiver and covers(within, path) and covers(within, home))


def test_every_act_is_some_role_s_and_audit_is_for_auditors_alone() -> None:
    assert set(Acts) == {act for acts in ROLE_ACTS.values() for act in acts}
    assert [role for role in Role if Acts.AUDIT_READ in ROLE_ACTS[role]] == [Role.AUDITOR]
    assert Acts.MEMBER_READ not in ROLE_ACTS[Role.ANALYST]


@given(st.dictionaries(st.text(), st.text()))
def test_a_second_factor_is_required_unless_the_force_says_none(found: dict[str, str]) -> None:
    expected = found.get("second_factor") == "none"
    assert (SECOND_FACTOR.read(found) is SecondFactor.NONE) == expected


# --- against the database ---


@pytest.fixture
def tree(force: Force) -> list[Unit]:
    """A root, two children, two grandchildren; ids of two digits would fool a bare prefix."""
    root = force.units.get()
    a, b = make_unit(force, "A", "a"), make_unit(force, "B", "b")
    return [root, a, b, make_unit(force, "AA", "aa", a), make_unit(force, "BA", "ba", b)]


def fresh(officer: Officer) -> Officer:
    """The same officer as another request would load them."""
    return Officer.objects.get(pk=officer.pk)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    held=st.lists(
        st.tuples(
            st.sampled_from(Role),
            st.integers(0, 4),
            st.sampled_from(["live", "expired", "revoked", "later"]),
        ),
        max_size=4,
    ),
    active=st.booleans(),
    act=st.sampled_from(Acts),
)
def test_scope_and_may_agree(
    tree: list[Unit], other_force: Force, held: list[Any], active: bool, act: Acts
) -> None:
    with acting(SYSTEM, "test.setup"):
        Officer.objects.filter(number="7").delete()
    officer = make_officer(tree[0], "7", "Random Person")
    people = [officer, *(_resident(unit) for unit in [*tree, other_force.units.get()])]
    with acting(SYSTEM, "test.setup"):
        Officer.objects.filter(pk=officer.pk).update(is_active=active)
        for role, place, kind in held:
            _give(officer, role, tree[place], kind)
    officer = fresh(officer)
    allowed = set(Officer.objects.filter(permit.scope(officer, act)).values_list("pk", flat=True))
    for person in people:
        assert (person.pk in allowed) == permit.may(officer, act, person)
    live = [
        tree[place].path for role, place, kind in held if kind == "live" and act in ROLE_ACTS[role]
    ]
    for person in people:
        inside = person.force_id == officer.force_id and covers(live, person.unit.path)
        assert permit.may(officer, act, person) == (active and inside)


def _resident(unit: Unit) -> Officer:
    number = f"R{unit.pk}"
    found = Officer.objects.filter(number=number).first()
    return found or make_officer(unit, number, "Resident")


def _give(officer: Officer, role: Role, unit: Unit, kind: str) -> None:
    now = datetime.now(UTC)
    Grant.objects.create(
        force=unit.force, officer=officer, role=role, unit=unit,
        starts=now + timedelta(1) if kind == "later" else LONG_AGO,
        expires=now - timedelta(1) if kind == "expired" else None,
        revoked_at=now if kind == "revoked" else None,
    )  # fmt: skip


def test_what_belongs_to_the_whole_force_needs_a_grant_at_its_root(
    force: Force, alice: Officer, carol: Officer, mallory: Officer
) -> None:
    assert not permit.may(alice, Acts.ORG_READ, force)
    assert permit.may(carol, Acts.ORG_READ, force)
    assert not permit.may(mallory, Acts.ORG_READ, force)


def test_nothing_is_allowed_by_default(force: Force, team: Unit) -> None:
    nobody = make_officer(team, "0", "No Roles")
    for act in Acts:
        assert not permit.may(nobody, act)
        assert not permit.may(nobody, act, team)
        assert not Officer.objects.filter(permit.scope(nobody, act)).exists()
        with pytest.raises(NotPermittedError, match=act.value):
            permit.require(nobody, act, team)


def test_a_grant_in_another_force_reaches_nothing_here(force: Force, mallory: Officer) -> None:
    other = make_force("third", "Third Police", "third.test")
    with acting(SYSTEM, "test.setup"):
        Grant.objects.create(
            force=force, officer=make_officer(other.units.get(), "9", "Lost Grant"),
            role=Role.ADMINISTRATOR, unit=force.units.get(), starts=LONG_AGO,
        )  # fmt: skip
    lost = Officer.objects.get(number="9")
    assert not permit.may(lost, Acts.ORG_MANAGE, force.units.get())
    assert not Officer.objects.filter(permit.scope(lost, Acts.ORG_MANAGE), force=force).exists()


def test_a_scope_can_be_asked_through_another_row(
    force: Force, alice: Officer, carol: Officer, mallory: Officer
) -> None:
    def through(asker: Officer) -> set[Officer]:
        found = Grant.objects.filter(permit.scope(asker, Acts.ORG_READ, unit="officer__unit"))
        return {grant.officer for grant in found}

    assert through(alice) == {alice}
    assert through(carol) == {alice, carol}
    assert through(mallory) == {mallory}
