"""What refusals mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bluelamp.channels.providers.bluesky.errors import GoneError, refusal

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True), (401, True), (403, True), (413, True), (408, False), (409, False),
        (429, False), (500, False), (502, False), (503, False),
    ],
)  # fmt: skip
def test_a_refusal_says_whether_to_come_again(status: int, permanent: bool) -> None:
    error = refusal(status, {"message": "No."}, {}, "bsky.social", NOW)
    assert error.permanent is permanent
    assert str(error).endswith(".")
    assert not str(error).endswith("..")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, timedelta(minutes=5)),  # the real PDS says nothing when log-ins are too many
        ({"retry-after": "40"}, timedelta(seconds=40)),
        ({"ratelimit-reset": "1795255320"}, timedelta(minutes=2)),
        ({"ratelimit-reset": "1"}, timedelta(seconds=1)),
        ({"ratelimit-reset": "9" * 30}, timedelta(hours=24)),
        ({"retry-after": "soon"}, timedelta(minutes=5)),
    ],
)
def test_a_limit_says_how_long_it_lasts(headers: dict[str, str], wait: timedelta) -> None:
    assert refusal(429, {}, headers, "bsky.social", NOW).retry_after == wait


def test_what_is_not_there_is_gone_whatever_the_status() -> None:
    assert isinstance(refusal(404, {}, {}, "x", NOW), GoneError)
    body = {"error": "RecordNotFound", "message": "Could not locate record"}
    gone = refusal(400, body, {}, "x", NOW)
    assert isinstance(gone, GoneError)
    assert gone.body == body
