"""Nothing is sent twice and nothing is lost: lost answers, faults, a worker that dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bluelamp.channels.contract import ChannelError, Envelope, OutcomeKind
from bluelamp.channels.providers.notify.tests.scene import (
    Naps,
    adapter,
    envelope,
    server,
    service,
    settings,
)
from simulators.notify import Fault, Server

__all__ = ["server"]
QUICK = {"timeout_seconds": 0.2, "settle_seconds": 2}
_SEND = """
import json, sys
from bluelamp.channels.contract import Content, Envelope
from bluelamp.channels.providers.notify.adapter import ADAPTER
told = json.load(sys.stdin)
envelope = Envelope(told["to"], Content("", "On call"), "", "", told["id"], "")
ADAPTER.send(envelope, told["settings"])
"""


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.DROP, Fault.ERROR_AFTER])
def test_a_lost_answer_is_settled_by_looking(server: Server, fault: Fault) -> None:
    server.service.faults.order(fault)
    outcome = adapter().send(envelope(), settings(server, **QUICK))
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert len(server.service.sent) == 1


@pytest.mark.parametrize("fault", [Fault.SILENCE_BEFORE, Fault.ERROR, Fault.UNAVAILABLE])
def test_what_was_not_taken_is_tried_again_by_the_caller(server: Server, fault: Fault) -> None:
    server.service.faults.order(fault)
    one, naps = envelope(), Naps()
    with pytest.raises(ChannelError) as unknown:
        adapter(naps).send(one, settings(server, **QUICK))
    assert not unknown.value.permanent
    assert naps.taken == [1.0, 1.0]
    assert server.service.sent == []
    assert adapter().send(one, settings(server)).kind is OutcomeKind.ACCEPTED
    assert len(server.service.sent) == 1


def test_what_appears_late_is_found(server: Server) -> None:
    """A busy service takes a text some seconds before it can be found."""
    server.service.faults.order(Fault.DROP)
    held = server.service.sent
    server.service.sent = hidden = _Hidden(held)
    naps = Naps(hidden.show)
    assert adapter(naps).send(envelope(), settings(server)).kind is OutcomeKind.ACCEPTED
    assert naps.taken == [1.0]


def test_a_look_without_an_answer_does_not_say_that_nothing_is_there(server: Server) -> None:
    one = envelope()
    adapter().send(one, settings(server))
    server.service.clock = _broken
    with pytest.raises(ChannelError):
        adapter().lookup([one.message_id], settings(server))


def test_a_worker_killed_after_the_text_was_taken_sends_no_second(server: Server) -> None:
    server.service.faults.order(Fault.SILENCE)
    one = envelope(text="On call")
    account = settings(server, timeout_seconds=60)
    worker = subprocess.Popen([sys.executable, "-c", _SEND], stdin=subprocess.PIPE, text=True)
    assert worker.stdin is not None
    worker.stdin.write(json.dumps({"to": one.to, "id": one.message_id, "settings": account}))
    worker.stdin.close()
    while not server.service.sent:
        assert worker.poll() is None
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    assert adapter().lookup([one.message_id], account) == {one.message_id}
    assert adapter().send(one, account).kind is OutcomeKind.ACCEPTED
    assert len(server.service.sent) == 1


@given(st.lists(st.sampled_from([f for f in Fault if "SILENCE" not in f.name]), max_size=6))
@hypothesis_settings(max_examples=25, deadline=None)
def test_whatever_goes_wrong_it_arrives_once(faults: list[Fault]) -> None:
    with Server(service()) as server:
        for fault in faults:
            server.service.faults.order(fault)
        one, account = envelope(), settings(server, settle_seconds=0)
        assert any(is_sent(one, account) for _ in range(len(faults) + 1))
        assert [sent.reference for sent in server.service.sent] == [one.message_id]


def is_sent(one: Envelope, account: dict[str, Any]) -> bool:
    """Try once, as a worker does; what is for good is no way to be sent later."""
    try:
        return adapter().send(one, account).kind is OutcomeKind.ACCEPTED
    except ChannelError as error:
        if error.permanent:
            raise
        return False


class _Hidden(list):  # type: ignore[type-arg]
    """A list whose rows can be found only after :meth:`show`."""

    def __init__(self, rows: list[object]) -> None:
        super().__init__(rows)
        self._shown = False

    def show(self) -> None:
        self._shown = True

    def __reversed__(self):  # type: ignore[no-untyped-def]
        return super().__reversed__() if self._shown else iter(())


def _broken() -> float:
    raise OSError("out of order")
