from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.org.errors import NeverOpenError, RotaPatternError
from bluelamp.org.rules.hours import ROUND_THE_CLOCK, Hours
from bluelamp.org.tests.minutes import CALENDARS, DAY, MINUTE, Slow, at, calendars, moments, span

# calendar, from, so much working time, by then; Europe/London throughout
WORKED = [
    # within a day
    ("office", "2026-06-01 09:00", "2h", "2026-06-01 11:00"),  # a Monday, plain
    ("office", "2026-06-01 07:15", "2h", "2026-06-01 11:00"),  # counts from nine
    ("office", "2026-06-01 09:00", "8h", "2026-06-01 17:00"),  # closing, not Tuesday's opening
    ("office", "2026-06-01 16:59", "2m", "2026-06-02 09:01"),  # a minute today, one tomorrow
    ("office", "2026-06-01 12:00", "-", "2026-06-01 12:00"),  # nothing: at once
    ("office", "2026-06-06 12:00", "-", "2026-06-06 12:00"),  # at once, though a Saturday
    # split shifts
    ("split", "2026-06-01 11:30", "2h", "2026-06-01 14:30"),  # 1 h, lunch, 1 h
    ("split", "2026-06-01 12:45", "30m", "2026-06-01 14:00"),  # asked in the lunch
    ("split", "2026-06-01 09:00", "3h 30m", "2026-06-01 12:30"),  # ends as lunch begins
    ("split", "2026-06-01 09:00", "3h 31m", "2026-06-01 13:31"),  # a minute after lunch
    ("split", "2026-06-06 16:00", "3h", "2026-06-08 11:00"),  # Sat 1 h; Mon 9–11
    # weekends and weeks
    ("office", "2026-06-05 16:00", "2h", "2026-06-08 10:00"),  # Fri 1 h; Mon 1 h
    ("office", "2026-06-06 10:00", "1h", "2026-06-08 10:00"),  # asked on a Saturday
    ("office", "2026-06-01 09:00", "48h", "2026-06-08 17:00"),  # 5 × 8 = 40; 8 on the next Mon
    ("office", "2026-07-01 09:00", "100h", "2026-07-17 13:00"),  # 12 days = 96 h: Thu 16th; 4 h
    # over midnight
    ("nights", "2026-06-01 23:00", "2h", "2026-06-02 01:00"),
    ("nights", "2026-06-02 05:00", "2h", "2026-06-02 23:00"),  # 1 h to six; 22–23
    ("nights", "2026-06-02 12:00", "8h", "2026-06-03 06:00"),  # the whole night
    ("Sunday night", "2026-06-07 23:00", "6h", "2026-06-14 21:00"),  # 5 h into Monday; 20–21
    # the last Sunday in March: 01:00 to 02:00 does not exist
    ("nights", "2026-03-28 22:00", "7h", "2026-03-29 06:00"),  # 3 h to one, 4 h from two
    ("nights", "2026-03-28 23:30", "2h", "2026-03-29 02:30"),  # 1½ h to one, ½ h from two
    ("half past one", "2026-03-29 00:00", "1h", "2026-03-29 03:00"),  # opens at two
    ("half past one", "2026-03-29 00:00", "90m", "2026-03-30 02:00"),  # ½ h is left over
    ("one to two", "2026-03-28 12:00", "1h", "2026-03-30 02:00"),  # not open that Sunday
    ("always", "2026-03-28 12:00", "24h", "2026-03-29 13:00"),  # the day has 23 hours
    # the last Sunday in October: 01:00 to 02:00 is twice
    ("nights", "2026-10-24 22:00", "9h", "2026-10-25 06:00"),  # 3 + 1 + 1 + 4
    ("nights", "2026-10-24 23:30", "2h", "2026-10-25 01:30 BST"),  # 1½ h to one; the first ½ h
    ("nights", "2026-10-24 23:30", "3h", "2026-10-25 01:30 GMT"),  # an hour on, same time shown
    ("half past one", "2026-10-25 00:00", "2h 30m", "2026-10-25 03:00"),  # ½ + 1 + 1
    ("half past one", "2026-10-25 00:00", "30m", "2026-10-25 01:00 GMT"),  # the first ½ h
    ("one to two", "2026-10-25 00:00", "2h", "2026-10-25 02:00"),  # both of them
    ("always", "2026-10-24 12:00", "24h", "2026-10-25 11:00"),  # the day has 25 hours
    # weeks with a change, in hours that it does not touch
    ("office", "2026-03-27 16:00", "2h", "2026-03-30 10:00"),  # Fri 1 h; Mon 1 h, now BST
    ("office", "2026-10-23 16:00", "2h", "2026-10-26 10:00"),  # Fri 1 h; Mon 1 h, now GMT
    # bank holidays
    ("office", "2026-05-01 16:00", "2h", "2026-05-05 10:00"),  # Fri 1 h; Monday 4th closed
    ("office", "2026-05-04 10:00", "1h", "2026-05-05 10:00"),  # asked on the bank holiday
    ("office", "2026-04-02 15:00", "4h", "2026-04-07 11:00"),  # Thu 2 h; four days; Tue 2 h
    ("office", "2026-12-24 13:00", "8h", "2026-12-29 13:00"),  # Thu 4 h; Fri–Mon closed; 4 h
    ("office", "2026-12-24 16:00", "26h", "2027-01-04 10:00"),  # 1; 29, 30, 31: 24; Mon 4th 1 h
    ("split", "2026-12-24 16:00", "2h", "2026-12-26 10:00"),  # Thu 1 h; Sat 26th is open here
    # exceptional openings; a night begun the evening before ends where an exceptional day begins
    ("office", "2026-06-12 16:00", "2h", "2026-06-13 11:00"),  # Fri 1 h; the fair 10–11
    ("office", "2026-06-12 16:00", "6h", "2026-06-15 10:00"),  # 1; fair 4; Mon 1
    ("split", "2026-06-13 09:00", "1h", "2026-06-13 11:00"),  # that Saturday opens at ten only
    ("office", "2026-06-24 09:00", "3h", "2026-06-25 01:00"),  # only its night: 22–01
    ("office", "2026-06-24 09:00", "5h", "2026-06-25 10:00"),  # 22–02; Thu 9–10
    ("nights but Christmas", "2026-12-24 22:00", "3h", "2026-12-26 23:00"),  # 22–24; 26th 22–23
]


@pytest.mark.parametrize("row", WORKED, ids=lambda row: f"{row[0]}, {row[1]} + {row[2]}")
def test_worked_by_hand(row: tuple[str, str, str, str]) -> None:
    name, start, working, end = row
    hours = CALENDARS[name].hours()
    assert hours.after(at(start), span(working)) == at(end)
    assert hours.open_between(at(start), at(end)) == span(working)


# --- against looking at every minute ---


@given(calendars(), moments, moments)
def test_time_between_is_the_minutes_that_are_open(
    drawn: tuple[Slow, datetime], one: timedelta, other: timedelta
) -> None:
    slow, beginning = drawn
    start, end = beginning + min(one, other), beginning + max(one, other)
    assert slow.hours().open_between(start, end) == slow.count(start, end)


@given(calendars(), moments, st.integers(0, 30 * 60))
def test_the_moment_after_is_the_first_minute_by_which_so_much_passed(
    drawn: tuple[Slow, datetime], offset: timedelta, working: int
) -> None:
    slow, beginning = drawn
    start = beginning + offset
    found = slow.after(start, working * MINUTE, start + 3 * DAY)
    if found is not None:
        assert slow.hours().after(start, working * MINUTE) == found
    elif any(slow.week):
        assert slow.hours().after(start, working * MINUTE) >= start + 3 * DAY


@given(calendars(), moments)
def test_open_and_opening_next_are_what_the_minutes_say(
    drawn: tuple[Slow, datetime], offset: timedelta
) -> None:
    slow, beginning = drawn
    hours, now = slow.hours(), beginning + offset
    assert hours.is_open(now) == slow.is_open(now)
    first = next((m for n in range(24 * 60) if slow.is_open(m := now + n * MINUTE)), None)
    opening = hours.next_opening(now)
    assert opening == first or (first is None and (opening is None or opening >= now + DAY))


# --- what must hold at any microsecond ---

instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0), timedelta(days=3))


@given(calendars(), instants, lengths)
def test_after_and_between_are_inverse(
    drawn: tuple[Slow, datetime], start: datetime, working: timedelta
) -> None:
    hours = drawn[0].hours()
    if not any(hours.week):
        return
    end = hours.after(start, working)
    assert hours.open_between(start, end) == working
    if working:  # and no earlier moment would do
        assert hours.open_between(start, end - timedelta.resolution) < working
    assert hours.after(start, hours.open_between(start, start + working)) <= start + working


@given(calendars(), instants, lengths, lengths)
def test_time_adds_up(
    drawn: tuple[Slow, datetime], start: datetime, one: timedelta, other: timedelta
) -> None:
    hours, middle, end = drawn[0].hours(), start + one, start + one + other
    whole = hours.open_between(start, end)
    assert whole == hours.open_between(start, middle) + hours.open_between(middle, end)
    assert timedelta(0) <= whole <= one + other
    if any(hours.week):
        assert hours.after(hours.after(start, one), other) == hours.after(start, one + other)


@given(calendars(), instants)
def test_openings_come_in_order_and_never_overlap(
    drawn: tuple[Slow, datetime], since: datetime
) -> None:
    found = list(islice(drawn[0].hours().opening(since), 40))
    assert all(since <= one.starts < one.ends for one in found)
    assert all(one.ends <= other.starts for one, other in pairwise(found))


@given(instants, lengths)
def test_round_the_clock_is_elapsed_time(start: datetime, length: timedelta) -> None:
    assert ROUND_THE_CLOCK.open_between(start, start + length) == length
    assert ROUND_THE_CLOCK.after(start, length) == start + length


# --- edges ---

CLOSED = Hours.read([[]] * 7, {date(2026, 6, 1): [["09:00", "10:00"]]})


def test_hours_that_hold_no_more_say_so() -> None:
    assert CLOSED.after(at("2026-01-01 00:00"), span("1h")) == at("2026-06-01 10:00")
    with pytest.raises(NeverOpenError, match="hold no 1:01:00 more"):
        CLOSED.after(at("2026-01-01 00:00"), span("61m"))
    assert CLOSED.next_opening(at("2026-06-01 10:00")) is None
    assert not CLOSED.is_open(at("2026-06-01 10:00"))
    assert CLOSED.is_open(at("2026-06-01 09:00"))


def test_no_time_passes_backwards() -> None:
    assert CLOSED.open_between(at("2026-06-01 10:00"), at("2026-06-01 09:00")) == timedelta(0)
    with pytest.raises(ValueError, match="negative"):
        ROUND_THE_CLOCK.after(at("2026-06-01 10:00"), -MINUTE)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        ROUND_THE_CLOCK.after(datetime(2026, 6, 1, 10), MINUTE)


def test_answers_are_in_utc() -> None:
    found = CALENDARS["office"].hours().after(at("2026-06-01 09:00"), span("1h"))
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("pairs", [[["9", "x"]], "x", [["09:00", "12:00"], ["11:00", "13:00"]]])
def test_an_exceptional_day_that_cannot_be_is_refused(pairs: object) -> None:
    with pytest.raises(RotaPatternError):
        Hours.read([[]] * 7, {date(2026, 6, 1): pairs})
