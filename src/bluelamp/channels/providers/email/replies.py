"""SMTP replies: cut out of the stream, and what they mean for a recipient."""

from __future__ import annotations

import re
from typing import NamedTuple

from bluelamp.channels.contract import Outcome, OutcomeKind

from .errors import RelayError

_LINE_LIMIT = 8192
"""RFC 5321 section 4.5.3.1.5 allows 512; anything near this is not SMTP."""
_LINES_LIMIT = 200
_KNOWN_LIMIT = 16
_SHAPE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(rb"^([245])\.\d{1,3}\.\d{1,3}(?=\s|$)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\"'(),:;=]+@[^\s<>\"'(),:;]+")
_DETAIL_LIMIT = 200


class Reply(NamedTuple):
    """One complete reply."""

    code: int
    text: bytes
    """Its lines without codes, joined by line feeds."""

    @property
    def status(self) -> str:
        """Enhanced status (RFC 2034) if a line begins with one whose class fits the code."""
        for found in _STATUS.finditer(self.text):
            if int(found[1]) == self.code // 100:
                return found[0].decode()
        return ""

    @property
    def detail(self) -> str:
        """The words without status and addresses, at most 200 characters."""
        lines = (_STATUS.sub(b"", line, count=1) for line in self.text.split(b"\n"))
        words = b" ".join(lines).decode(errors="replace").split()
        return without_addresses(" ".join(words))[:_DETAIL_LIMIT]

    def __str__(self) -> str:
        return f"{self.code} {self.status} {self.detail}".replace("  ", " ").strip()


class ReplyParser:
    """Cuts a byte stream into replies; a multi-line reply counts once it is whole."""

    __slots__ = ("_known", "_lines", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._known: dict[bytes, Reply] = {}  # a relay says the same few things again and again

    @property
    def pending(self) -> bool:
        """Whether part of a reply has come in."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """Return the replies that ``data`` completes.

        Lines that end in LF alone are taken, as Postfix and others do.

        :raises RelayError: if this is not SMTP.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > _LINE_LIMIT:
            raise RelayError("The relay sent a line without end.")
        replies = []
        for line in lines:
            reply = None if self._lines else self._known.get(line)
            if reply is None:
                reply = self._line(line)
            if reply is not None:
                replies.append(reply)
        return replies

    def _line(self, raw: bytes) -> Reply | None:
        line = raw.rstrip(b"\r")
        found = _SHAPE.fullmatch(line)
        if found is None:
            raise RelayError(f"The relay does not speak SMTP: {clean(line)!r}.")
        code, mark, text = found.groups(b"")
        if mark == b"-":
            self._lines.append(text)
            if len(self._lines) > _LINES_LIMIT:
                raise RelayError("The relay sent a reply without end.")
            return None
        if self._lines:
            text = b"\n".join([*self._lines, text])
            self._lines.clear()
            return Reply(int(code), text)
        reply = Reply(int(code), text)
        if len(self._known) < _KNOWN_LIMIT:
            self._known[raw] = reply
        return reply


def clean(line: bytes) -> str:
    """Return a line from the relay so that it can stand in a sentence."""
    return without_addresses(line[:80].decode("ascii", "replace"))


def without_addresses(text: str) -> str:
    """Return ``text`` with mail addresses taken out: it goes into logs and pages."""
    return _ADDRESS.sub("…", text)


def outcome_of(contact_point: int, reply: Reply) -> Outcome:
    """Return what a final 2xx, 4xx or 5xx reply means for a recipient."""
    if reply.code < 300:
        return Outcome(contact_point, OutcomeKind.ACCEPTED, reply.code)
    kind = OutcomeKind.DEFERRED if reply.code < 500 else OutcomeKind.REFUSED
    return Outcome(contact_point, kind, reply.code, reply.status, reply.detail)
