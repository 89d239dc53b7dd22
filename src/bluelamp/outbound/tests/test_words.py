"""What the check notices, and what it leaves in peace."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.outbound import labels
from bluelamp.outbound.rules import words
from bluelamp.outbound.values import Facts, Severity, Urgency

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def facts(title: str = "Shed break-ins", body: str = "Lock your shed.", **more: object) -> Facts:
    given_ = {"urgency": Urgency.ROUTINE, "counted": 20, "goes_at": NOON} | more
    return Facts(title=title, body=body, **given_)  # type: ignore[arg-type]


def codes(made: Facts) -> set[str]:
    return {finding.code for finding in words.examine(made)}


@pytest.mark.parametrize(("body", "code", "found"), [
    ("Ring 07700 900123 now", "phone", "07700 900123"),
    ("Ring 01632 960001", "phone", "01632 960001"),
    ("Ring +44 7700 900 123", "phone", "+44 7700 900 123"),
    ("Write to ann@example.test", "mail", "ann@example.test"),
    ("At LU1 2AB last night", "postcode", "LU1 2AB"),
    ("A car, AB12 CDE, drove off", "plate", "AB12 CDE"),
    ("DOB: 1/2/1990", "birth", "DOB: 1/2/1990"),
    ("His date of birth is known", "birth", "date of birth"),
    ("See bit.ly/abc or https://bit.ly/abc", "link_shortened", "https://bit.ly/abc"),
    ("See http://192.168.0.1/x", "link_number", "http://192.168.0.1/x"),
    ("See http://example.org", "link_insecure", "http://example.org"),
    ("Beware!!", "exclamation", "!!"),
])  # fmt: skip
def test_what_it_notices(body: str, code: str, found: str) -> None:
    assert (code, found) in {(f.code, f.found) for f in words.examine(facts(body=body))}


@pytest.mark.parametrize("body", [
    "Call 101, or Crimestoppers on 0800 555 111.",
    "Between 2020 and 2026, in LU1, three sheds of 12 were hit at 10.30.",
    "Quote 40/12345/26. Reports: https://www.example.org/a?b=07700900123",
    "PCSO Smith is at the library on 21 November from 10 to 12.",
])  # fmt: skip
def test_what_it_leaves_in_peace(body: str) -> None:
    assert not codes(facts(body=body))


def test_what_blocks() -> None:
    assert codes(facts(title=" ", body="")) == {"title_empty", "body_empty"}
    assert "title_long" in codes(facts(title="x" * 121))
    assert "body_long" in codes(facts(body="x " * 2501))
    assert codes(facts(counted=0)) == {"audience_empty"}
    found = words.examine(facts(title="", body="Beware!!"))
    assert [f.code for f in words.blocking(found)] == ["title_empty"]
    assert found[0].severity is Severity.BLOCKING


def test_shouting_is_not_an_abbreviation() -> None:
    assert "shouting" in codes(facts(title="BEWARE OF BURGLARS TONIGHT"))
    assert not codes(facts(title="NHS scam calls in Northwick"))


def test_circumstances() -> None:
    night = NOON.replace(hour=23)
    assert codes(facts(goes_at=night)) == {"quiet_hours"}
    assert not codes(facts(goes_at=night, urgency=Urgency.URGENT))
    assert codes(facts(outside=("Castle",), alike=("Sheds",))) == {"outside", "alike"}
    assert "sentence_long" in codes(facts(body="word " * 26 + "."))
    assert "sentence_long" not in codes(facts(body="word " * 25 + "."))


@given(st.text(max_size=300), st.text(max_size=600), st.integers(0, 3))
def test_every_finding_has_words_and_was_there(title: str, body: str, counted: int) -> None:
    for finding in words.examine(facts(title=title, body=body, counted=counted)):
        assert labels.sentence(finding)
        if finding.code in ("phone", "mail", "postcode", "plate", "birth"):
            assert finding.found in words.LINK.sub(" ", f"{title}\n{body}")
