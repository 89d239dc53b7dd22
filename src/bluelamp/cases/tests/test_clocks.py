from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.errors import ClockRefusedError
from bluelamp.cases.rules.clocks import (
    Clock,
    ClockEvent,
    due_at,
    follow,
    state,
    used,
    warn_at,
)
from bluelamp.cases.values import ANEW_WHEN_REOPENED, ClockEventKind, MilestoneKind, MilestoneState
from bluelamp.org.rules.hours import ROUND_THE_CLOCK
from bluelamp.org.tests.minutes import CALENDARS, MINUTE, Slow, at, calendars, span

FIRST, UPDATE, RESOLUTION = MilestoneKind
S = MilestoneState
K = ClockEventKind


@dataclass(frozen=True)
class Story:
    """A clock, what happens to it, and how it stands at a moment; Europe/London throughout."""

    name: str
    kind: MilestoneKind
    calendar: str
    target: str
    happens: str
    """One event a line: day, time, what, and the new target or calendar."""
    at: str
    used: str
    due: str
    """"-" where nothing is due."""
    state: MilestoneState

    def clock(self) -> Clock:
        return Clock(self.kind, span(self.target), CALENDARS[self.calendar].hours())

    def events(self) -> tuple[ClockEvent, ...]:
        return tuple(event(line.strip()) for line in self.happens.strip().splitlines())


def event(line: str) -> ClockEvent:
    day, time, what, *rest = line.split(maxsplit=3)
    kind, told = K(what), " ".join(rest)
    return ClockEvent(
        kind, at(f"{day} {time}"),
        target=span(told) if kind is K.TARGET_CHANGED else None,
        hours=CALENDARS[told].hours() if kind is K.HOURS_CHANGED else None,
    )  # fmt: skip


# Weeks: 1 June 2026 is a Monday.  "office" is Monday to Friday 9–17, "split" Monday to Saturday
# 9–12:30 and 13:30–17, "nights" 22–6 (see org/tests/minutes.py, with bank holidays).
STORIES = [
    Story("plain: Mon 9 to 11 is 2 of 8 hours, due at closing", RESOLUTION, "office", "8h",
          "2026-06-01 09:00 started",
          "2026-06-01 11:00", "2h", "2026-06-01 17:00", S.RUNNING),
    Story("before it starts nothing counts", FIRST, "office", "1h",
          "2026-06-01 09:00 started",
          "2026-05-29 12:00", "-", "-", S.PENDING),
    Story("at the due moment it is not late", FIRST, "office", "1h",
          "2026-06-01 09:00 started",
          "2026-06-01 10:00", "1h", "2026-06-01 10:00", S.RUNNING),
    Story("a minute later it is, and the time goes on", FIRST, "office", "1h",
          "2026-06-01 09:00 started",
          "2026-06-01 10:01", "1h 1m", "2026-06-01 10:00", S.BREACHED),
    Story("met at the due moment is within it", FIRST, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 10:00 met",
          "2026-06-02 10:00", "1h", "-", S.MET),
    Story("met a minute after is late", FIRST, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 10:01 met",
          "2026-06-02 10:00", "1h 1m", "2026-06-01 10:00", S.MET_LATE),
    Story("due at Friday's closing and met on Saturday is late, though no hour was open", FIRST,
          "office", "8h", "2026-06-05 09:00 started\n2026-06-06 10:00 met",
          "2026-06-08 10:00", "8h", "2026-06-05 17:00", S.MET_LATE),
    Story("split shift: 11:30–12:30 and 13:30–14:00 of two hours", FIRST, "split", "2h",
          "2026-06-01 11:30 started",
          "2026-06-01 14:00", "1h 30m", "2026-06-01 14:30", S.RUNNING),
    Story("over midnight: 23–3 of 8 hours; 3 to go till six, 1 the next night", RESOLUTION,
          "nights", "8h", "2026-06-01 23:00 started",
          "2026-06-02 03:00", "4h", "2026-06-02 23:00", S.RUNNING),
    Story("the night in March has 7 hours: 22–1, 2–6", RESOLUTION, "nights", "8h",
          "2026-03-28 22:00 started",
          "2026-03-29 12:00", "7h", "2026-03-29 23:00", S.RUNNING),
    Story("the night in October has 9: 22–1, 1–2, 1–2, 2–6; the eighth is up at five", RESOLUTION,
          "nights", "8h", "2026-10-24 22:00 started",
          "2026-10-25 04:00", "7h", "2026-10-25 05:00", S.RUNNING),
    Story("an emergency's two hours over the change in March: 00:30–1, 2–3:30", FIRST,
          "always", "2h", "2026-03-29 00:30 started",
          "2026-03-29 02:00", "30m", "2026-03-29 03:30", S.RUNNING),
    Story("an emergency's two hours in October: 00:30–1, 1–2, then 1–1:30 again", FIRST,
          "always", "2h", "2026-10-25 00:30 started",
          "2026-10-25 00:45", "15m", "2026-10-25 01:30 GMT", S.RUNNING),
    Story("paused from the first 1:30 to the second: an hour that does not count", RESOLUTION,
          "always", "2h", "2026-10-25 00:30 started\n2026-10-25 01:30 paused\n"
          "2026-10-25 02:30 resumed",
          "2026-10-25 03:00", "1h 30m", "2026-10-25 03:30", S.RUNNING),
    Story("bank holiday Monday: Fri 15–17, Tue 9–11", FIRST, "office", "4h",
          "2026-05-01 15:00 started",
          "2026-05-04 12:00", "2h", "2026-05-05 11:00", S.RUNNING),
    Story("Easter: Thu 16–17, then Tuesday's 9–12", FIRST, "office", "4h",
          "2026-04-02 16:00 started",
          "2026-04-07 09:30", "1h 30m", "2026-04-07 12:00", S.RUNNING),
    Story("Christmas run: Thu 4 h, Fri–Mon none, 29, 30, 31 8 h each, 1 Jan none, Mon 4 h",
          RESOLUTION, "office", "32h", "2026-12-24 13:00 started",
          "2026-12-30 09:00", "12h", "2027-01-04 13:00", S.RUNNING),
    Story("an exceptional Saturday: Fri 16–17, fair 10–14, Mon 9–10", FIRST, "office", "6h",
          "2026-06-12 16:00 started",
          "2026-06-13 12:00", "3h", "2026-06-15 10:00", S.RUNNING),
    Story("begun on a Saturday, counts from Monday nine", FIRST, "office", "1h",
          "2026-06-06 11:00 started",
          "2026-06-07 11:00", "-", "2026-06-08 10:00", S.RUNNING),
    Story("target zero: due as it starts", FIRST, "always", "-",
          "2026-06-01 09:00 started",
          "2026-06-01 09:00", "-", "2026-06-01 09:00", S.RUNNING),
    Story("target zero: late right after, even outside hours", FIRST, "office", "-",
          "2026-06-06 09:00 started",
          "2026-06-06 09:01", "-", "2026-06-06 09:00", S.BREACHED),
    Story("target zero met at once", FIRST, "office", "-",
          "2026-06-06 09:00 started\n2026-06-06 09:00 met",
          "2026-06-06 09:01", "-", "-", S.MET),
    Story("longer than a week: 60 h are 7½ days: five, then Wed 10 June at one", RESOLUTION,
          "office", "60h", "2026-06-01 09:00 started",
          "2026-06-08 09:00", "40h", "2026-06-10 13:00", S.RUNNING),
    Story("28 days of the clock over the change in March end an hour later", RESOLUTION,
          "always", "28d", "2026-03-16 12:00 started",
          "2026-03-17 12:00", "1d", "2026-04-13 13:00", S.RUNNING),
    Story("paused: what is used stays, nothing is due", RESOLUTION, "office", "8h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 paused",
          "2026-06-03 11:00", "2h", "-", S.PAUSED),
    Story("pause over a closing: Mon 15–16; Tue 11–17 is six, Wed 9–10", RESOLUTION, "office",
          "8h", "2026-06-01 15:00 started\n2026-06-01 16:00 paused\n2026-06-02 11:00 resumed",
          "2026-06-02 12:00", "2h", "2026-06-03 10:00", S.RUNNING),
    Story("paused outside hours and resumed outside them costs nothing", RESOLUTION, "office",
          "4h", "2026-06-01 15:00 started\n2026-06-01 20:00 paused\n2026-06-02 07:00 resumed",
          "2026-06-02 10:00", "3h", "2026-06-02 11:00", S.RUNNING),
    Story("paused at night, resumed at noon: the morning does not count", RESOLUTION, "office",
          "4h", "2026-06-01 15:00 started\n2026-06-01 20:00 paused\n2026-06-02 12:00 resumed",
          "2026-06-02 13:00", "3h", "2026-06-02 14:00", S.RUNNING),
    Story("several pauses: 9–10, 11–12, 13–14 count; one more hour", RESOLUTION, "office", "4h",
          "2026-06-01 09:00 started\n2026-06-01 10:00 paused\n2026-06-01 11:00 resumed\n"
          "2026-06-01 12:00 paused\n2026-06-01 13:00 resumed",
          "2026-06-01 14:00", "3h", "2026-06-01 15:00", S.RUNNING),
    Story("a second pause and a second answer change nothing", RESOLUTION, "office", "4h",
          "2026-06-01 09:00 started\n2026-06-01 10:00 paused\n2026-06-01 10:30 paused\n"
          "2026-06-01 11:00 resumed\n2026-06-01 11:30 resumed",
          "2026-06-01 12:00", "2h", "2026-06-01 14:00", S.RUNNING),
    Story("paused at the very due moment is not overdue", RESOLUTION, "office", "2h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 paused",
          "2026-06-01 16:00", "2h", "-", S.PAUSED),
    Story("and is due as soon as it goes on", RESOLUTION, "office", "2h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 paused\n2026-06-01 15:00 resumed",
          "2026-06-01 15:00", "2h", "2026-06-01 15:00", S.RUNNING),
    Story("paused when overdue stays overdue", RESOLUTION, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 paused",
          "2026-06-01 16:00", "2h", "2026-06-01 10:00", S.BREACHED),
    Story("an overdue clock that went on was due when it was", RESOLUTION, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 paused\n2026-06-01 15:00 resumed",
          "2026-06-01 16:00", "3h", "2026-06-01 10:00", S.BREACHED),
    Story("met while waiting for the citizen, in time", RESOLUTION, "office", "4h",
          "2026-06-01 09:00 started\n2026-06-01 10:00 paused\n2026-06-10 10:00 met",
          "2026-06-11 10:00", "1h", "-", S.MET),
    Story("re-opened, a resolution goes on: Mon 9–11 were used, Wed 9–10; 1 to go", RESOLUTION,
          "office", "4h", "2026-06-01 09:00 started\n2026-06-01 11:00 met\n"
          "2026-06-03 09:00 reopened",
          "2026-06-03 10:00", "3h", "2026-06-03 11:00", S.RUNNING),
    Story("re-opened after it was late, a resolution is late still", RESOLUTION, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 11:00 met\n2026-06-03 09:00 reopened",
          "2026-06-03 09:00", "2h", "2026-06-01 10:00", S.BREACHED),
    Story("re-opened, a first response starts anew", FIRST, "office", "4h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 met\n2026-06-03 15:00 reopened",
          "2026-06-03 16:00", "1h", "2026-06-04 11:00", S.RUNNING),
    Story("what was late once is in time again when it starts anew", UPDATE, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 met\n2026-06-03 15:00 reopened",
          "2026-06-03 15:30", "30m", "2026-06-03 16:00", S.RUNNING),
    Story("re-opened on a bank holiday: from Tuesday nine", UPDATE, "office", "2h",
          "2026-05-01 09:00 started\n2026-05-01 10:00 met\n2026-05-04 10:00 reopened",
          "2026-05-04 12:00", "-", "2026-05-05 11:00", S.RUNNING),
    Story("cancelled: what was used stays, nothing is due", FIRST, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 09:30 cancelled",
          "2026-06-02 09:00", "30m", "-", S.CANCELLED),
    Story("cancelled when overdue is cancelled", FIRST, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 cancelled",
          "2026-06-02 09:00", "3h", "-", S.CANCELLED),
    Story("severity up: 3 of 8 hours used, 4 promised now: one to go", FIRST, "office", "8h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 target_changed 4h",
          "2026-06-01 12:00", "3h", "2026-06-01 13:00", S.RUNNING),
    Story("severity up to less than is used: due when it changed", FIRST, "office", "8h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 target_changed 1h",
          "2026-06-01 12:01", "3h 1m", "2026-06-01 12:00", S.BREACHED),
    Story("severity up when overdue: due when it was", FIRST, "office", "2h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 target_changed 1h",
          "2026-06-01 12:00", "3h", "2026-06-01 11:00", S.BREACHED),
    Story("severity down: overdue at 10, in time again with 8 hours", FIRST, "office", "1h",
          "2026-06-01 09:00 started\n2026-06-01 12:00 target_changed 8h",
          "2026-06-01 12:00", "3h", "2026-06-01 17:00", S.RUNNING),
    Story("severity down to just what is used: nothing is left, so it stays overdue", FIRST,
          "office", "1h", "2026-06-01 09:00 started\n2026-06-01 12:00 target_changed 3h",
          "2026-06-01 12:00", "3h", "2026-06-01 10:00", S.BREACHED),
    Story("severity up while paused: 2 used; 3 promised, 1 to go after the answer", FIRST,
          "office", "8h", "2026-06-01 09:00 started\n2026-06-01 11:00 paused\n"
          "2026-06-01 12:00 target_changed 3h\n2026-06-01 14:00 resumed",
          "2026-06-01 14:00", "2h", "2026-06-01 15:00", S.RUNNING),
    Story("an emergency now: office Fri 16–17 is 1 h, round the clock from 18: 3 of 4 to go",
          FIRST, "office", "4h", "2026-06-05 16:00 started\n2026-06-05 18:00 hours_changed always",
          "2026-06-05 19:00", "2h", "2026-06-05 21:00", S.RUNNING),
    Story("severity and hours at once: 16:45–17 used 15 of 30 minutes; on round the clock", FIRST,
          "office", "8h", "2026-06-05 16:45 started\n2026-06-05 19:00 target_changed 30m\n"
          "2026-06-05 19:00 hours_changed always",
          "2026-06-05 19:10", "25m", "2026-06-05 19:15", S.RUNNING),
    Story("to the office: 21–22 elapsed, then Saturday nothing, Monday from nine", FIRST, "always",
          "2h", "2026-06-05 21:00 started\n2026-06-05 22:00 hours_changed office",
          "2026-06-08 09:30", "1h 30m", "2026-06-08 10:00", S.RUNNING),
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_worked_by_hand(story: Story) -> None:
    clock, events, now = story.clock(), story.events(), at(story.at)
    found = (used(clock, events, now), due_at(clock, events, now), state(clock, events, now))
    assert found == (
        span(story.used), None if story.due == "-" else at(story.due), story.state,
    )  # fmt: skip


# --- the warning ---


@pytest.mark.parametrize(
    ("target", "happens", "when"),
    [
        ("4h", "2026-06-01 09:00 started", "2026-06-01 12:00"),  # 3 of 4 hours
        ("16h", "2026-06-01 09:00 started", "2026-06-02 13:00"),  # 12: 8 and 4
        ("4h", "2026-06-01 09:00 started\n2026-06-01 10:00 paused", ""),
        (
            "4h", "2026-06-01 09:00 started\n2026-06-01 13:00 paused\n2026-06-01 16:00 resumed",
            "2026-06-01 12:00",  # it was warned of then
        ),
        # 2 of 8 used; three quarters of 2 are over: warn at the change
        ("8h", "2026-06-01 09:00 started\n2026-06-01 11:00 target_changed 2h", "2026-06-01 11:00"),
        ("4h", "2026-06-01 09:00 started\n2026-06-01 10:00 met", ""),
    ],
)  # fmt: skip
def test_the_warning_comes_after_three_quarters(target: str, happens: str, when: str) -> None:
    story = Story("", FIRST, "office", target, happens, "", "", "", S.RUNNING)
    found = warn_at(story.clock(), story.events(), at("2026-06-01 16:30"))
    assert found == (at(when) if when else None)


@pytest.mark.parametrize("share", [0, -1, 1.01])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        warn_at(Clock(FIRST, span("1h")), (), at("2026-06-01 09:00"), share)


# --- what cannot have happened ---

MONDAY = "2026-06-01 09:00 started\n"


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        ("2026-06-01 09:00 paused", "has not started cannot be “paused”"),
        ("2026-06-01 09:00 met", "has not started cannot be “met”"),
        ("2026-06-01 09:00 target_changed 1h", "has not started cannot be “target_changed”"),
        (MONDAY + "2026-06-01 10:00 reopened", "is running cannot be “reopened”"),
        (MONDAY + "2026-06-01 10:00 met\n2026-06-01 11:00 paused", "has been met cannot be “pa"),
        (MONDAY + "2026-06-01 10:00 met\n2026-06-01 11:00 resumed", "has been met cannot be “re"),
        (MONDAY + "2026-06-01 10:00 met\n2026-06-01 11:00 cancelled", "been met cannot be “canc"),
        (MONDAY + "2026-06-01 10:00 met\n2026-06-01 11:00 started", "has been met cannot be “st"),
        (MONDAY + "2026-06-01 10:00 cancelled\n2026-06-01 11:00 met", "is cancelled cannot be “m"),
        (MONDAY + "2026-06-01 10:00 met\n2026-06-01 11:00 hours_changed always", "been met cannot"),
    ],
)
def test_what_cannot_have_happened_is_refused(happens: str, words: str) -> None:
    story = Story("", FIRST, "office", "4h", happens, "", "", "", S.RUNNING)
    *before, last = story.events()
    with pytest.raises(ClockRefusedError, match=words):
        follow(story.clock(), before, last)
    with pytest.raises(ClockRefusedError, match=words):
        state(story.clock(), story.events(), at("2026-06-02 09:00"))


def test_a_history_out_of_order_is_refused() -> None:
    happens = MONDAY + "2026-06-01 10:00 paused\n2026-06-01 09:30 resumed"
    story = Story("", FIRST, "office", "4h", happens, "", "", "", S.RUNNING)
    with pytest.raises(ClockRefusedError, match="comes after a later event"):
        state(story.clock(), story.events(), at("2026-06-02 09:00"))


def test_an_event_from_a_clock_that_is_behind_counts_as_at_the_last() -> None:
    clock = Clock(FIRST, span("4h"), CALENDARS["office"].hours())
    before = (event("2026-06-01 09:00 started"), event("2026-06-01 10:00 paused"))
    known = follow(clock, before, event("2026-06-01 09:59 resumed"))
    assert known == (*before, event("2026-06-01 10:00 resumed"))
    assert due_at(clock, known, at("2026-06-01 10:00")) == at("2026-06-01 13:00")


def test_values_that_make_no_sense_are_refused() -> None:
    now = at("2026-06-01 09:00")
    with pytest.raises(ClockRefusedError, match="negative"):
        Clock(FIRST, -MINUTE)
    with pytest.raises(ClockRefusedError, match="negative"):
        ClockEvent(K.TARGET_CHANGED, now, target=-MINUTE)
    with pytest.raises(ClockRefusedError, match="do not fit “target_changed”"):
        ClockEvent(K.TARGET_CHANGED, now)
    with pytest.raises(ClockRefusedError, match="do not fit “met”"):
        ClockEvent(K.MET, now, hours=ROUND_THE_CLOCK)
    with pytest.raises(ValueError, match="offset"):
        ClockEvent(K.MET, datetime(2026, 6, 1, 9))


# --- against counting every minute ---


@dataclass
class Counted:
    """A clock kept by somebody who looks at every minute."""

    clock: Clock
    slow: Slow
    phase: str = "pending"
    used: timedelta = timedelta(0)
    due: datetime | None = None

    def run(self, events: tuple[ClockEvent, ...], start: datetime, end: datetime) -> None:
        while start <= end:
            for one in events:
                if one.at == start:
                    self.tell(one)
            if self.phase == "running" and self.due is None and self.used >= self.clock.target:
                self.due = start
            if self.phase == "running" and start < end and self.slow.is_open(start):
                self.used += MINUTE
            start += MINUTE

    def tell(self, one: ClockEvent) -> None:
        match one.kind:
            case K.STARTED | K.RESUMED:
                self.phase = "running"
            case K.PAUSED | K.MET | K.CANCELLED:
                self.phase = one.kind.value
            case K.REOPENED:
                self.phase = "running"
                if self.clock.kind in ANEW_WHEN_REOPENED:
                    self.used, self.due = timedelta(0), None
            case K.TARGET_CHANGED:
                self.clock = replace(self.clock, target=one.target or timedelta(0))
                if self.used < self.clock.target:
                    self.due = None
                elif self.used > self.clock.target:
                    self.due = self.due or one.at

    def state(self, now: datetime) -> str:
        late = self.due is not None and self.due < now
        if self.phase == "met":
            return "met_late" if late else "met"
        return "breached" if late and self.phase in ("running", "paused") else self.phase


NEXT = {
    "running": [K.PAUSED, K.PAUSED, K.MET, K.CANCELLED, K.TARGET_CHANGED, K.STARTED, K.RESUMED],
    "paused": [K.RESUMED, K.RESUMED, K.MET, K.CANCELLED, K.TARGET_CHANGED, K.PAUSED],
    "met": [K.REOPENED, K.MET],
    "cancelled": [K.REOPENED, K.CANCELLED],
}
BECOMES = {
    K.PAUSED: "paused", K.RESUMED: "running", K.MET: "met", K.CANCELLED: "cancelled",
    K.REOPENED: "running",
}  # fmt: skip
targets = st.integers(0, 20 * 60).map(lambda n: n * MINUTE)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Clock, Slow, tuple[ClockEvent, ...], datetime]:
    """Any clock, what can happen to it in three days, and a moment afterwards."""
    slow, moment = draw(calendars())
    clock = Clock(draw(st.sampled_from(MilestoneKind)), draw(targets), slow.hours())
    events, phase = [ClockEvent(K.STARTED, moment)], "running"
    for gap in draw(st.lists(st.integers(1, 12 * 60), max_size=6)):
        moment += gap * MINUTE
        kind = draw(st.sampled_from(NEXT[phase]))
        target = draw(targets) if kind is K.TARGET_CHANGED else None
        events.append(ClockEvent(kind, moment, target=target))
        phase = phase if kind in (K.TARGET_CHANGED, K.STARTED) else BECOMES[kind]
    return clock, slow, tuple(events), moment + draw(st.integers(0, 24 * 60)) * MINUTE


@given(histories())
def test_a_clock_says_what_counting_every_minute_says(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime],
) -> None:
    clock, slow, events, now = drawn
    counted = Counted(clock, slow)
    counted.run(events, events[0].at, now)
    assert used(clock, events, now) == counted.used
    assert state(clock, events, now) == counted.state(now)


@given(histories())
def test_a_clock_is_due_at_the_minute_at_which_counting_says_so(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime],
) -> None:
    clock, slow, events, now = drawn
    counted, horizon = Counted(clock, slow), now + timedelta(days=2)
    counted.run(events, events[0].at, now)
    if counted.phase == "cancelled" or (counted.phase != "running" and counted.due is None):
        assert due_at(clock, events, now) is None
    elif not any(slow.week):
        pass  # it may never be due
    else:
        counted = Counted(clock, slow)
        counted.run(events, events[0].at, horizon)
        due = due_at(clock, events, now)
        assert due == counted.due or (counted.due is None and due is not None and due > horizon)


@given(histories(), st.integers(0, 99))
def test_a_repeated_event_changes_nothing(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime], pick: int
) -> None:
    clock, _slow, events, now = drawn
    again = events[pick % len(events)]
    assert follow(clock, events, again) == events
    twice = (*events, again, again)
    assert used(clock, twice, now) == used(clock, events, now)
    assert state(clock, twice, now) == state(clock, events, now)


@given(histories())
def test_following_step_by_step_tells_the_same(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime],
) -> None:
    clock, _slow, events, now = drawn
    known: tuple[ClockEvent, ...] = ()
    for one in events:
        known = follow(clock, known, one)
    assert (used(clock, known, now), state(clock, known, now)) == (
        used(clock, events, now), state(clock, events, now),
    )  # fmt: skip


@given(histories(), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_clock_that_is_behind_never_breaks_a_history(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime], behind: timedelta
) -> None:
    clock, _slow, events, now = drawn
    *before, last = events
    told = follow(clock, before, replace(last, at=last.at - behind))
    moments = [one.at for one in told]
    assert moments == sorted(moments)
    assert state(clock, told, max(now, *moments)) in set(S)


@given(histories())
def test_nobody_is_warned_after_it_is_due(
    drawn: tuple[Clock, Slow, tuple[ClockEvent, ...], datetime],
) -> None:
    clock, slow, events, now = drawn
    if any(slow.week) and (due := due_at(clock, events, now)) is not None:
        warned = warn_at(clock, events, now)
        assert warned is not None
        assert warned <= due
        assert warn_at(clock, events, now, share=1) == due
