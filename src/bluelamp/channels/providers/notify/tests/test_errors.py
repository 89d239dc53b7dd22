"""What refusals mean, for every error that the documentation lists."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bluelamp.channels.contract import ChannelError
from bluelamp.channels.providers.notify.errors import (
    BusyPhoneError,
    NoAnswerError,
    Refusal,
    RefusedTextError,
    error_for,
    without_numbers,
)

NOW = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
TABLE = Path(__file__).parent / "fixtures" / "errors.tsv"
with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def means(error: ChannelError) -> str:
    kinds = {RefusedTextError: "refused", BusyPhoneError: "deferred", NoAnswerError: "unknown"}
    return kinds.get(type(error), "permanent" if error.permanent else "temporary")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['status']} {row['message'][:40]}")
def test_every_documented_error_means_what_it_says(row: dict[str, str]) -> None:
    error = error_for(Refusal(int(row["status"]), row["error"], row["message"]), now=NOW)
    assert means(error) == row["means"]
    assert getattr(error, "status", "") == row["enhanced"]


def test_a_wait_that_notify_names_is_taken() -> None:
    refusal = Refusal(429, "RateLimitError", "Exceeded", timedelta(seconds=7))
    assert error_for(refusal, now=NOW).retry_after == timedelta(seconds=7)


def test_no_number_gets_into_what_is_kept() -> None:
    assert without_numbers("07700 900123 is not valid.") == "(number) is not valid"
    assert without_numbers("x" * 500) == "x" * 200
