"""Asks a relay's log which of our messages it took, after a death left that open.

A body is only ever written after its 354, so every message whose body may still be on its
way is one for which the relay has begun a transaction in its log.  The reader notes
the transactions that are open when it first looks and waits until each is decided; from
then on, what the log does not show as taken was not taken.

In Postfix's log no line says "accepted": cleanup's ``message-id=`` is written while the
body is still coming in, and the queue manager's ``from=`` can come an hour late when its
active queue is full.  What does say so is what the same smtpd process does next: if it
goes on to another command or client without having rejected the message or lost it in
DATA, it has answered 250.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from .errors import RelayError


class Step(StrEnum):
    """What a line of a log says."""

    BEGUN = "begun"  # a session has begun a transaction; the one before is over
    NAMED = "named"  # the transaction carries this Message-ID
    TAKEN = "taken"  # the relay answers for the message
    DROPPED = "dropped"  # it does not
    MOVED_ON = "moved on"  # the session has gone on to something else, or ended
    LOST = "lost"  # the session ended in the middle of its transaction
    RESTARTED = "restarted"  # every session is over


class Event(NamedTuple):
    """One step of a transaction; what a step does not tell is empty."""

    step: Step
    transaction: str = ""
    session: str = ""
    message_id: str = ""


Dialect = Callable[[bytes], Iterable[Event]]
"""Reads one line of a log."""

_POSTFIX = re.compile(
    rb"postfix[^/\s]*/(?:[^/\s\[]+/)?(smtpd|cleanup|qmgr|master)\[(\d+)\]: "
    rb"(?:(?!(?:warning|fatal|panic|error):)(NOQUEUE|[0-9A-Za-z]{6,}): )?(.*)"
)
_MESSAGE_ID = re.compile(r"(?:resent-)?message-id=<([^>]*)>")
_CUT_OFF = re.compile(r"(?:lost connection|timeout) after DATA")
_REJECTED = re.compile(r"(?:milter-|proxy-)?reject: (?:DATA|END-OF-MESSAGE|header|body)")
_UNWRITTEN = re.compile(r"warning: ([0-9A-Za-z]{6,}): (?:queue file size|write queue file)")
_KILLED = re.compile(r"warning: process \S+ pid (\d+) (?:killed|exit)")


def postfix(line: bytes) -> Iterator[Event]:
    """Read a line of Postfix's log: 2.x and 3.x, short or long queue ids, any syslog format."""
    found = _POSTFIX.search(line)
    if found is not None:
        words = [part.decode("ascii", "replace") for part in found.groups(b"")]
        program, pid, queue_id, rest = words
        yield from _PROGRAMS[program](pid, queue_id, rest.rstrip())


def _smtpd(pid: str, queue_id: str, rest: str) -> Iterator[Event]:
    if rest.startswith("client="):
        yield Event(Step.BEGUN, queue_id, pid)
    elif _CUT_OFF.match(rest):
        yield Event(Step.LOST, session=pid)
    elif queue_id and queue_id != "NOQUEUE":
        if _REJECTED.match(rest):
            yield Event(Step.DROPPED, queue_id)
    elif queue_id or rest.startswith(("lost connection", "timeout", "disconnect", "connect")):
        yield Event(Step.MOVED_ON, session=pid)


def _cleanup(pid: str, queue_id: str, rest: str) -> Iterator[Event]:
    del pid
    named = _MESSAGE_ID.match(rest)
    unwritten = _UNWRITTEN.match(rest)
    if queue_id and named:
        yield Event(Step.NAMED, queue_id, message_id=named[1])
    elif queue_id and _REJECTED.match(rest):
        yield Event(Step.DROPPED, queue_id)
    elif unwritten:
        yield Event(Step.DROPPED, unwritten[1])


def _qmgr(pid: str, queue_id: str, rest: str) -> Iterator[Event]:
    del pid
    if queue_id and rest.startswith("from="):
        yield Event(Step.TAKEN, queue_id)


def _master(pid: str, queue_id: str, rest: str) -> Iterator[Event]:
    del pid, queue_id
    killed = _KILLED.match(rest)
    if killed:
        yield Event(Step.LOST, session=killed[1])
    elif rest.startswith("daemon started"):
        yield Event(Step.RESTARTED)


_PROGRAMS = {"smtpd": _smtpd, "cleanup": _cleanup, "qmgr": _qmgr, "master": _master}


def simulated(line: bytes) -> Iterator[Event]:
    """Read a line of the simulated receiver: ``begin S``, ``accept S ID``, ``end S``."""
    words = line.decode("ascii", "replace").split()
    if len(words) == 2 and words[0] == "begin":
        yield Event(Step.BEGUN, words[1], words[1])
    elif len(words) == 3 and words[0] == "accept":
        yield Event(Step.NAMED, words[1], message_id=words[2])
        yield Event(Step.TAKEN, words[1])
    elif len(words) == 2 and words[0] == "end":
        yield Event(Step.LOST, session=words[1])


class Ledger:
    """What a log has said so far about some Message-IDs."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.taken: set[str] = set()
        """Those that the relay took."""
        self.begun = 0
        """How many transactions have begun."""
        self._wanted = frozenset(wanted)
        self._names: dict[str, str] = {}  # transaction -> Message-ID, wanted ones only
        self._open: dict[str, tuple[str, int]] = {}  # session -> its transaction, its number

    def read(self, event: Event) -> None:
        """Take one event in."""
        self._readers[event.step](self, event)

    def open_among(self, first: int) -> bool:
        """Say whether any of the ``first`` transactions is still open."""
        return any(number <= first for _, number in self._open.values())

    def _on_begun(self, event: Event) -> None:
        self._release(event.session)
        self.begun += 1
        self._open[event.session] = (event.transaction, self.begun)
        self._names.pop(event.transaction, None)  # short queue ids are used again

    def _on_named(self, event: Event) -> None:
        if event.message_id in self._wanted:
            self._names[event.transaction] = event.message_id

    def _on_taken(self, event: Event) -> None:
        name = self._names.get(event.transaction)
        if name is not None:
            self.taken.add(name)
        self._close(event.transaction)

    def _on_dropped(self, event: Event) -> None:
        self._names.pop(event.transaction, None)
        self._close(event.transaction)

    def _on_moved_on(self, event: Event) -> None:
        self._release(event.session)

    def _on_lost(self, event: Event) -> None:
        self._open.pop(event.session, None)  # its name stays: the queue manager may know better

    def _on_restarted(self, event: Event) -> None:
        del event
        self._open.clear()

    _readers = {
        Step.BEGUN: _on_begun,
        Step.NAMED: _on_named,
        Step.TAKEN: _on_taken,
        Step.DROPPED: _on_dropped,
        Step.MOVED_ON: _on_moved_on,
        Step.LOST: _on_lost,
        Step.RESTARTED: _on_restarted,
    }

    def _release(self, session: str) -> None:
        """The session goes on, so it has answered its last transaction, and not with a refusal."""
        transaction, _ = self._open.pop(session, ("", 0))
        name = self._names.get(transaction)
        if name is not None:
            self.taken.add(name)

    def _close(self, transaction: str) -> None:
        for session, (its, _) in self._open.items():
            if its == transaction:
                del self._open[session]
                return


class RelayLog:
    """A log on this machine, in one file or in several, the oldest first.

    :param settle: seconds for which the log must show nothing of ours before silence
        counts: it is written by another process than the one that acts.
    :param patience: seconds after which to give up.
    """

    def __init__(
        self,
        files: Sequence[Path],
        dialect: Dialect = postfix,
        *,
        settle: float = 1.0,
        patience: float = 60.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._files = files
        self._dialect = dialect
        self._settle = settle
        self._patience = patience
        self._pause = pause

    def accepted(self, message_ids: Collection[str]) -> frozenset[str]:
        """Return those that the relay has taken; the others were not and never will be.

        Call it when the connections over which they were sent are closed.

        :param message_ids: without angle brackets.
        :raises RelayError: if the log cannot be read, or after ``patience`` the relay
            still works on something it had begun (temporary: ask again later).
        """
        ledger, tail = Ledger(message_ids), _Tail(self._files)
        self._take(ledger, tail)
        first, waited, quiet = ledger.begun, 0.0, 0.0
        step = max(self._settle / 4, 0.01)
        while quiet < self._settle or ledger.open_among(first):
            if waited >= self._patience:
                raise RelayError("The relay's log does not say yet what became of some messages.")
            self._pause(step)
            waited += step
            quiet = 0.0 if self._take(ledger, tail) else quiet + step
            if quiet < self._settle:
                first = ledger.begun
        return frozenset(ledger.taken)

    def _take(self, ledger: Ledger, tail: _Tail) -> bool:
        """Read on; say whether more of our messages were taken."""
        before = len(ledger.taken)
        for line in tail.lines():
            for event in self._dialect(line):
                ledger.read(event)
        return len(ledger.taken) != before


class _Tail:
    """Lines of files, and later what has been added to the newest."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._older = list(files[:-1])
        self._newest = files[-1]
        self._offset = 0

    def lines(self) -> Iterator[bytes]:
        """Yield what was not yet read, whole lines only.

        :raises RelayError: if a file cannot be read.
        """
        try:
            for path in self._older:
                with path.open("rb") as older:
                    yield from older
            self._older.clear()
            with self._newest.open("rb") as newest:
                newest.seek(self._offset)
                for line in newest:
                    if line.endswith(b"\n"):
                        self._offset += len(line)
                        yield line
        except OSError as error:
            raise RelayError(f"The relay's log cannot be read: {error.strerror}.") from error
