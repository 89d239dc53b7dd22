"""Opening hours the slow way, for tests: look at every minute, ask whether it is open.

It shares nothing with ``rules.hours`` but what the words of a calendar mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from bluelamp.org.rules.hours import Hours
from bluelamp.org.rules.walls import LONDON

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = 7 * 24 * 60


def at(words: str) -> datetime:
    """A moment from what a clock in London shows; "BST" or "GMT" where it shows it twice."""
    wall, _, zone = words.partition(" ")[2].partition(" ")
    shown = datetime.fromisoformat(f"{words.partition(' ')[0]} {wall}")
    moment = shown.replace(tzinfo=LONDON, fold=1 if zone == "GMT" else 0)
    assert moment.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == shown, words
    return moment.astimezone(UTC)


def span(words: str) -> timedelta:
    """A length from "2h", "90m", "1h 30m" or "-"."""
    units = {"h": "hours", "m": "minutes", "s": "seconds", "d": "days"}
    parts = words.split() if words != "-" else []
    return sum((timedelta(**{units[p[-1]]: float(p[:-1])}) for p in parts), timedelta())


@dataclass(frozen=True)
class Slow:
    """A calendar as it is written down."""

    week: Any
    exceptions: dict[date, Any] = field(default_factory=dict)

    def hours(self) -> Hours:
        return Hours.read(self.week, self.exceptions)

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(LONDON)
        wall = local.replace(tzinfo=None, fold=0)
        if local.fold:  # all the times of this hour have been; only two o'clock is to come
            wall = wall.replace(minute=59)
        return any(first <= wall < last for first, last in self._spans(wall.date()))

    def _spans(self, today: date) -> Iterator[tuple[datetime, datetime]]:
        days = [today] if today in self.exceptions else [today, today - DAY]
        for day in days:
            for opens, closes in self.exceptions.get(day, self.week[day.weekday()]):
                first = datetime.combine(day, time.fromisoformat(opens))
                last = datetime.combine(day, time.fromisoformat(closes))
                yield first, last if last > first else last + DAY

    def count(self, start: datetime, end: datetime) -> timedelta:
        return sum((MINUTE for m in minutes(start, end) if self.is_open(m)), timedelta())

    def after(self, start: datetime, working: timedelta, end: datetime) -> datetime | None:
        """The first minute by which so much has passed, if it is before ``end``."""
        passed = timedelta()
        for minute in minutes(start, end):
            if passed >= working:
                return minute
            passed += MINUTE if self.is_open(minute) else timedelta()
        return None


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


# --- calendars to work with by hand ---

OFFICE_DAY = [["09:00", "17:00"]]
SPLIT_DAY = [["09:00", "12:30"], ["13:30", "17:00"]]
HOLIDAYS: dict[date, list[list[str]]] = {
    date(2026, 4, 3): [],  # Good Friday
    date(2026, 4, 6): [],  # Easter Monday
    date(2026, 5, 4): [],  # early May bank holiday, a Monday
    date(2026, 12, 25): [],  # a Friday
    date(2026, 12, 28): [],  # for Boxing Day, a Saturday
    date(2027, 1, 1): [],  # a Friday
    date(2026, 6, 13): [["10:00", "14:00"]],  # a Saturday, open for the summer fair
    date(2026, 6, 24): [["22:00", "02:00"]],  # a Wednesday: only the night
}
CALENDARS = {
    "office": Slow([OFFICE_DAY] * 5 + [[], []], HOLIDAYS),  # 8 h a day, Monday to Friday
    "split": Slow([SPLIT_DAY] * 6 + [[]], HOLIDAYS),  # 3½ h and 3½ h, Monday to Saturday
    "nights": Slow([[["22:00", "06:00"]]] * 7),
    "nights but Christmas": Slow([[["22:00", "06:00"]]] * 7, {date(2026, 12, 25): []}),
    "half past one": Slow([[["01:30", "03:00"]]] * 7),
    "one to two": Slow([[["01:00", "02:00"]]] * 7),
    "always": Slow([[["00:00", "00:00"]]] * 7),
    "Sunday night": Slow([[], [], [], [], [], [], [["20:00", "04:00"]]]),
}


# --- any calendar, any moment, mostly where the clocks change ---

BEGINNINGS = [
    datetime(2026, 3, 27, tzinfo=UTC),  # a Friday; on Sunday 01:00 becomes 02:00
    datetime(2026, 10, 23, tzinfo=UTC),  # a Friday; on Sunday 02:00 becomes 01:00
    datetime(2026, 6, 12, tzinfo=UTC),
]


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@st.composite
def weeks(draw: st.DrawFn) -> list[list[list[str]]]:
    """Spans that never overlap, none longer than a day, some over midnight or over Sunday."""
    marks = sorted(draw(st.sets(st.integers(0, WEEK - 1), max_size=24)))
    shift = draw(st.integers(0, WEEK - 1))
    week: list[list[list[str]]] = [[] for _ in range(7)]
    for starts, ends in zip(marks[::2], marks[1::2], strict=False):
        first, last = starts + shift, min(ends, starts + 24 * 60) + shift
        week[first // (24 * 60) % 7].append([_clock(first), _clock(last)])
    return week


@st.composite
def days(draw: st.DrawFn) -> list[list[str]]:
    """An exceptional day: closed, or open in one or two spans, the last perhaps over midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 30 * 60), max_size=4)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return [[_clock(a), _clock(b)] for a, b in pairs if a < 24 * 60 and b - a <= 24 * 60
            and (b < 24 * 60 or (a, b) == pairs[-1])]  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Slow, datetime]:
    """A calendar and the beginning of four days that are worth looking at."""
    beginning = draw(st.sampled_from(BEGINNINGS))
    whole = [["00:00", "00:00"]]
    week = draw(st.one_of(weeks(), st.just([whole] * 7)))
    near = st.integers(-1, 5).map(lambda n: (beginning + n * DAY).date())
    return Slow(week, draw(st.dictionaries(near, days(), max_size=3))), beginning


moments = st.integers(0, 4 * 24 * 60).map(lambda n: n * MINUTE)
