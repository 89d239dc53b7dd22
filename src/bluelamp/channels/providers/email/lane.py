"""One connection's share of a window: mail transactions, pipelined (RFC 2920).

A message takes one round trip: its body, with the envelope of the next message behind it,
leaves in one write, and the answers to both come back together.

::

    C: <body of k> .  MAIL k+1  RCPT k+1  DATA
    S: 250 (k)  250  250  354

DATA is the last command of a group as RFC 2920 section 3.1 wants it, and a body is
written only after its own 354.  So at most one body a connection is ever on its way
without an answer, which bounds both the memory and what a broken connection leaves unknown.
"""

from __future__ import annotations

import asyncio
from collections import deque
from enum import IntEnum
from typing import NamedTuple, Protocol

from bluelamp.channels.contract import Outcome, OutcomeKind, Recipient

from . import addresses
from .errors import SlotError
from .greeting import Abilities
from .replies import Reply, outcome_of
from .template import Template
from .values import Timeouts
from .wire import Wire


class Work(Protocol):
    """Where recipients come from and outcomes go."""

    def next(self) -> Recipient | None:
        """Return the next recipient to start, or ``None`` if there is none now."""

    def finish(self, outcome: Outcome) -> None:
        """Take the one outcome of a recipient."""

    def put_back(self, recipient: Recipient, reply: Reply | None, why: str) -> None:
        """Take back a recipient for whom nothing was sent but an envelope."""


class Stage(IntEnum):
    """What a reply answers."""

    RESET = 0
    MAIL = 1
    RECIPIENT = 2
    DATA = 3
    END = 4  # the final dot of a body
    EMPTY_END = 5  # the final dot of no body: the recipient was refused, yet DATA was taken


class _Letter(NamedTuple):
    recipient: Recipient
    envelope: bytes
    """MAIL, RCPT and DATA, each with its line break."""
    body: bytes


_ENVELOPE = (Stage.MAIL, Stage.RECIPIENT, Stage.DATA)
_ROUND = [Stage.END, *_ENVELOPE]
"""What a round trip asks where all goes well."""
_END = b".\r\n"
_RESET = b"RSET\r\n"
_COMMANDS = b"MAIL FROM:<%b>%b\r\nRCPT TO:<%b>\r\nDATA\r\n"


class Lane:
    """Sends what ``work`` hands out over one open connection, until that is lost or closed."""

    def __init__(
        self, wire: Wire, abilities: Abilities, template: Template, work: Work, timeouts: Timeouts
    ) -> None:
        self.gone = asyncio.Event()
        """Set once the connection has ended; every recipient has then been given back."""
        self.progress = False
        """Whether the relay has decided about any recipient on this connection."""
        self.why = ""
        """Why the connection ended."""
        self._wire = wire
        self._plain = not wire.encrypted
        self._abilities = abilities
        self._template = template
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._timeouts = timeouts
        command, end = timeouts.command, timeouts.data_end
        self._limits = (command, command, command, timeouts.data_start, end, end)  # by stage
        self._expected: deque[Stage] = deque()
        self._held: deque[tuple[Stage, bytes]] = deque()  # for a relay without PIPELINING
        self._asked: _Letter | None = None  # its envelope is written
        self._sent: _Letter | None = None  # its body is written, the answer is due
        self._verdict: Reply | None = None  # why the asked one is refused
        self._dirty = False  # a transaction is open that must be reset
        self._tail = 0  # octets written behind the last final dot
        self._over = False
        self._closing = False
        self._deadline = float("inf")
        self._unsent = 0
        self._timer = self._loop.call_later(self._pulse(), self._tick)
        wire.attach(self)

    # --- what the session calls

    def wake(self) -> None:
        """Begin with the next recipient if nothing is under way."""
        if self._asked is None and self._sent is None and not self._expected:
            self._go_on()
            self._set_deadline()
            self._quit_if_idle()

    async def close(self) -> None:
        """Say QUIT once nothing is under way, and wait until the relay has closed."""
        self._closing = True
        self.wake()
        try:
            async with asyncio.timeout(self._timeouts.quit):
                await self._wire.gone.wait()
        except TimeoutError:
            self._wire.fail("closed by us")

    @property
    def unsent(self) -> int:
        """Octets that the relay has not read and the operating system has not taken."""
        return 0 if self._wire.gone.is_set() else self._wire.unsent()

    def _quit_if_idle(self) -> None:
        idle = self._asked is None and self._sent is None and not self._expected
        if self._closing and idle and not self._over:
            self._over = True
            self._wire.write(b"QUIT\r\n")

    # --- writing

    def _go_on(self, body: bytes = b"") -> None:
        """Write ``body`` with its final dot, and behind it the next envelope."""
        if self._over:
            return
        letter = self._next_letter()
        if not self._abilities.pipelining:
            self._go_on_in_steps(body, letter)
            return
        self._asked = letter
        envelope = self._envelope(letter) if letter else b""
        if body:
            self._expected.append(Stage.END)
            self._tail = len(envelope)
            envelope = body + _END + envelope
        if letter:
            self._expected.extend(_ENVELOPE)
        if envelope:
            self._wire.write(envelope)

    def _envelope(self, letter: _Letter) -> bytes:
        if not self._dirty:
            return letter.envelope
        self._dirty = False
        self._expected.append(Stage.RESET)
        return _RESET + letter.envelope

    def _go_on_in_steps(self, body: bytes, letter: _Letter | None) -> None:
        self._asked = letter
        if body:
            self._tail = 0
            self._held.append((Stage.END, body + _END))
        if letter:
            if self._dirty:
                self._dirty = False
                self._held.append((Stage.RESET, _RESET))
            commands = letter.envelope.splitlines(keepends=True)
            self._held.extend(zip(_ENVELOPE, commands, strict=True))
        self._step()

    def _step(self) -> None:
        if self._held and not self._expected and not self._over:
            stage, data = self._held.popleft()
            self._expected.append(stage)
            self._wire.write(data)

    def _next_letter(self) -> _Letter | None:
        while (recipient := self._work.next()) is not None:
            try:
                return self._letter(recipient)
            except SlotError as error:
                self._work.finish(
                    Outcome(
                        recipient.contact_point, OutcomeKind.REFUSED, 0, error.status, str(error)
                    )
                )
        return None

    def _letter(self, recipient: Recipient) -> _Letter:
        to = addresses.recipient_address(recipient.address)
        body = self._template.fill(to, addresses.message_id(recipient.message_id), recipient.slots)
        parameters = self._parameters(to, len(body))
        path = addresses.return_path(recipient.return_path)
        return _Letter(recipient, _COMMANDS % (path, parameters, to), body)

    def _parameters(self, to: bytes, size: int) -> bytes:
        """Return what stands behind MAIL's path (RFC 1870, RFC 6531)."""
        able, parameters = self._abilities, b""
        if able.size is not None:
            if 0 < able.size < size:
                raise SlotError(f"The relay takes {able.size} octets at most.", status="5.3.4")
            parameters = b" SIZE=%d" % size
        if not to.isascii():
            if not able.smtputf8:
                raise SlotError("The relay takes no such address (SMTPUTF8).", status="5.6.7")
            parameters += b" BODY=8BITMIME SMTPUTF8"
        return parameters

    # --- the wire's side

    def received(self, replies: list[Reply], *, partial: bool) -> None:
        """Match replies with what was asked, in order."""
        if not partial and self._round(replies):
            return
        last = len(replies) - 1
        for position, reply in enumerate(replies):
            if self._over:
                return
            if reply.code == 421:
                self._shut_down(reply)
            elif not self._expected:
                self._violation(f"{reply} was answered before it was asked")
            else:
                stage = self._expected.popleft()
                self._answers[stage](self, reply, position == last and not partial)
        self._set_deadline()
        if self._closing:
            self._quit_if_idle()

    def _round(self, replies: list[Reply]) -> bool:
        """Take a whole round trip in which all went well; say whether it was one.

        Nearly all are.  Answer by answer the same takes twice as long, and a deferral, a refusal
        or anything odd is left to that.
        """
        if len(replies) != len(_ROUND) or list(self._expected) != _ROUND or self._closing:
            return False
        end, mail, recipient, data = replies
        well = end.code < 300 and mail.code < 300 and recipient.code < 300 and data.code == 354
        sent = self._sent
        if not well or sent is None or self._asked is None or self._is_early():
            return False
        self._expected.clear()
        self._sent, self._asked = self._asked, None
        self.progress = True
        self._work.finish(outcome_of(sent.recipient.contact_point, end))
        self._go_on(self._sent.body)
        self._set_deadline()
        return True

    def _is_early(self) -> bool:
        """Say whether a message is answered whose final dot has not left this machine."""
        return self._plain and self._wire.unsent() > self._tail

    def resumed(self) -> None:
        """The relay reads again."""
        self._set_deadline()

    def lost(self, why: str) -> None:
        """Give back what is under way: a body without answer is unknown, the rest is not."""
        self._over = True
        self._timer.cancel()
        self.why = self.why or why or "the relay closed the connection"
        if self._sent:
            self._finish(self._sent, OutcomeKind.UNKNOWN, f"No answer: {self.why}.")
            self._sent = None
        self._give_back(None)
        self.gone.set()

    def _give_back(self, reply: Reply | None) -> None:
        letter, self._asked = self._asked, None
        if letter and self._verdict:
            self._work.finish(outcome_of(letter.recipient.contact_point, self._verdict))
        elif letter:
            self._work.put_back(letter.recipient, reply, self.why)

    def _finish(self, letter: _Letter, kind: OutcomeKind, detail: str) -> None:
        self._work.finish(Outcome(letter.recipient.contact_point, kind, 0, "", detail))

    # --- answers

    def _on_reset(self, reply: Reply, last: bool) -> None:
        del last
        if reply.code >= 300:
            self._violation(f"RSET was answered {reply}")
        self._step()

    def _on_envelope(self, reply: Reply, last: bool) -> None:
        del last
        if 300 <= reply.code < 400 or self._out_of_step(reply):
            self._violation(f"MAIL or RCPT was answered {reply}")
        elif reply.code >= 400:
            self._verdict = self._verdict or reply
            if not self._abilities.pipelining:
                self._held.clear()
                self._refused(reply)
        self._step()

    def _on_data(self, reply: Reply, last: bool) -> None:
        if reply.code >= 400 and not self._out_of_step(reply):
            self._refused(reply)
        elif reply.code != 354 or not last:
            self._violation(f"DATA was answered {reply}" + ("" if last else " and more"))
        elif self._verdict:  # RFC 2920 section 3.1: it takes data for nobody
            self._expected.append(Stage.EMPTY_END)
            self._wire.write(_END)
        else:
            self._sent, self._asked = self._asked, None
            self._go_on(self._sent.body if self._sent else b"")

    def _out_of_step(self, reply: Reply) -> bool:
        """Say whether the relay thinks that our commands come in a wrong order.

        After a refusal it must; before one, it and we disagree about what was said, and that
        is no verdict on a recipient.
        """
        return reply.code == 503 and self._verdict is None

    def _refused(self, reply: Reply) -> None:
        """The asked recipient is decided without a body; the transaction may still be open."""
        self._dirty = True
        self._decide(self._verdict or reply)
        self._go_on()

    def _on_empty_end(self, reply: Reply, last: bool) -> None:
        del last
        self._decide(self._verdict or reply)
        self._go_on()

    def _decide(self, reply: Reply) -> None:
        self.progress = True
        letter, self._asked, self._verdict = self._asked, None, None
        if letter:
            self._work.finish(outcome_of(letter.recipient.contact_point, reply))

    def _on_end(self, reply: Reply, last: bool) -> None:
        del last
        early = reply.code < 300 and self._is_early()
        if 300 <= reply.code < 400 or early:
            self._violation(f"a message was answered {reply}" + " too early" * early)
            return
        letter, self._sent = self._sent, None
        self.progress = True
        if letter:
            self._work.finish(outcome_of(letter.recipient.contact_point, reply))
        if not self._abilities.pipelining:
            self._step()
        if self._asked is None:
            self._go_on()

    # by stage; a tuple, because looking up an enum in a dict runs its hash in Python
    _answers = (_on_reset, _on_envelope, _on_envelope, _on_data, _on_end, _on_empty_end)

    def _shut_down(self, reply: Reply) -> None:
        """End the connection: 421 answers whatever was asked first (RFC 5321 section 3.8).

        A body that it answers was not taken.
        """
        self.why = str(reply)
        self._over = True
        if self._sent:
            self._work.finish(outcome_of(self._sent.recipient.contact_point, reply))
            self._sent = None
        self._give_back(reply)
        self._wire.fail(self.why)

    def _violation(self, what: str) -> None:
        self._wire.fail(f"the relay broke the protocol: {what}")

    # --- time

    def _set_deadline(self) -> None:
        if not self._expected:
            self._deadline = float("inf")
            return
        blocked = self._wire.paused
        limit = self._timeouts.data_block if blocked else self._limits[self._expected[0]]
        self._deadline = self._loop.time() + limit

    def _pulse(self) -> float:
        times = self._timeouts
        return min(times.command, times.data_start, times.data_block, times.data_end, 20.0) / 4

    def _tick(self) -> None:
        if self._over:
            return
        unsent = self._wire.unsent()
        if unsent < self._unsent:
            self._set_deadline()  # a slow reader, but it reads
        self._unsent = unsent
        if self._loop.time() >= self._deadline:
            self._time_out(unsent)
        else:
            self._timer = self._loop.call_later(self._pulse(), self._tick)

    def _time_out(self, unsent: int) -> None:
        """Give up.  A final dot that has not left this machine cannot have been accepted."""
        self.why = "the relay did not answer in time"
        if self._sent and unsent > self._tail and self._plain:
            self._finish(self._sent, OutcomeKind.DEFERRED, "The relay stopped reading.")
            self._sent = None
        self._wire.fail(self.why)
