"""Dates in three boxes and times as people write them."""

from datetime import date, time

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kit.forms import ClockTimeField, DatePartsField, Hinted
from bluelamp.kit.forms.fields import clock_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7pm", time(19)),
        ("7 PM", time(19)),
        ("7:30 p.m.", time(19, 30)),
        ("7.30am", time(7, 30)),
        ("19:30", time(19, 30)),
        ("1930", time(19, 30)),
        ("0:05", time(0, 5)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("Midnight", time(0)),
        ("7", None),
        ("25:00", None),
        ("13pm", None),
        ("0am", None),
        ("7:60", None),
        ("soon", None),
        ("", None),
        ("٧pm", None),
    ],
)
def test_times_people_write(text: str, expected: time | None) -> None:
    assert clock_time(text) == expected


@given(st.times())
def test_what_is_shown_is_understood_again(at: time) -> None:
    whole = at.replace(second=0, microsecond=0)
    assert clock_time(ClockTimeField().prepare_value(whole)) == whole


@given(st.text(max_size=12))
def test_nothing_breaks_the_reading_of_a_time(text: str) -> None:
    assert clock_time(text) is None or isinstance(clock_time(text), time)


class Wanted(forms.Form):
    on = DatePartsField(label="Start", name="Start date")
    at = ClockTimeField(required=False)


class Optional(forms.Form):
    on = DatePartsField(label="End date", required=False)


def bound(day: str, month: str, year: str) -> Wanted:
    return Wanted({"on_day": day, "on_month": month, "on_year": year})


@given(st.dates())
def test_a_date_comes_through_the_boxes_unchanged(on: date) -> None:
    form = bound(str(on.day), str(on.month), f"{on.year:04d}")
    assert form.is_valid()
    assert form.cleaned_data["on"] == on
    assert Wanted(initial={"on": on})["on"].value() == on


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Enter a date", ["day", "month", "year"]),
        (("27", "", "2027"), "Start date must include a month", ["month"]),
        (("", "", "2027"), "Start date must include a day and a month", ["day", "month"]),
        (("31", "2", "2027"), "Start date must be a real date", ["day", "month", "year"]),
        (("1", "2", "27"), "Start date must be a real date", ["day", "month", "year"]),
        (("x", "2", "2027"), "Start date must be a real date", ["day", "month", "year"]),
    ],
)
def test_a_wrong_date_says_which_box(
    parts: tuple[str, str, str], message: str, wrong: list[str]
) -> None:
    error = bound(*parts).errors.as_data()["on"][0]
    assert error.messages == [message]
    assert error.params is not None
    assert error.params["parts"] == wrong


def test_a_month_may_be_written_out() -> None:
    assert bound("27", "March", "2027").is_valid()
    assert bound("27", "sept", "2027").is_valid()


def test_a_date_that_is_not_asked_for_may_be_left_out() -> None:
    form = Optional({"on_day": "", "on_month": "", "on_year": ""})
    assert form.is_valid()
    assert form.cleaned_data["on"] is None
    assert not Optional({"on_day": "1", "on_month": "", "on_year": ""}).is_valid()


def test_an_iso_date_can_be_an_initial_value() -> None:
    form = Wanted(initial={"on": "2027-03-27"})
    assert 'value="27"' in str(form["on"].as_field_group())


def test_only_another_date_counts_as_a_change() -> None:
    data = {"on_day": "27", "on_month": "3", "on_year": "2027"}
    assert not Wanted(data, initial={"on": date(2027, 3, 27)}).has_changed()
    assert Wanted(data, initial={"on": date(2027, 3, 28)}).has_changed()


def test_a_label_keeps_its_hint() -> None:
    label = Hinted("Straight away", "Sent at once")
    assert (label, label.hint) == ("Straight away", "Sent at once")
