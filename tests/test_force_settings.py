"""What a force sets for itself: whatever is stored, every reader gives something valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules.greeting import emergency_words, look_words
from bluelamp.cases.rules.outcomes import outcomes
from bluelamp.cases.rules.phones import EVERYWHERE, PUBLIC_PHONES, phone_for
from bluelamp.cases.rules.showing import HIDDEN_KINDS, KINDS, dangers
from bluelamp.cases.rules.vulnerability import VULNERABILITY
from bluelamp.inbound.rules.settings import CONTACT_EMERGENCY
from bluelamp.insight.rules.desk import DESK, Desk, handling
from bluelamp.kit.offers import offered
from bluelamp.org.rules.settings import Setting
from bluelamp.org.rules.signin import DEMO_LOGINS, SECOND_FACTOR
from bluelamp.org.values import SecondFactor
from bluelamp.outbound.rules.settings import PUBLIC_URL, TRACKING

SOURCES = Path(__file__).parents[1] / "src" / "bluelamp"
OFFERED: list[Setting[Any]] = [one for floor in offered("SETTINGS") for one in floor]
ALL = [*OFFERED, CONTACT_EMERGENCY, DEMO_LOGINS]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def near(setting: Setting[Any]) -> st.SearchStrategy[Any]:
    """Anything at all, and objects whose keys are the right ones with anything in them."""
    numbers = st.integers(-3, 2000) | st.floats(-1, 2) | scalars
    objects = st.dictionaries(st.sampled_from(sorted(setting.parts)), numbers | json)
    phones = st.dictionaries(st.text(max_size=50), st.text("0123456789 +()-", max_size=25))
    names = st.lists(st.sampled_from(["domestic", "sexual", "fire", "", "x" * 41]) | scalars)
    return json | objects | phones | names | st.sampled_from(["none", "https://x.test/", "101"])


stored = st.sampled_from(ALL).flatmap(lambda one: st.tuples(st.just(one), near(one)))


@given(stored)
def test_whatever_is_stored_is_read_as_something_valid(found: tuple[Setting[Any], Any]) -> None:
    setting, given_value = found
    value = setting.read({setting.key: given_value})
    again = setting.stored(value)
    assert setting.read({} if again is None else {setting.key: again}) == value
    assert setting.strange({} if again is None else {setting.key: again}) == ()
    usual = setting.apart(setting.usual)
    for name, box in setting.apart(value).items():
        kind = setting.parts[name].kind
        assert box == usual[name] or kind.read(kind.write(box)) == box
    assert setting.whole(setting.apart(value)) == value


@given(stored)
def test_what_is_not_read_as_it_stands_is_told_of(found: tuple[Setting[Any], Any]) -> None:
    """Where nothing is out of order, what is stored holds: it is not the usual by accident."""
    setting, given_value = found
    settings = {setting.key: given_value}
    if setting.strange(settings) == ("",):
        assert setting.read(settings) == setting.usual
    assert all(isinstance(place, str) for place in setting.strange(settings))


@given(json)
def test_settings_that_are_no_object_are_none(settings: Any) -> None:
    if not isinstance(settings, dict):
        assert [one.read(settings) for one in ALL] == [one.usual for one in ALL]


@given(json, json, json)
def test_the_words_of_a_force_are_read_whatever_is_stored(one: Any, two: Any, three: Any) -> None:
    settings = {"emergency_answer": one, "look_answer": two, "outcomes": three}
    assert "999" in emergency_words(settings)
    assert isinstance(look_words(settings, "7K3C-9QX2", "p"), str)
    assert outcomes(settings)
    assert all(each.key and each.name and each.words for each in outcomes(settings))


def test_every_floor_s_settings_are_offered_once() -> None:
    keys = [one.key for one in OFFERED]
    assert sorted(keys) == sorted(set(keys))
    assert {"desk", "hidden_kinds", "public_phone", "public_phones", "vulnerability", "tracking",
            "second_factor", "public_url"} == set(keys)  # fmt: skip
    assert {one.key for one in OFFERED if one.kept} == {"second_factor", "public_url"}


def test_the_operators_table_names_every_setting() -> None:
    told = (SOURCES.parents[1] / "docs" / "operating.md").read_text()
    assert [one.key for one in ALL if f"| `{one.key}` |" not in told] == ["demo_logins"]


def test_nothing_reads_a_force_s_settings_past_their_description() -> None:
    read = re.compile(r"\b(?:force|held)\.settings(?:\.get\(|\[)")
    found = [
        str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py")
        if "tests" not in path.parts and read.search(path.read_text())
    ]  # fmt: skip
    assert found == ["cases/queries/settings.py"], "only what compares it as it is stored"
    pages = [path.read_text() for path in SOURCES.rglob("*.html")]
    assert not any("force.settings" in page for page in pages)


@pytest.mark.parametrize("value", [True, "80", 0, 100, 80.5, None, [80]])
def test_a_desk_s_number_out_of_order_leaves_the_others(value: Any) -> None:
    assert DESK.read({"desk": {"target": value, "within": 5}}) == Desk(within=5)


def test_a_desk_says_how_long_one_takes_else_what_was_measured() -> None:
    assert handling(Desk(handling=4), 6) == 4
    assert handling(Desk(), 6) == 6
    assert handling(Desk(), None) == 10


@pytest.mark.parametrize("value", ["domestic", {"domestic": True}, ["fire", 5], 3, None, [""]])
def test_kinds_out_of_order_hide_what_is_usual(value: Any) -> None:
    """A plain word is no list of kinds, within which parts of it would be found."""
    assert HIDDEN_KINDS.read({"hidden_kinds": value}) == KINDS
    assert dangers({"emergency": ["sexual"]}, {"hidden_kinds": value}) == ("sexual",)


def test_phones_of_units_out_of_order_are_passed_by() -> None:
    settings = {"public_phones": {"NW1": 5, "HQ": "0161 496 0000"}, "public_phone": "no"}
    assert phone_for(settings, ["NW1", "HQ"]) == "0161 496 0000"
    assert PUBLIC_PHONES.strange(settings) == ("NW1",)
    assert phone_for(settings, ["SW1"]) == EVERYWHERE


def test_nothing_but_a_yes_turns_tracking_on() -> None:
    assert TRACKING.read({"tracking": True}) is True
    assert not any(TRACKING.read({"tracking": one}) for one in (1, "false", "yes", ["x"], None))


def test_an_address_is_one() -> None:
    assert PUBLIC_URL.read({"public_url": "https://a.police.test/"}) == "https://a.police.test"
    assert PUBLIC_URL.read({"public_url": "javascript:alert(1)"}) == ""
    assert SECOND_FACTOR.read({"second_factor": ["none"]}) is SecondFactor.REQUIRED


def test_who_may_need_more_is_read_part_by_part() -> None:
    read = VULNERABILITY.read({"vulnerability": {"chance": 2, "repeated": 5}})
    assert (read.chance, read.repeated) == (0.01, 5)
