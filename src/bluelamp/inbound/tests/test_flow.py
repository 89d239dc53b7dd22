"""One worker threads at a time; another goes on with what needs nobody else's memory."""

from __future__ import annotations

from datetime import datetime

import pytest

from bluelamp.channels.models import Account
from bluelamp.inbound import jobs
from bluelamp.inbound import thread as threading_
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Stage
from bluelamp.kit import direct
from bluelamp.org.models import Force


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def stages() -> dict[str, str]:
    return dict(Item.objects.values_list("text", "stage"))


def test_what_is_read_goes_down_to_the_queue(page: Account, now: datetime) -> None:
    say(page, "A lost dog", now)
    jobs.flow()
    assert stages() == {"A lost dog": Stage.TRIAGED}


def test_while_another_worker_threads_the_rest_goes_on(page: Account, now: datetime) -> None:
    say(page, "A lost dog", now)
    carry(say(page, "A found cat", now, name="2"), Stage.THREADED)
    with direct.connect(name="test") as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [threading_.LOCK])
        jobs.flow()
        assert stages() == {"A lost dog": Stage.MODERATED, "A found cat": Stage.TRIAGED}
    jobs.flow()
    assert set(stages().values()) == {Stage.TRIAGED}
