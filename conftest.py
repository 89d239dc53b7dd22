"""Fixtures that every floor's tests share: two forces and the same few people.

Brackenshire is the force under test; Otherby is the neighbour that must never
see anything of it.  All people are made up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.values import Role, UnitKind

# a test never judges by the clock, and one that fails on CI must fail for its reader too
hypothesis.settings.register_profile("bluelamp", deadline=None)
hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "bluelamp")

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Saturday morning."""
    return NOW


@pytest.fixture(autouse=True)
def forget_the_record(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Empty the record after a test that really commits.

    Such a test's tables are truncated, but the record refuses that: what it holds
    would be found by whichever test comes next.
    """
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT oid::regclass::text FROM pg_class"
                " WHERE relkind IN ('r', 'p') AND relname ~ '^audit_(act|entry|seal)'"
            )
            tables = [row[0] for row in cursor.fetchall()]
            for switch in ("DISABLE", "ENABLE"):
                for table in tables:
                    cursor.execute(f"ALTER TABLE {table} {switch} TRIGGER USER")
                if switch == "DISABLE":
                    cursor.execute(f"TRUNCATE {', '.join(tables)}")


def make_force(slug: str, name: str, host: str) -> Force:
    with acting(SYSTEM, "test.setup"):
        force = Force.objects.create(
            slug=slug, name=name, short_name=name, hosts=[host], settings={"second_factor": "none"}
        )
        root = Unit.objects.create(force=force, code="HQ", name=name, kind=UnitKind.FORCE, path="")
        root.path = f"/{root.pk}/"
        root.save()
    return force


def make_unit(force: Force, code: str, name: str, parent: Unit | None = None) -> Unit:
    parent = parent or force.units.get(parent=None)
    with acting(SYSTEM, "test.setup"):
        unit = Unit.objects.create(
            force=force, parent=parent, code=code, name=name, kind=UnitKind.TEAM, path=""
        )
        unit.path = f"{parent.path}{unit.pk}/"
        unit.save()
    return unit


def make_officer(unit: Unit, number: str, name: str, *roles: Role) -> Officer:
    with acting(SYSTEM, "test.setup"):
        officer = Officer(
            force=unit.force, unit=unit, number=number, name=name, rank="PC",
            email=f"{number.lower()}@{unit.force.slug}.example.test",
        )  # fmt: skip
        officer.set_unusable_password()
        officer.save()
        for role in roles:
            Grant.objects.create(
                force=unit.force, officer=officer, role=role, unit=unit,
                starts=datetime(2020, 1, 1, tzinfo=UTC), expires=datetime.now(UTC) + timedelta(365),
            )  # fmt: skip
    return officer


@pytest.fixture
def force(db: None) -> Force:
    """Brackenshire Police, at the test client's host name."""
    return make_force("brackenshire", "Brackenshire Police", "testserver")


@pytest.fixture
def other_force(db: None) -> Force:
    """Otherby Constabulary, which must see nothing of Brackenshire."""
    return make_force("otherby", "Otherby Constabulary", "otherby.test")


@pytest.fixture
def team(force: Force) -> Unit:
    """A neighbourhood team below Brackenshire's root."""
    return make_unit(force, "NW1", "Northwick neighbourhood team")


@pytest.fixture
def alice(team: Unit) -> Officer:
    """PC Alice Fenn: writes."""
    return make_officer(team, "1001", "Alice Fenn", Role.WRITER)


@pytest.fixture
def bob(team: Unit) -> Officer:
    """PC Bob Marsh: approves."""
    return make_officer(team, "1002", "Bob Marsh", Role.APPROVER)


@pytest.fixture
def carol(force: Force) -> Officer:
    """PC Carol Heath: every role at headquarters."""
    return make_officer(force.units.get(parent=None), "1003", "Carol Heath", *Role)


@pytest.fixture
def mallory(other_force: Force) -> Officer:
    """PC Mallory Stone: every role, in the other force."""
    return make_officer(other_force.units.get(parent=None), "2001", "Mallory Stone", *Role)
