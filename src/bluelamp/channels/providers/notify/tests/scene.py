"""A simulated Notify and an account on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bluelamp.channels.contract import Content, Envelope, Utterance, Visibility
from bluelamp.channels.providers.notify.adapter import NotifyAdapter
from simulators.notify import Limits, Server, Service, Template

SENDER = str(uuid.uuid4())
PHONE = "+447700900123"
TOKEN = "a-bearer-token"


def service(**more: Any) -> Service:
    template = Template(str(uuid.uuid4()))
    return Service(
        str(uuid.uuid4()), str(uuid.uuid4()), template, sender_ids=frozenset({SENDER}), **more
    )


def settings(server: Server, **more: Any) -> dict[str, Any]:
    account = {
        "api_key": server.service.key,
        "template_id": server.service.template.id,
        "base_url": server.url,
        "callback_token": TOKEN,
        "timeout_seconds": 5,
        "settle_seconds": 2,
    }
    return account | more


class Naps:
    """Stands in for sleeping, and does something meanwhile."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.taken: list[float] = []
        self._meanwhile = meanwhile

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._meanwhile()


def adapter(sleep: Naps | None = None, now: datetime | None = None) -> NotifyAdapter:
    clock = (lambda: now) if now else (lambda: datetime.now(UTC))
    return NotifyAdapter(clock=clock, sleep=sleep or Naps())


def envelope(to: str = PHONE, text: str = "Your code is 123456.", reference: str = "") -> Envelope:
    return Envelope(
        to=to,
        content=Content("Never shown", text),
        sender_name="Brackenshire Police",
        sender_address="alerts@lamp.example.test",
        message_id=reference or f"{uuid.uuid4().hex}@lamp.example.test",
        return_path="",
    )


def utterance(text: str, key: str = "k1", to: str = PHONE) -> Utterance:
    return Utterance(text, key, to=to, visibility=Visibility.PRIVATE)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(service()) as running:
        yield running


@pytest.fixture
def strict_server() -> Iterator[Server]:
    """One that lets through very little."""
    few = Limits(a_minute=3, a_day=5, identical_an_hour=2, an_hour=4)
    with Server(service(limits=few)) as running:
        yield running
