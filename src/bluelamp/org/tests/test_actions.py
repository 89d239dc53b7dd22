from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.kit import clock
from bluelamp.org import actions, permit, queries
from bluelamp.org.errors import (
    GrantRefusedError,
    NotPermittedError,
    OrgChangeError,
    RotaPatternError,
    ShiftRefusedError,
)
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.rules.walls import Stretch
from bluelamp.org.values import Acts, Role, UnitKind
from conftest import make_force, make_officer, make_unit

NIGHTS = [[[["22:00", "06:00"]]] * 7]
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def stretch(first: int, last: int) -> Stretch:
    return Stretch(AT + timedelta(hours=first), AT + timedelta(hours=last))


def test_a_grant_counts_at_once_and_until_revoked(alice: Officer, carol: Officer) -> None:
    now = clock.now()
    held = actions.grant(alice, Role.AUDITOR, alice.unit, by=carol, now=now, reason="cover")
    assert permit.may(Officer.objects.get(pk=alice.pk), Acts.AUDIT_READ)
    actions.revoke(held, by=carol, now=clock.now(), reason="over")
    assert not permit.may(Officer.objects.get(pk=alice.pk), Acts.AUDIT_READ)
    acts = Act.objects.filter(act="org.grant").order_by("id")
    assert [(act.actor_label, act.reason) for act in acts] == [
        (carol.label, "cover"), (carol.label, "over"),
    ]  # fmt: skip


def test_nobody_grants_to_themselves_or_beyond_their_part(
    carol: Officer, alice: Officer, bob: Officer, mallory: Officer, team: Unit
) -> None:
    now = clock.now()
    chief = make_officer(team, "77", "Part Chief", Role.ADMINISTRATOR)
    root = carol.unit
    with pytest.raises(GrantRefusedError, match="your own"):
        actions.grant(carol, Role.AUDITOR, team, by=carol, now=now)
    with pytest.raises(GrantRefusedError, match="This unit is outside"):
        actions.grant(alice, Role.WRITER, root, by=chief, now=now)
    with pytest.raises(GrantRefusedError, match="This officer is outside"):
        actions.grant(carol, Role.WRITER, team, by=chief, now=now)
    with pytest.raises(NotPermittedError):
        actions.grant(alice, Role.WRITER, team, by=bob, now=now)
    with pytest.raises(NotPermittedError):
        actions.grant(alice, Role.WRITER, team, by=mallory, now=now)
    with pytest.raises(GrantRefusedError, match="different forces"):
        actions.grant(mallory, Role.WRITER, team, by=carol, now=now)
    with pytest.raises(GrantRefusedError, match="in the future"):
        actions.grant(alice, Role.WRITER, team, by=carol, now=now, expires=now)


def test_only_who_manages_deactivates_and_never_oneself(
    alice: Officer, bob: Officer, carol: Officer, mallory: Officer
) -> None:
    for stranger in (bob, mallory):
        with pytest.raises(NotPermittedError):
            actions.deactivate(alice, by=stranger, reason="x")
    with pytest.raises(OrgChangeError, match="yourself"):
        actions.deactivate(carol, by=carol, reason="x")


def test_a_password_never_reaches_the_record(alice: Officer, carol: Officer) -> None:
    actions.set_password(alice, "correct horse battery staple", by=carol)
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery staple")
    told = "".join(Entry.objects.values_list("content", flat=True))
    assert "scrypt" not in told
    assert alice.password not in told


def test_a_force_is_made_with_its_root(db: None) -> None:
    force = actions.create_force(
        by=SYSTEM, slug="new", name="New Police", short_name="New", hosts=["New.example.test"]
    )
    root = force.units.get()
    assert (root.kind, root.path) == (UnitKind.FORCE, f"/{root.pk}/")
    assert force.hosts == ["new.example.test"]
    unit = actions.create_unit(force, root, code="A", name="A", kind=UnitKind.TEAM, by=SYSTEM)
    assert unit.path == f"/{root.pk}/{unit.pk}/"


# --- skills ---


def test_a_skill_counts_until_it_lapses(force: Force, alice: Officer, carol: Officer) -> None:
    polish = actions.define_skill(force, code="polish", name="Polish", by=carol)
    actions.give_skill(alice, polish, by=carol, until=date(2026, 1, 5))
    root = force.units.get(parent=None)
    assert list(queries.skilled(root, "polish", at=AT)) == [alice]
    assert not queries.skilled(root, "polish", at=AT + timedelta(days=1))
    held = actions.give_skill(alice, polish, by=carol)
    assert list(queries.skilled(root, "polish", at=AT + timedelta(days=1))) == [alice]
    actions.take_skill(held, by=carol)
    assert not queries.skilled(root, "polish", at=AT)


def test_a_skill_of_another_force_is_refused(
    alice: Officer, carol: Officer, other_force: Force, mallory: Officer
) -> None:
    theirs = actions.define_skill(other_force, code="x", name="X", by=mallory)
    with pytest.raises(OrgChangeError, match="another force"):
        actions.give_skill(alice, theirs, by=carol)


# --- duties ---


def test_a_rota_is_drawn_and_answers_who_is_on(team: Unit, alice: Officer, carol: Officer) -> None:
    rota = actions.define_rota(
        team, name="Nights", anchor=date(2026, 1, 5), pattern=NIGHTS, by=carol
    )
    drawn = actions.draw_shifts(
        rota, [alice], first=date(2026, 10, 24), last=date(2026, 10, 25), by=carol
    )
    assert [shift.ends - shift.starts for shift in drawn] == [
        timedelta(hours=9), timedelta(hours=8),
    ]  # fmt: skip
    night = datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert queries.on_shift(team, night) == [alice]
    assert queries.on_shift(carol.unit, night) == [alice]  # the force sees its parts
    assert queries.on_shift(team, drawn[0].ends) == []


def test_shifts_of_one_officer_never_overlap(team: Unit, alice: Officer, carol: Officer) -> None:
    actions.add_shifts(team, [alice], [stretch(0, 8)], by=carol)
    actions.add_shifts(team, [alice], [stretch(8, 16)], by=carol)  # touching is fine
    for clash in (stretch(7, 9), stretch(-1, 1), stretch(1, 2), stretch(-5, 50)):
        with pytest.raises(ShiftRefusedError, match="PC Alice Fenn 1001 already has a shift"):
            actions.add_shifts(team, [alice], [clash], by=carol)
    assert Shift.objects.filter(officer=alice).count() == 2


def test_all_shifts_or_none(team: Unit, alice: Officer, bob: Officer, carol: Officer) -> None:
    actions.add_shifts(team, [bob], [stretch(0, 8)], by=carol)
    with pytest.raises(ShiftRefusedError):
        actions.add_shifts(team, [alice, bob], [stretch(4, 12)], by=carol)
    assert not Shift.objects.filter(officer=alice).exists()


def test_on_call_is_the_nearest_unit_s_that_has_someone(
    team: Unit, alice: Officer, bob: Officer, carol: Officer
) -> None:
    actions.add_shifts(carol.unit, [carol], [stretch(0, 8)], by=carol, on_call=True)
    assert queries.on_call(team, AT) == [carol]
    actions.add_shifts(team, [alice], [stretch(0, 8)], by=carol, on_call=True)
    assert queries.on_call(team, AT) == [alice]
    assert queries.on_shift(team, AT) == []
    assert queries.on_call(team, AT + timedelta(hours=9)) == []


def test_who_is_out_of_service_is_not_on(team: Unit, alice: Officer, carol: Officer) -> None:
    actions.add_shifts(team, [alice], [stretch(0, 8)], by=carol)
    actions.deactivate(alice, by=carol, reason="left")
    assert queries.on_shift(team, AT) == []


def test_a_rota_is_refused_where_it_makes_no_sense(
    team: Unit, carol: Officer, alice: Officer, mallory: Officer
) -> None:
    with pytest.raises(RotaPatternError):
        actions.define_rota(team, name="x", anchor=date(2026, 1, 5), pattern=[], by=carol)
    with pytest.raises(OrgChangeError, match="Monday"):
        actions.define_rota(team, name="x", anchor=date(2026, 1, 6), pattern=NIGHTS, by=carol)
    for stranger in (alice, mallory):
        with pytest.raises(NotPermittedError):
            actions.define_rota(
                team, name="x", anchor=date(2026, 1, 5), pattern=NIGHTS, by=stranger
            )
    with pytest.raises(OrgChangeError, match="different forces"):
        actions.add_shifts(team, [mallory], [stretch(0, 8)], by=carol)


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_cannot_both_put_an_officer_on() -> None:
    force = make_force("race", "Race Police", "race.test")
    team = make_unit(force, "T", "team")
    officer = make_officer(team, "1", "Wanted Twice")
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def plan(first: int) -> None:
        barrier.wait()
        try:
            actions.add_shifts(team, [officer], [stretch(first, first + 8)], by=SYSTEM)
            outcomes.append("done")
        except ShiftRefusedError:
            outcomes.append("refused")
        finally:
            connection.close()

    planners = [threading.Thread(target=plan, args=(first,)) for first in (0, 4)]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()
    assert sorted(outcomes) == ["done", "refused"]
