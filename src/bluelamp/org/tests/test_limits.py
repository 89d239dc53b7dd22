"""What comes too often is told to wait, for how long, and nobody's count is forgotten."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from bluelamp.kit import clock
from bluelamp.org.gate import everyone
from bluelamp.org.limits import WINDOW, too_many, too_often
from bluelamp.org.models import Knock

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


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ("2001:db8:1:2:ffff::9", 429),  # the same household
        ("2001:db8:1:ff::1", 429),  # it has 256 networks, and picks
        ("2001:db8:1:100::1", 200),
        ("::ffff:192.0.2.9", 200),
    ],
)
def test_a_network_counts_as_one(
    other: str, status: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("2001:db8:1:2::1", "2001:db8:1:2::2"):
        assert knock(now, monkeypatch, host).status_code == 200
    for host in ("::ffff:192.0.2.1", "192.0.2.1"):
        assert knock(now, monkeypatch, host).status_code == 200
    assert knock(now, monkeypatch, other).status_code == status
    assert knock(now, monkeypatch, "::ffff:192.0.2.1").status_code == 429, "IPv4 as it is written"


def test_a_site_with_256_households_has_not_256_times_the_limit(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [f"2001:db8:1:{number:x}00::1" for number in range(20)]
    for home in homes[:7]:
        for _time in range(2):
            assert knock(now, monkeypatch, home).status_code == 200
    for _time in range(9):
        assert knock(now, monkeypatch, homes[0]).status_code == 429
    shown = [knock(now, monkeypatch, home).status_code for home in homes[7:]]
    assert shown == [200] * 2 + [429] * 11, "who was refused took nobody's place"
    assert knock(now, monkeypatch, "2001:db8:2::1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_by_one(now: datetime) -> None:
    ready, let_in = threading.Barrier(6), []

    def come() -> None:
        ready.wait()
        try:
            let_in.append(not too_many("here", "door", 2, now=now))
        finally:
            connection.close()

    crowd = [threading.Thread(target=come) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(let_in) == [False] * 4 + [True] * 2
    assert Knock.objects.count() == 2


def test_a_count_outlives_a_thousand_others() -> None:
    cache.set("mine", "five tries", 300)
    for number in range(1_000):
        cache.set(f"neighbour-{number}", "one try", 300)
    assert cache.get("mine") == "five tries"
    assert cache.get("neighbour-0") == "one try"
