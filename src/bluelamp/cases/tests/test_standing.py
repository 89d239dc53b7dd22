"""What a citizen is told: words for every state; codes and references as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases import citizen_words
from bluelamp.cases.rules.outcomes import USUAL, chosen, outcomes
from bluelamp.cases.rules.reference import new_reference, read_any
from bluelamp.cases.rules.showing import KINDS, SHOWN_FOR, dangers, may_look
from bluelamp.cases.rules.standing import Promised, next_word, standing
from bluelamp.cases.values import CaseState, MilestoneKind, MilestoneState, Standing
from bluelamp.inbound.rules.references import ALPHABET

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 1), timezones=st.just(UTC)
)
PROMISES = st.lists(st.builds(
    Promised, st.sampled_from(list(MilestoneKind)), st.sampled_from(list(MilestoneState)),
    st.none() | MOMENTS,
), max_size=4)  # fmt: skip
DUE = {MilestoneState.RUNNING, MilestoneState.BREACHED}


@given(st.sampled_from([*CaseState, "another"]), MOMENTS, st.none() | MOMENTS, PROMISES, MOMENTS)
def test_every_state_has_words(
    state: str, heard: datetime, answered: datetime | None, promises: list[Promised], now: datetime
) -> None:
    stands = standing(state, heard_at=heard, answered_at=answered)
    heading, words = citizen_words.STANDS[stands]
    assert str(heading).strip()
    assert str(words).strip()
    coming = next_word(stands, promises, now=now)
    said = citizen_words.next_words(coming, stands)
    assert (said == "") == (stands in {Standing.WAITING, Standing.CLOSED})


@given(PROMISES, MOMENTS)
def test_what_is_promised_soonest_is_said_and_lateness_is_owned_up_to(
    promises: list[Promised], now: datetime
) -> None:
    coming = next_word(Standing.LOOKED_AT, promises, now=now)
    due = [one for one in promises if one.state in DUE and one.due_at]
    answers = [one.due_at for one in due if one.kind != MilestoneKind.RESOLUTION and one.due_at]
    if coming is None:
        assert due == []
        return
    assert coming.at == min(answers or [one.due_at for one in due if one.due_at])
    assert coming.answer == bool(answers)
    assert coming.late or coming.at > now
    assert ("sorry" in citizen_words.next_words(coming, Standing.LOOKED_AT)) == coming.late


def test_each_state_of_a_case_says_its_own() -> None:
    def stands(state: str, answered: datetime | None = None) -> Standing:
        return standing(state, heard_at=NOW, answered_at=answered)

    assert stands(CaseState.NEW) is Standing.RECEIVED
    assert stands(CaseState.OPEN) is Standing.LOOKED_AT
    assert stands(CaseState.OPEN, NOW + timedelta(hours=1)) is Standing.ANSWERED
    assert stands(CaseState.OPEN, NOW - timedelta(hours=1)) is Standing.LOOKED_AT
    assert stands(CaseState.WAITING) is Standing.WAITING
    assert stands(CaseState.CLOSED, NOW) is Standing.CLOSED


@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_both_kinds_of_reference_are_read_however_they_are_typed(given_out: str) -> None:
    own = new_reference()
    long = f"{given_out[:4]}-{given_out[4:8]}-{given_out[8:]}"
    for reference in (own, long):
        assert read_any(f"  {reference.lower().replace('-', ' ')} ") == reference
    assert read_any("0I2U-OL45") == "012V-0145"


@given(st.text(max_size=30))
def test_nothing_else_is_taken_for_a_reference(text: str) -> None:
    found = read_any(text)
    assert found == "" or len(found.replace("-", "")) in {8, 12}
    assert set(found) <= set(ALPHABET) | {"-"}


@given(st.lists(st.sampled_from(["domestic", "sexual", "fire", "crash"])), st.lists(st.text()))
def test_signs_of_danger_hide_and_nothing_else_does(kinds: list[str], unsafe: list[str]) -> None:
    found = dangers({"emergency": kinds, "unsafe": unsafe}, {})
    assert bool(found) == bool(unsafe or KINDS & set(kinds))
    assert dangers({"emergency": kinds}, {"hidden_kinds": []}) == ()
    assert dangers({}, {}) == ()


def test_a_case_can_be_looked_at_while_it_is_shown_and_for_a_time_after_its_end() -> None:
    assert may_look(shown=True, closed_at=None, now=NOW)
    assert may_look(shown=True, closed_at=NOW - SHOWN_FOR + timedelta(1), now=NOW)
    assert not may_look(shown=True, closed_at=NOW - SHOWN_FOR, now=NOW)
    assert not may_look(shown=False, closed_at=None, now=NOW)


def test_outcomes_are_the_force_s_own_where_it_has_some() -> None:
    assert outcomes({}) == USUAL
    own = {"key": "bobby", "name": "A visit", "words": "An officer will call."}
    listed = {"outcomes": [own, {"key": "mute", "name": "Mute", "words": " "}, "nonsense"]}
    assert [one.key for one in outcomes(listed)] == ["bobby"]
    assert chosen(listed, "bobby") is not None
    assert chosen(listed, "answered") is None
    assert outcomes({"outcomes": "nonsense"}) == USUAL
    assert len({one.key for one in USUAL}) == len(USUAL)
