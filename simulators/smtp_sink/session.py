"""One client's connection."""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from .faults import DEAF, DROP, SILENT, Fault, Stage

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>\r\n]*)>", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"<([^>]*)>")
_NO_FAULTS: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Manners:
    """How the receiver behaves when nothing fails."""

    pipelining: bool = True
    esmtp: bool = True
    size: int = 0
    """Largest message, octets; 0: not declared."""
    smtputf8: bool = True
    starttls: bool = False
    """Offer STARTTLS; the sink then needs certificates."""
    auth: str = ""
    """``user:password`` that must be given before MAIL."""
    mechanisms: str = "PLAIN LOGIN"
    data_for_nobody: bool = False
    """Answer DATA with 354 although every recipient was refused."""
    dribble: bool = False
    """Send answers octet by octet, and several lines for each."""
    delay: float = 0.0
    """Seconds between the final dot and its answer."""


class Book(Protocol):
    """What the receiver writes down."""

    def connect(self, session: Session) -> None:
        """A client is there."""

    def greet(self, name: str, *, encrypted: bool) -> None:
        """A client has said EHLO."""

    def begin(self, session: int) -> None:
        """A body is asked for."""

    def accept(self, session: int, message_id: str, mail: bytes, rcpt: bytes, body: bytes) -> None:
        """A message is accepted."""

    def end(self, session: Session) -> None:
        """The connection has ended."""


class Session(asyncio.Protocol):
    """The receiver's side of one connection, strict about order and line ends."""

    def __init__(
        self,
        number: int,
        manners: Manners,
        faults: dict[Stage, list[Fault]],
        book: Book,
        context: ssl.SSLContext | None,
    ) -> None:
        self.number = number
        self._manners = manners
        self._faults = faults
        self._book = book
        self._context = context
        self._buffer = b""
        self._answers: list[bytes] = []
        self._mail: bytes | None = None
        self._recipients: list[bytes] = []
        self._in_data = False
        self._body_seen = False
        self._spoilt = False
        self._busy = False
        self._dead = False
        self._signed_in = not manners.auth
        self._login: list[bytes] | None = None
        self._transport: asyncio.Transport
        self._commands = {
            b"EHLO": self._ehlo, b"HELO": self._helo, b"STARTTLS": self._starttls,
            b"AUTH": self._auth, b"MAIL": self._on_mail, b"RCPT": self._rcpt, b"DATA": self._data,
            b"RSET": self._rset, b"NOOP": self._noop, b"QUIT": self._quit,
        }  # fmt: skip

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._book.connect(self)
        if not self._fails(Stage.CONNECT):
            self._answer(b"220 sink.example.test ESMTP")
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Work through whatever is complete."""
        self._buffer += data
        self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        """Write the end down."""
        self._dead = True
        self._book.end(self)

    def abort(self) -> None:
        """Hang up."""
        self._transport.abort()

    def say(self, data: bytes, *, hang_up: bool) -> None:
        """Send octets that nobody asked for."""
        self._transport.write(data)
        if hang_up:
            self._hang_up()

    def _work(self) -> None:
        while not self._busy and not self._dead:
            if not (self._take_body() if self._in_data else self._take_command()):
                break
        self._flush()

    def _take_command(self) -> bool:
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            return False
        self._buffer = rest
        if self._login is not None:
            self._continue_login(line)
            return True
        handler = self._commands.get(line[:8].split(b" ")[0].upper())
        if handler is None:
            self._answer(b"500 5.5.2 " + line[:20] + b" is no command")
        else:
            handler(line)
        return not self._busy

    def _take_body(self) -> bool:
        if not self._body_seen and self._buffer:
            self._body_seen = True
            self._spoilt = self._fails(Stage.BODY, self._about())
            if self._dead:
                return False
        if self._buffer.startswith(b".\r\n"):
            body, self._buffer = b"", self._buffer[3:]
        else:
            end = self._buffer.find(b"\r\n.\r\n")
            if end < 0:
                return False
            body, self._buffer = self._buffer[: end + 2], self._buffer[end + 5 :]
        self._in_data = False
        if self._spoilt:  # it is answered already
            self._mail, self._recipients = None, []
        elif self._manners.delay:
            self._busy = True
            asyncio.get_running_loop().call_later(self._manners.delay, self._decide_late, body)
        else:
            self._decide(body)
        return True

    def _decide_late(self, body: bytes) -> None:
        self._busy = False
        self._decide(body)
        self._work()

    # --- answers

    def _answer(self, line: bytes) -> None:
        if self._manners.dribble and b"\r\n" not in line:
            line = line[:3] + b"-wait for it\r\n" + line
        self._answers.append(line + b"\r\n")

    def _flush(self, *, whole: bool = False) -> None:
        if not self._answers or self._dead:
            return
        data = b"".join(self._answers)
        self._answers.clear()
        if self._manners.dribble and not whole:
            self._busy = True
            self._dribble(data)
        else:
            self._transport.write(data)

    def _dribble(self, data: bytes) -> None:
        """Three octets a turn of the loop; nothing new is read before the last has left."""
        if data and not self._transport.is_closing():
            self._transport.write(data[:3])
            asyncio.get_running_loop().call_soon(self._dribble_on, data[3:])

    def _dribble_on(self, data: bytes) -> None:
        self._busy = bool(data)
        self._dribble(data)
        if not data:
            self._work()

    def _fails(self, stage: Stage, about: bytes = b"") -> bool:
        for fault in self._faults.get(stage, _NO_FAULTS):
            if fault.strikes(about):
                self._fail(fault.action)
                return True
        return False

    def _fail(self, action: str) -> None:
        if action == DROP:
            self._hang_up()
        elif action in {SILENT, DEAF}:
            self._flush(whole=True)
            self._dead = True
            if action == DEAF:
                self._transport.pause_reading()
        else:
            self._answer(action.encode())
            if action.startswith("421"):
                self._hang_up()

    def _hang_up(self) -> None:
        self._flush(whole=True)
        self._dead = True
        self._transport.close()

    # --- commands

    def _ehlo(self, line: bytes) -> None:
        if not self._manners.esmtp:
            self._answer(b"502 5.5.1 EHLO is not known here")
        elif not self._fails(Stage.EHLO, line):
            self._book.greet(line[5:].decode("ascii", "replace"), encrypted=self._encrypted())
            words = [b"sink.example.test", b"8BITMIME", b"ENHANCEDSTATUSCODES", *self._abilities()]
            last = len(words) - 1
            lines = [b"250" + (b" " if i == last else b"-") + w for i, w in enumerate(words)]
            self._answers.append(b"\r\n".join(lines) + b"\r\n")

    def _abilities(self) -> list[bytes]:
        manners = self._manners
        able = {
            b"PIPELINING": manners.pipelining,
            b"SIZE %d" % manners.size: bool(manners.size),
            b"SMTPUTF8": manners.smtputf8,
            b"STARTTLS": manners.starttls and not self._encrypted(),
            b"AUTH " + manners.mechanisms.encode(): bool(manners.auth),
        }
        return [word for word, wanted in able.items() if wanted]

    def _encrypted(self) -> bool:
        return self._transport.get_extra_info("ssl_object") is not None

    def _helo(self, line: bytes) -> None:
        del line
        self._answer(b"250 sink.example.test")

    def _starttls(self, line: bytes) -> None:
        if self._fails(Stage.STARTTLS, line):
            return
        self._answer(b"220 2.0.0 Go ahead")
        self._flush()
        self._busy = True
        self._task = asyncio.get_running_loop().create_task(self._upgrade())

    async def _upgrade(self) -> None:
        if self._context is None:
            raise RuntimeError("STARTTLS is offered, but there is no certificate.")
        loop = asyncio.get_running_loop()
        self._buffer = b""  # whatever came before TLS is not believed
        try:
            transport = await loop.start_tls(self._transport, self, self._context, server_side=True)
        except (OSError, ssl.SSLError):
            return
        self._transport = cast("asyncio.Transport", transport)
        self._busy = False
        self._work()

    def _auth(self, line: bytes) -> None:
        if self._fails(Stage.AUTH, line):
            return
        mechanism, _, initial = line[5:].partition(b" ")
        if mechanism.upper() == b"LOGIN":
            self._login = [b64decode(initial)] if initial else []
            self._answer(b"334 UGFzc3dvcmQ6" if initial else b"334 VXNlcm5hbWU6")
        else:
            user, _, password = b64decode(initial)[1:].partition(b"\0")
            self._judge(user, password)

    def _continue_login(self, line: bytes) -> None:
        given = [*(self._login or ()), b64decode(line)]
        if len(given) < 2:
            self._login = given
            self._answer(b"334 UGFzc3dvcmQ6")
            return
        user, password = given
        self._login = None
        self._judge(user, password)

    def _judge(self, user: bytes, password: bytes) -> None:
        self._signed_in = user + b":" + password == self._manners.auth.encode()
        good = b"235 2.7.0 Welcome"
        self._answer(good if self._signed_in else b"535 5.7.8 Wrong user or password")

    def _on_mail(self, line: bytes) -> None:
        if self._fails(Stage.MAIL, line):
            return
        if not self._signed_in:
            self._answer(b"530 5.7.0 Sign in first")
        elif self._mail is not None:
            self._answer(b"503 5.5.1 Nested MAIL")
        else:
            self._mail = line
            self._answer(b"250 2.1.0 Ok")

    def _rcpt(self, line: bytes) -> None:
        if self._fails(Stage.RCPT, line):
            return
        if self._mail is None:
            self._answer(b"503 5.5.1 MAIL first")
        else:
            self._recipients.append(line)
            self._answer(b"250 2.1.5 Ok")

    def _data(self, line: bytes) -> None:
        if self._fails(Stage.DATA, self._about()):
            return
        if not self._recipients and not (self._manners.data_for_nobody and self._mail):
            self._answer(b"503 5.5.1 RCPT first" if self._mail else b"503 5.5.1 MAIL first")
            return
        self._in_data, self._body_seen = True, False
        self._book.begin(self.number)
        self._answer(b"354 End data with <CR><LF>.<CR><LF>")

    def _about(self) -> bytes:
        return self._recipients[0] if self._recipients else b""

    def _decide(self, body: bytes) -> None:
        mail, recipients = self._mail or b"", self._recipients
        about = self._about()
        self._mail, self._recipients = None, []
        if self._fails(Stage.END, about):
            return
        if not recipients:
            self._answer(b"554 5.5.1 No recipients")
            return
        found = _MESSAGE_ID.search(body, 0, 8192)
        message_id = found[1].decode("ascii", "replace") if found else ""
        self._book.accept(self.number, message_id, _path(mail), _path(recipients[0]), body)
        if not self._fails(Stage.TAKEN, about):
            self._answer(b"250 2.0.0 Ok: taken")

    def _rset(self, line: bytes) -> None:
        if not self._fails(Stage.RSET, line):
            self._mail, self._recipients = None, []
            self._answer(b"250 2.0.0 Ok")

    def _noop(self, line: bytes) -> None:
        del line
        self._answer(b"250 2.0.0 Ok")

    def _quit(self, line: bytes) -> None:
        if not self._fails(Stage.QUIT, line):
            self._answer(b"221 2.0.0 Bye")
            self._hang_up()


def _path(command: bytes) -> bytes:
    found = _PATH.search(command)
    return found[1] if found else b""
