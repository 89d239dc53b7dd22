"""A message that is tried again is the same mail to the byte, whatever the clock says by then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import OutcomeKind, Recipient
from bluelamp.channels.models import Account
from bluelamp.channels.providers.email.adapter import EmailAdapter
from bluelamp.org.models import Force, Officer
from bluelamp.outbound.engine import opening
from bluelamp.outbound.engine.opening import Job
from bluelamp.outbound.fanout import fan_out
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    send_through,
)
from bluelamp.site.bench_fanout import free_port
from simulators.mailbox import receiver
from simulators.mailbox.store import Store

ANN = Recipient(1, "ann@example.test", "token@mail.example.test", "bounce-token@example.test",
                (b"link", b"leave", b"mail"))  # fmt: skip


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[tuple[Store, int]]:
    """A mail server, and the port it listens on."""
    store = Store(tmp_path / "mail.sqlite")
    port = free_port()
    controller = receiver.serve(store, "127.0.0.1", port)
    yield store, port
    controller.stop()


@pytest.fixture
def approved(
    force: Force, alice: Officer, bob: Officer, now: datetime, mailbox: tuple[Store, int]
) -> Message:
    """A message that was approved an hour before it goes out, by real mail."""
    made = make_account(force, now)
    wards = make_areas(force, now)
    make_member(force, "ann@example.test", now)
    given = draft(wards["Northwick"], scheduled_for=now + timedelta(hours=1))
    message = send_through(alice, bob, given, now)
    settings = {
        "host": "127.0.0.1", "port": mailbox[1], "security": "none", "sender_name": "Alerts",
        "sender_address": "alerts@example.test",
    }  # fmt: skip
    with acting(SYSTEM, "test.setup"):
        Account.objects.filter(pk=made.pk).update(provider="email", settings=settings)
    return message


async def _send(job: Job, clock: datetime) -> None:
    sessions = await replace(job, adapter=EmailAdapter(clock=lambda: clock)).open()
    try:
        outcomes = await sessions.plain.send_window([ANN])
    finally:
        await sessions.close()
    assert [one.kind for one in outcomes] == [OutcomeKind.ACCEPTED]


@pytest.mark.django_db
def test_sessions_at_different_clocks_send_the_same_bytes(
    approved: Message, mailbox: tuple[Store, int], now: datetime
) -> None:
    began = now + timedelta(hours=1)
    fan_out(approved.pk, now=began)
    job = opening.job_of(approved.pk)
    assert job is not None
    for later in (timedelta(minutes=1), timedelta(hours=5)):
        asyncio.run(_send(job, began + later))
    again, first = mailbox[0].newest()
    assert again.raw == first.raw
    assert parsedate_to_datetime(first.message["Date"]) == began
