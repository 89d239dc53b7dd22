"""What comes too often is told to wait, for how long, and nobody's count is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from bluelamp.kit import clock
from bluelamp.org.gate import everyone
from bluelamp.org.limits import WINDOW, too_often

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@everyone
def door(request: HttpRequest) -> HttpResponse:
    refused = too_often(request, "door", 2, now=clock.now())
    return HttpResponse("what was written", status=400 if refused else 200)


def knock(at: datetime, monkeypatch: pytest.MonkeyPatch, source: str = "192.0.2.1") -> HttpResponse:
    monkeypatch.setattr(clock, "now", lambda: at)
    response = door(RequestFactory().post("/door", REMOTE_ADDR=source))
    assert isinstance(response, HttpResponse)
    return response


def test_who_comes_too_often_is_told_when_to_come_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert knock(now, monkeypatch).status_code == 200
    assert knock(now + 10 * MINUTE, monkeypatch).status_code == 200
    refused = knock(now + 20 * MINUTE, monkeypatch)
    assert refused.status_code == 429
    assert refused.content == b"what was written", "the page keeps it"
    wait = timedelta(seconds=int(refused["Retry-After"]))
    assert wait == WINDOW - 20 * MINUTE
    assert knock(now + 20 * MINUTE, monkeypatch, "192.0.2.2").status_code == 200
    assert knock(now + 20 * MINUTE + wait, monkeypatch).status_code == 200, "as it was told"


def test_who_is_let_in_is_told_nothing(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Retry-After" not in knock(now, monkeypatch)


def test_a_count_outlives_a_thousand_others() -> None:
    cache.set("mine", "five tries", 300)
    for number in range(1_000):
        cache.set(f"neighbour-{number}", "one try", 300)
    assert cache.get("mine") == "five tries"
    assert cache.get("neighbour-0") == "one try"
