"""Audiences: what one index says is what plain Python and shapely say of every member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
import shapely.affinity
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.members import audience, standing
from bluelamp.members.errors import AudienceError
from bluelamp.members.models import ContactPoint, Member, Suppression, Topic
from bluelamp.members.tests.people import HOME, make_area, make_many, make_member, make_topics
from bluelamp.members.values import Audience, Circle, MemberState, NewMember, SuppressionReason
from bluelamp.org.models import Force
from bluelamp.places.cells import cell_of
from bluelamp.places.errors import PlacesError
from bluelamp.places.importing.store_areas import join_cells

X, Y = HOME
CROOKED = shapely.Polygon(
    [(X - 0.02, Y - 0.01), (X + 0.001, Y - 0.012), (X, Y + 0.004), (X - 0.004, Y),
     (X - 0.02, Y + 0.009)]
)  # fmt: skip
BESIDE = shapely.Polygon(
    [(X + 0.001, Y - 0.012), (X + 0.02, Y - 0.01), (X + 0.018, Y + 0.01), (X, Y + 0.004)]
)
TWO_PARTS = shapely.MultiPolygon(
    [shapely.box(X - 0.03, Y + 0.012, X - 0.02, Y + 0.02),
     shapely.box(X, Y + 0.012, X + 0.01, Y + 0.02)]
)  # fmt: skip
GEOD = Geod(ellps="WGS84")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    point: int
    member: Member
    verified: bool
    reached: bool


@dataclass
class World:
    force: Force
    areas: dict[int, Any]
    topics: list[Topic]
    now: datetime
    people: list[Person]


@pytest.fixture
def world(force: Force, now: datetime) -> World:
    """600 members about three areas, some paused, gone, suppressed or unconfirmed."""
    topics = list(make_topics(force).values())
    shapes = (CROOKED, BESIDE, TWO_PARTS)
    areas = {make_area(force, f"A{n}", shape, now=now).pk: shape for n, shape in enumerate(shapes)}
    with acting(SYSTEM, "test.setup"):
        join_cells(force, "ward")
    random = np.random.default_rng(3)
    rows = []
    for n in range(600):
        lon, lat = float(X + random.normal(0, 0.015)), float(Y + random.normal(0, 0.01))
        rows.append(NewMember(
            f"m{n}@example.org", "BD1 1AA", lon, lat, cell_of(lon, lat),
            topics=int(random.integers(0, 256)), language="cy" if n % 5 == 0 else "en",
            joined_at=MARCH + timedelta(hours=int(random.integers(0, 240))),
            verified=n % 7 != 0,
        ))  # fmt: skip
    make_many(force, rows, now=now)
    _spoil_some(force, now)
    return World(force, areas, topics, now, _people(force, now))


def _spoil_some(force: Force, now: datetime) -> None:
    members = list(Member.objects.filter(force=force).order_by("pk"))
    with acting(SYSTEM, "test.setup"):
        for n, member in enumerate(members):
            if n % 11 == 0:
                member.paused_until = now + timedelta(days=n % 3 - 1)
                member.save()
            elif n % 13 == 0:
                member.state = MemberState.LEFT
                member.save()
            elif n % 17 == 0:
                point = ContactPoint.objects.get(contact=member.contact_id)
                standing.suppress_point(point, SuppressionReason.HARD_BOUNCE, now=now)
            elif n % 19 == 0:
                standing.withdraw_consent(member.contact, now=now)
        standing.refresh([member.contact_id for member in members])


def _people(force: Force, now: datetime) -> list[Person]:
    """Who may be reached, in plain Python from the tables themselves, no derived column used."""
    held = {bytes(s.key) for s in Suppression.objects.filter(force=force, lifted_at=None)}
    people = []
    members = Member.objects.filter(force=force).select_related("contact")
    for member in members.prefetch_related("contact__points", "contact__consents"):
        point = member.contact.points.get()
        alive = {c.purpose for c in member.contact.consents.all() if not c.withdrawn_at}
        people.append(
            Person(
                point=point.pk,
                member=member,
                verified=point.verified_at is not None,
                reached=member.state == "joined"
                and (member.paused_until is None or member.paused_until <= now)
                and bytes(point.key) not in held
                and "alerts" in alive,
            )
        )
    return people


def _on_ground(world: World, asked: Audience, member: Member) -> bool:
    point = shapely.Point(member.longitude, member.latitude)
    shapes = [world.areas[pk] for pk in asked.areas]
    shapes += [shapely.geometry.shape(shape) for shape in asked.shapes]
    if any(shape.covers(point) for shape in shapes):
        return True
    return any(
        GEOD.inv(c.longitude, c.latitude, member.longitude, member.latitude)[2] <= c.metres
        for c in asked.circles
    )


def brute_force(world: World, asked: Audience) -> list[int]:
    mask = sum(1 << t.bit for t in world.topics if t.pk in asked.topics)
    return sorted(
        person.point
        for person in world.people
        if person.reached
        and asked.verified in (None, person.verified)
        and _dates_and_language_fit(asked, person.member)
        and _place_and_topics_fit(world, asked, person.member, mask)
    )


def _dates_and_language_fit(asked: Audience, member: Member) -> bool:
    day = member.joined_at.astimezone(ZoneInfo("Europe/London")).date()
    return (
        (not asked.languages or member.language in asked.languages)
        and (asked.joined_after is None or day >= asked.joined_after)
        and (asked.joined_before is None or day < asked.joined_before)
    )


def _place_and_topics_fit(world: World, asked: Audience, member: Member, mask: int) -> bool:
    anywhere = not (asked.areas or asked.shapes or asked.circles)
    wants, here = bool(member.topics & mask), anywhere or _on_ground(world, asked, member)
    if not asked.topics:
        return here
    if asked.match == "any" and not anywhere:
        return wants or here
    return wants and here


small = st.floats(0.001, 0.02)


@st.composite
def drawn_shapes(draw: st.DrawFn) -> dict[str, Any]:
    x, y = X + draw(st.floats(-0.02, 0.02)), Y + draw(st.floats(-0.02, 0.02))
    turned = shapely.affinity.rotate(
        shapely.box(x, y, x + draw(small), y + draw(small)), draw(st.integers(0, 89))
    )
    return dict(shapely.geometry.mapping(turned))


circles = st.builds(
    Circle,
    longitude=st.floats(X - 0.02, X + 0.02),
    latitude=st.floats(Y - 0.02, Y + 0.02),
    metres=st.floats(50, 1_500),
)
days = st.none() | st.dates(date(2026, 2, 28), date(2026, 3, 12))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_counts_lists_and_sql_are_what_brute_force_finds(world: World, data: st.DataObject) -> None:
    asked = Audience(
        areas=tuple(data.draw(st.sets(st.sampled_from(sorted(world.areas))))),
        shapes=tuple(data.draw(st.lists(drawn_shapes(), max_size=2))),
        circles=tuple(data.draw(st.lists(circles, max_size=1))),
        topics=tuple(data.draw(st.sets(st.sampled_from([t.pk for t in world.topics]), max_size=2))),
        match=data.draw(st.sampled_from(["all", "any"])),
        languages=tuple(data.draw(st.sets(st.sampled_from(["en", "cy"]), max_size=1))),
        joined_after=data.draw(days),
        joined_before=data.draw(days),
        verified=data.draw(st.sampled_from([True, False, None])),
    )
    expected = brute_force(world, asked)
    chunks = list(audience.contact_points(world.force, asked, size=50, now=world.now))
    assert [point for chunk in chunks for point in chunk] == expected
    assert all(len(chunk) == 50 for chunk in chunks[:-1])
    assert audience.count(world.force, asked, now=world.now).total == len(expected)
    sql, values = audience.audience_sql(world.force, asked, now=world.now)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert sorted(row[0] for row in cursor.fetchall()) == expected


def test_the_world_has_someone_on_both_sides_of_every_question(world: World) -> None:
    """Otherwise the property above would hold of empty lists."""
    everyone = len(brute_force(world, Audience()))
    assert 300 < everyone < 600
    for asked in (
        Audience(areas=tuple(world.areas)),
        Audience(topics=(world.topics[0].pk,)),
        Audience(languages=("cy",)),
        Audience(joined_after=date(2026, 3, 5)),
        Audience(verified=False),
    ):
        assert 10 < len(brute_force(world, asked)) < everyone
    both = Audience(areas=tuple(world.areas), topics=(world.topics[0].pk,))
    either = both.model_copy(update={"match": "any"})
    assert len(brute_force(world, both)) < len(brute_force(world, either))


def test_reasons_add_up(world: World) -> None:
    asked = Audience(areas=tuple(world.areas))
    found = audience.count(world.force, asked, reasons=True, now=world.now)
    inside = sum(
        _on_ground(world, asked, m) for m in Member.objects.filter(state=MemberState.JOINED)
    )
    assert found.total + sum(found.left_out.values()) == inside
    assert all(found.left_out.values())


def test_a_pause_ends_by_itself(force: Force, now: datetime) -> None:
    member = make_member(force, "ann@example.org", now=now)
    with acting(SYSTEM, "test.setup"):
        Member.objects.filter(pk=member.pk).update(paused_until=now + timedelta(days=2))
    assert audience.count(force, Audience(), now=now).total == 0
    assert audience.count(force, Audience(), now=now + timedelta(days=2)).total == 1


def test_another_force_is_neither_counted_nor_named(
    world: World, other_force: Force, now: datetime
) -> None:
    assert audience.count(other_force, Audience(), now=now).total == 0
    with pytest.raises(PlacesError):
        audience.count(other_force, Audience(areas=tuple(world.areas)), now=now)
    with pytest.raises(AudienceError):
        audience.count(other_force, Audience(topics=(world.topics[0].pk,)), now=now)


def test_other_channels_reach_nobody_yet(world: World) -> None:
    assert audience.count(world.force, Audience(), "sms", now=world.now).total == 0


def test_words_say_whom_it_is_for(world: World) -> None:
    first = min(world.areas)
    asked = Audience(
        areas=(first,), circles=(Circle(longitude=X, latitude=Y, metres=1500),),
        topics=(world.topics[0].pk,), languages=("cy",), joined_after=date(2026, 3, 1),
    )  # fmt: skip
    assert audience.explain(world.force, asked) == (
        "Members in A0 or 1,500 metres around a point who want news of crime near you;"
        " reading Welsh; joined on or after 1 March 2026."
    )
    assert audience.explain(world.force, Audience()) == "All members."
