"""A notice by text message, from the queue to a phone, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry, vault
from bluelamp.channels.actions import add
from bluelamp.channels.models import Account
from bluelamp.notices import actions
from bluelamp.notices.models import Notice
from bluelamp.notices.values import NoticeKind, NoticeState
from bluelamp.org.models import Force
from bluelamp.site.demo import texts
from simulators.notify import Fault, Server, Service, Template

PHONE = "07700 900123"


@pytest.fixture
def phones() -> Iterator[Server]:
    service = Service(str(texts.SERVICE), str(texts.SECRET), Template(str(texts.TEMPLATE)))
    with Server(service) as server:
        yield server


@pytest.fixture
def account(force: Force, phones: Server, now: datetime) -> Account:
    """The demo's own account, on these phones."""
    port = int(phones.url.rpartition(":")[2])
    return add(
        force, provider="notify", name="Texts", values=texts.account(port), actor=SYSTEM, now=now
    )


@pytest.fixture
def notice(force: Force, account: Account, now: datetime) -> Notice:
    return actions.tell(
        force, kind=NoticeKind.CODE, address=PHONE, subject="Code", text="Your code is 493 022.",
        now=now, channel="sms",
    )  # fmt: skip


def attempt(notice: Notice, now: datetime) -> NoticeState:
    claimed = actions.claim(notice.pk, now=now)
    assert claimed is not None
    return actions.send(claimed, now=now)


def bodies(phones: Server) -> list[str]:
    return [one.body for one in phones.service.sent]


def test_a_notice_reaches_a_phone(notice: Notice, phones: Server, now: datetime) -> None:
    assert attempt(notice, now) is NoticeState.SENT
    assert bodies(phones) == ["Your code is 493 022."]


def test_a_worker_that_died_before_it_could_say_so_sends_no_second(
    notice: Notice, account: Account, phones: Server, now: datetime
) -> None:
    claimed = actions.claim(notice.pk, now=now)
    assert claimed is not None
    adapter = registry.adapter(account.provider)
    adapter.send(actions.envelope(claimed, account), vault.settings_of(account))
    later = now + actions.CLAIMED_FOR + timedelta(seconds=1)
    assert attempt(notice, later) is NoticeState.SENT
    assert bodies(phones) == ["Your code is 493 022."]


def test_a_fault_of_the_service_only_delays(
    notice: Notice, account: Account, phones: Server, now: datetime
) -> None:
    with acting(SYSTEM, "test"):
        account.settings |= {"settle_seconds": 0}
        account.save(update_fields=["settings"])
    phones.service.faults.order(Fault.UNAVAILABLE)
    assert attempt(notice, now) is NoticeState.WAITING
    notice.refresh_from_db()
    assert attempt(notice, notice.due_at) is NoticeState.SENT
    assert len(bodies(phones)) == 1
