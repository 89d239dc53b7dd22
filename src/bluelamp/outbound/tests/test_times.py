"""Quiet hours by the clock on the wall, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.outbound.rules.times import LONDON, quiet, send_time
from bluelamp.outbound.values import Urgency

MOMENTS = st.datetimes(
    datetime(2024, 1, 1),
    datetime(2028, 1, 1),
    timezones=st.just(UTC),
)
NEAR_CHANGES = st.sampled_from(
    [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)]
).flatmap(lambda day: st.integers(0, 48 * 60).map(lambda m: day + timedelta(minutes=m)))


@given(st.one_of(MOMENTS, NEAR_CHANGES), st.one_of(st.none(), MOMENTS))
def test_a_routine_message_never_goes_at_night_and_never_early(
    now: datetime, wished: datetime | None
) -> None:
    at = send_time(now, wished, Urgency.ROUTINE)
    assert at >= max(now, wished or now)
    assert not quiet(at)
    assert at - max(now, wished or now) < timedelta(hours=12, minutes=1)


@given(MOMENTS, st.one_of(st.none(), MOMENTS))
def test_an_urgent_message_goes_as_wished(now: datetime, wished: datetime | None) -> None:
    assert send_time(now, wished, Urgency.URGENT) == max(now, wished or now)


def test_the_edges_of_the_night() -> None:
    for clock, resting in (("20:59", False), ("21:00", True), ("07:59", True), ("08:00", False)):
        hour, minute = map(int, clock.split(":"))
        assert quiet(datetime(2026, 7, 1, hour, minute, tzinfo=LONDON)) is resting


def test_morning_comes_by_the_wall_in_the_nights_of_the_change() -> None:
    spring = send_time(datetime(2026, 3, 28, 22, tzinfo=LONDON), None, Urgency.ROUTINE)
    assert spring == datetime(2026, 3, 29, 7, tzinfo=UTC)
    autumn = send_time(datetime(2026, 10, 24, 22, tzinfo=LONDON), None, Urgency.ROUTINE)
    assert autumn == datetime(2026, 10, 25, 8, tzinfo=UTC)
