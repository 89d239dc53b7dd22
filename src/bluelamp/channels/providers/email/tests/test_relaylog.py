"""What a relay's log says about our messages: simulated, written by hand, and Postfix's own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.channels.contract import OutcomeKind
from bluelamp.channels.providers.email import relaylog
from bluelamp.channels.providers.email.errors import RelayError
from bluelamp.channels.providers.email.tests import postfix
from bluelamp.channels.providers.email.tests.peers import open_session, recipient, recipients
from simulators.smtp_sink import Fault, Manners, Sink


class Clock:
    """Time that passes only when somebody waits, and what happens meanwhile."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self.waits = 0
        self._events = list(events)

    def pause(self, seconds: float) -> None:
        assert seconds > 0
        self.waits += 1
        if self._events:
            self._events.pop(0)()


def log_of(path: Path, text: str = "") -> Callable[[str], Callable[[], object]]:
    """Write ``text``; return what makes a writer of more."""
    path.write_text(text)

    def later(more: str) -> Callable[[], object]:
        def write() -> None:
            with path.open("a") as log:
                log.write(more)

        return write

    return later


def read(path: Path, *ids: str, clock: Clock | None = None, dialect: str = "postfix") -> set[str]:
    clock = clock or Clock()
    reader = getattr(relaylog, dialect)
    log = relaylog.RelayLog([path], reader, settle=1, patience=10, pause=clock.pause)
    return set(log.accepted(ids))


def lines(*texts: str) -> str:
    """Lines as Postfix writes them: ``smtpd 7 ABC123: client=...``."""
    made = []
    for text in texts:
        program, pid, rest = text.split(" ", 2)
        made.append(f"Nov 21 10:00:00 relay postfix/{program}[{pid}]: {rest}\n")
    return "".join(made)


BEGUN = "smtpd 7 A1B2C3D4: client=unknown[127.0.0.1]"
NAMED = "cleanup 8 A1B2C3D4: message-id=<one@b.test>"
QUEUED = "qmgr 9 A1B2C3D4: from=<x@b.test>, size=1, nrcpt=1 (queue active)"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ([BEGUN, NAMED, QUEUED], True),
        ([BEGUN, NAMED, "smtpd 7 disconnect from unknown[127.0.0.1] data=1"], True),
        ([BEGUN, NAMED, "smtpd 7 E5F6A7B8: client=unknown[127.0.0.1]",
          "smtpd 7 disconnect from unknown[127.0.0.1]"], True),
        ([BEGUN, NAMED, "smtpd 7 NOQUEUE: reject: RCPT from unknown[127.0.0.1]: 550"], True),
        ([BEGUN, NAMED, "smtpd 7 lost connection after END-OF-MESSAGE from unknown"], True),
        ([BEGUN, NAMED, "smtpd 7 lost connection after RCPT from unknown[127.0.0.1]"], True),
        ([BEGUN, NAMED, "smtpd 7 lost connection after DATA (30 bytes) from unknown"], False),
        ([BEGUN, NAMED, "smtpd 7 timeout after DATA (30 bytes) from unknown"], False),
        ([BEGUN, "smtpd 7 lost connection after DATA (0 bytes) from unknown"], False),
        ([BEGUN, "smtpd 7 disconnect from unknown[127.0.0.1]"], False),
        ([BEGUN, NAMED, "smtpd 7 A1B2C3D4: reject: END-OF-MESSAGE from unknown: 554",
          "smtpd 7 disconnect from unknown"], False),
        ([BEGUN, NAMED, "cleanup 8 A1B2C3D4: milter-reject: END-OF-MESSAGE from unknown",
          "smtpd 7 disconnect from unknown"], False),
        ([BEGUN, NAMED, "cleanup 8 A1B2C3D4: reject: header Subject: x",
          "smtpd 7 disconnect from unknown"], False),
        ([BEGUN, NAMED, "cleanup 8 warning: A1B2C3D4: queue file size limit exceeded",
          "smtpd 7 disconnect from unknown"], False),
        ([BEGUN, NAMED, "master 1 warning: process /x/smtpd pid 7 killed by signal 9"], False),
        ([BEGUN, NAMED, "master 1 daemon started -- version 3.7.11"], False),
        ([BEGUN, NAMED, "master 1 daemon started -- version 3.7.11", QUEUED], True),
        # a message lost in DATA leaves the one before it in peace, queue manager or not
        ([BEGUN, NAMED, "smtpd 7 FFFFFFFF: client=unknown[127.0.0.1]",
          "smtpd 7 lost connection after DATA (0 bytes) from unknown"], True),
        # short queue ids are used again
        ([BEGUN, "cleanup 8 A1B2C3D4: message-id=<one@b.test>",
          "smtpd 7 lost connection after DATA (3 bytes) from unknown",
          "smtpd 7 A1B2C3D4: client=unknown[127.0.0.1]",
          "cleanup 8 A1B2C3D4: message-id=<other@b.test>", QUEUED], False),
        (["smtpd 7 connect from unknown[127.0.0.1]"], False),
        ([], False),
    ],
)  # fmt: skip
def test_what_postfix_says_of_a_message(tmp_path: Path, text: list[str], taken: bool) -> None:
    path = tmp_path / "log"
    log_of(path, lines(*text))
    assert read(path, "one@b.test", "two@b.test") == ({"one@b.test"} if taken else set())


@pytest.mark.parametrize(
    "line",
    [
        "Nov 21 10:00:00 relay postfix/submission/smtpd[7]: 4bXyZ01: client=unknown[::1]",
        "2026-11-21T10:00:00.000000+00:00 relay postfix-out/smtpd[7]: 4bXyZ01: client=x, sasl=y",
        "<22>Nov 21 10:00:00 postfix/smtpd[7]: 4bXyZ01: client=unknown[127.0.0.1]:4242",
    ],
)
def test_forms_of_a_line(line: str) -> None:
    (event,) = relaylog.postfix(line.encode())
    assert event == relaylog.Event(relaylog.Step.BEGUN, "4bXyZ01", "7")


@pytest.mark.parametrize("line", [b"", b"\xff\xfe", b"kernel: hello", b"postfix/smtpd[7]: x: y"])
def test_other_lines_say_nothing(line: bytes) -> None:
    assert not [e for e in relaylog.postfix(line) if e.step is not relaylog.Step.MOVED_ON]


def test_it_waits_until_what_has_begun_is_decided(tmp_path: Path) -> None:
    path = tmp_path / "log"
    later = log_of(path, lines(BEGUN))
    clock = Clock(*[lambda: None] * 12, later(lines(NAMED, QUEUED)))
    assert read(path, "one@b.test", clock=clock) == {"one@b.test"}
    assert clock.waits > 12


def test_it_waits_until_the_log_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "log"
    later = log_of(path)
    half, rest = lines(BEGUN, NAMED, QUEUED)[:60], lines(BEGUN, NAMED, QUEUED)[60:]
    clock = Clock(later(half), later(rest))
    assert read(path, "one@b.test", clock=clock) == {"one@b.test"}


def test_others_who_send_all_the_time_do_not_hold_it_up(tmp_path: Path) -> None:
    path = tmp_path / "log"
    later = log_of(path, lines("smtpd 5 00000000: client=x"))
    busy = [later(lines(f"smtpd 5 {n:08X}: client=x")) for n in range(1, 200)]
    clock = Clock(*busy)
    assert read(path, "one@b.test", clock=clock) == set()
    assert clock.waits < 20


def test_a_relay_that_never_decides_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log_of(path, lines(BEGUN, NAMED))
    with pytest.raises(RelayError, match="does not say yet") as caught:
        read(path, "one@b.test")
    assert not caught.value.permanent


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RelayError, match="cannot be read"):
        read(tmp_path / "none", "one@b.test")


def test_older_files_are_read_first(tmp_path: Path) -> None:
    old, new = tmp_path / "mail.log.1", tmp_path / "mail.log"
    log_of(old, lines(BEGUN))
    log_of(new, lines(NAMED, QUEUED))
    log = relaylog.RelayLog([old, new], settle=1, pause=Clock().pause)
    assert log.accepted(["one@b.test"]) == {"one@b.test"}


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[str], set[str]]:
    """Sessions of a relay, interleaved; returns its log and what it took."""
    taken, streams, number = set(), [], 0
    for session in range(draw(st.integers(1, 4))):
        stream, pid = [], 10 + session
        for last in [False] * draw(st.integers(0, 4)) + [True]:
            number += 1
            queue_id = f"{number:08X}"
            stream.append(f"smtpd {pid} {queue_id}: client=x")
            named = f"cleanup 8 {queue_id}: message-id=<m{number}@b.test>"
            ending = draw(st.sampled_from(["taken", "refused", *(["lost", "cut"] if last else [])]))
            if ending != "cut":
                stream.append(named)
            if ending == "taken":
                taken.add(f"m{number}@b.test")
                if draw(st.booleans()):
                    stream.append(f"qmgr 9 {queue_id}: from=<x@b.test>, size=1, nrcpt=1")
            elif ending == "refused":
                stream.append(f"smtpd {pid} {queue_id}: reject: END-OF-MESSAGE from x: 554")
            else:
                stream.append(f"smtpd {pid} lost connection after DATA (9 bytes) from x")
        streams.append([*stream, f"smtpd {pid} disconnect from x"])
    log = []
    while any(streams):
        stream = draw(st.sampled_from([one for one in streams if one]))
        log.append(stream.pop(0))
    return log, taken


@given(histories())
@settings(deadline=None)
def test_any_interleaving_gives_what_the_relay_took(history: tuple[list[str], set[str]]) -> None:
    text, taken = history
    ledger = relaylog.Ledger([f"m{number}@b.test" for number in range(1, 30)])
    for line in lines(*text).splitlines():
        for event in relaylog.postfix(line.encode()):
            ledger.read(event)
    assert ledger.taken == taken
    assert not ledger.open_among(100)


# --- real relays, and a sender that is killed

_SENDER = """
import asyncio, sys
from bluelamp.channels.providers.email.tests.peers import open_session, recipients
async def main(port):
    session = await open_session(port, connections=5)
    print("ready", flush=True)
    for first in range(1, 5001, 100):
        await session.send_window(recipients(100, first=first))
asyncio.run(main(int(sys.argv[1])))
"""


def killed_after(port: int, log: Path, octets: int) -> None:
    """Send from a process of its own and kill that when the log has grown so much."""
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", _SENDER, str(port)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    end = log.stat().st_size + octets
    while log.stat().st_size < end and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


IDS = [one.message_id for one in recipients(5000)]


@contextmanager
def sink_process(log: Path) -> Iterator[int]:
    root = Path(sys.modules["simulators"].__path__[0]).parent
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.smtp_sink", "--log", str(log), "--delay", "0.003"],
        cwd=root,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    port = int(re.findall(rb'"port": (\d+)', process.stdout.readline())[0])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def test_after_a_kill_the_sinks_log_tells_what_it_took(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    with sink_process(log) as port:
        for octets in (2_000, 7_000, 15_000):
            killed_after(port, log, octets)
            reader = relaylog.RelayLog([log], relaylog.simulated, settle=0.2)
            known = reader.accepted(IDS)
            time.sleep(0.5)
            later = set(re.findall(r"^accept \S+ (\S+)$", log.read_text(), re.MULTILINE))
            assert known
            assert known == later & set(IDS)


async def test_the_sinks_log_knows_what_a_lost_answer_meant(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    faults = [Fault.parse("taken:drop:at=4"), Fault.parse("end:drop:at=9")]
    async with Sink(Manners(), faults, log=log) as sink:
        session = await open_session(sink.port, connections=1)
        outcomes = await session.send_window(recipients(20))
        await session.close()
        lost = {o.contact_point for o in outcomes if o.kind is OutcomeKind.UNKNOWN}
        reader = relaylog.RelayLog([log], relaylog.simulated, settle=0.05)
        ids = {recipient(point).message_id for point in lost}
        assert len(ids) == 2
        found = await asyncio.to_thread(reader.accepted, ids)
        assert found == {one for one in ids if sink.accepted[one]}
        assert len(found) == 1


def queued(log: Path) -> set[str]:
    """Message-IDs that Postfix's queue manager has had in hand: the proof of acceptance."""
    text = log.read_text()
    names = dict(re.findall(r"cleanup\[\d+\]: (\w+): message-id=<([^>]*)>", text))
    taken = re.findall(r"qmgr\[\d+\]: (\w+): from=", text)
    return {names[queue_id] for queue_id in taken if queue_id in names}


def test_after_a_kill_postfixs_log_tells_what_it_took() -> None:
    with ExitStack() as stack:
        relays = [stack.enter_context(postfix.running(long_ids=True))] * postfix.installed()
        for relay in relays:
            for octets in (5_000, 40_000, 90_000):
                killed_after(relay.port, relay.log, octets)
                known = relaylog.RelayLog([relay.log], settle=1.0).accepted(IDS)
                assert known
                _until_still(relay.log)
                assert known == queued(relay.log) & set(IDS)


def _until_still(log: Path) -> None:
    size = -1
    while size != log.stat().st_size:
        size = log.stat().st_size
        time.sleep(1)
