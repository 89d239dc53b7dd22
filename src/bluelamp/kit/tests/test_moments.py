"""Dates and times are written the British way, in London time."""

from datetime import UTC, datetime, time

import pytest
from django.template import Context, Template

from bluelamp.kit import moments

AT = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)  # 7pm in London


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [(19, 0, "7pm"), (12, 4, "12:04pm"), (0, 0, "midnight"), (12, 0, "midday"), (9, 30, "9:30am")],
)
def test_times_for_the_public(hour: int, minute: int, shown: str) -> None:
    assert moments.clock(time(hour, minute)) == shown


def test_moments_are_told_in_london_time() -> None:
    assert moments.when(AT) == "1 July 2026 at 7pm"
    assert moments.stamp(AT) == "1 Jul 2026, 19:00"
    assert moments.day(AT) == "1 July 2026"
    assert (moments.when(None), moments.stamp(None), moments.day(None), moments.clock(None)) == (
        "",
    ) * 4


def test_templates_have_them_as_filters() -> None:
    source = "{% load kit %}{{ at|when }}, {{ at|stamp }}, {{ at|day }}, {{ at|clock }}"
    shown = Template(source).render(Context({"at": AT}))
    assert shown == "1 July 2026 at 7pm, 1 Jul 2026, 19:00, 1 July 2026, 7pm"
