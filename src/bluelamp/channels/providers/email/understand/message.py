"""From bytes to a mail that can be read without fear.

Real mail is truncated, mislabelled and malformed; nothing here raises for any
bytes.  Sizes are capped so that a hostile mail costs bounded work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from functools import cached_property

from .addresses import first
from .markup import html_to_text

MAX_BYTES = 8_000_000
MAX_TEXT = 120_000
"""Characters of one part that are read; reports are far smaller."""
MAX_PARTS = 200
MAX_LINES, MAX_LINE = 3_000, 1_200
""":attr:`Mail.report` reads so many lines of so many characters."""

_ISO_2022 = re.compile(rb"\x1b[$(][@BIJ(]")
_FOREIGN_HEADER = re.compile(rb"^[^\s:]*[\x80-\xff][^\s:]*:.*(?:\n[ \t].*)*\n?", re.MULTILINE)
_GUESSES = ("utf-8", "cp932", "euc_jp", "cp1252")


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Text of ``data``: by its label, else by the first charset that fits."""
    if _ISO_2022.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    label = [charset] if charset and charset.lower() not in ("us-ascii", "ascii") else []
    for name in (*label, *_GUESSES):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def decode_words(value: str) -> str:
    """A header value with its RFC 2047 words decoded and its folds undone."""
    unfolded = " ".join(_lossless(value).split())
    if "=?" not in unfolded:
        return unfolded
    try:
        pieces = decode_header(unfolded)
    except Exception:  # the standard library raises several kinds for broken words
        return unfolded
    return "".join(
        decode_bytes(piece, charset) if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _lossless(value: object) -> str:
    """Header bytes outside ASCII arrive as surrogates: read them as bytes again."""
    text = str(value)
    try:
        return decode_bytes(text.encode("ascii", "surrogateescape"), None)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8", "replace")


def bare_id(value: str) -> str:
    """The first message identifier in ``value``, without angle brackets."""
    found = re.search(r"<\s*([^<>\s]{1,998})\s*>", value)
    return found.group(1) if found else value.strip().split(" ")[0].strip("<>")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail, decoded."""

    type: str
    text: str


class Mail:
    """A mail with decoded headers and parts; reading it never raises."""

    def __init__(self, message: Message) -> None:
        self.message = message

    @classmethod
    def read(cls, raw: bytes) -> Mail:
        """Parse at most :data:`MAX_BYTES` of any bytes."""
        data = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
        if data.startswith((b"From ", b">From ")):  # mbox separator
            data = data.partition(b"\n")[2]
        data = _without_foreign_headers(data)
        try:
            return cls(message_from_bytes(data))
        except (RecursionError, Exception):  # hostile nesting, broken encodings
            return cls(BytesHeaderParser().parsebytes(data))

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty where absent."""
        value = self.message.get(name)
        return "" if value is None else decode_words(value)

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """``(display name, address)`` of an address header.

        Names are decoded after the header is taken apart: an encoded comma is
        not a separator.
        """
        value = self.message.get(name)
        try:
            pairs = getaddresses(["" if value is None else " ".join(_lossless(value).split())])
        except Exception:  # broken address syntax, differently in each Python version
            return []
        return [(decode_words(label), address) for label, address in pairs]

    def address(self, name: str) -> str:
        """The first address of a header, or empty."""
        found = [address for _, address in self.addresses(name) if "@" in address]
        return found[0] if found else first(self.header(name))

    @cached_property
    def type(self) -> str:
        """Content type of the whole, lower case."""
        return self.message.get_content_type()

    def parameter(self, name: str) -> str:
        """A parameter of Content-Type, lower case."""
        try:
            return str(self.message.get_param(name) or "").lower()
        except Exception:  # RFC 2231 rubbish
            return ""

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The leaves in order.  Reports and returned headers stay source text."""
        return tuple(_leaves(self.message))

    def nested_report(self) -> Mail | None:
        """A whole delivery report that this mail returns or wraps, or ``None``."""
        parts = (
            p for p in _descendants(self.message) if p.get_content_type() == "multipart/report"
        )
        return next((Mail(part) for part in parts), None)

    def nested(self, content_type: str) -> list[str]:
        """Texts of the parts of a type at any depth, inside returned messages too."""
        parts = _descendants(self.message)
        return [_text_of(part) for part in parts if part.get_content_type() == content_type]

    def inner(self, name: str) -> str:
        """The first such header that a part carries as its own, a returned message's head."""
        found = (part.get(name) for part in _descendants(self.message))
        return next((decode_words(value) for value in found if value), "")

    @cached_property
    def prose(self) -> str:
        """Everything written for human eyes before the returned message."""
        return "\n".join(_readable(self.parts))[:MAX_TEXT]

    @cached_property
    def report(self) -> str:
        """:attr:`prose` in lines no program's report exceeds, so that reading is cheap."""
        lines = self.prose.split("\n")[:MAX_LINES]
        return "\n".join(line[:MAX_LINE].rstrip() for line in lines)


def _without_foreign_headers(data: bytes) -> bytes:
    """Header lines with a name outside ASCII would end the head for the parser."""
    head, gap, body = data.partition(b"\n\n")
    return _FOREIGN_HEADER.sub(b"", head) + gap + body


def _children(message: Message) -> list[Message]:
    payload = message.get_payload() if message.is_multipart() else None
    inside = payload if isinstance(payload, list) else []
    return [part for part in inside if isinstance(part, Message)]


def _descendants(message: Message) -> Iterator[Message]:
    """Parts at any depth, nearest first, inside returned messages too."""
    queue = _children(message)
    for _ in range(MAX_PARTS):
        if not queue:
            return
        part = queue.pop(0)
        queue += _children(part)
        yield part


def _leaves(message: Message) -> Iterator[Part]:
    queue = [message]
    for _ in range(MAX_PARTS):
        if not queue:
            return
        part = queue.pop(0)
        children = _children(part)
        if children and part.get_content_maintype() == "multipart":
            queue[:0] = children
        else:
            yield Part(part.get_content_type(), _text_of(part))


def _text_of(part: Message) -> str:
    """A leaf as text; a nested message or report as its source."""
    if part.get_content_maintype() == "message":
        return _source_of(part)
    if part.get_content_maintype() not in ("text", "multipart"):
        return ""
    return decode_bytes(_payload(part), _charset(part))[:MAX_TEXT]


def _source_of(part: Message) -> str:
    """The text of a ``message/*`` part, also where it is wrongly encoded."""
    children = part.get_payload()
    if not isinstance(children, list):
        return decode_bytes(_payload(part), _charset(part))[:MAX_TEXT]
    text = "\n\n".join(_as_text(child) for child in children if isinstance(child, Message))
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding in ("base64", "quoted-printable"):
        shell = Message()
        shell["Content-Transfer-Encoding"] = coding
        shell.set_payload(text.strip())
        return decode_bytes(_payload(shell), _charset(part))[:MAX_TEXT]
    return text[:MAX_TEXT]


def _as_text(child: Message) -> str:
    """Source of a nested message.  Header-only blocks have no body."""
    head = "\n".join(f"{name}: {_lossless(value)}" for name, value in child.items())
    if child.is_multipart():
        return head + "\n"
    return f"{head}\n\n{decode_bytes(_payload(child), _charset(child))}"


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # undecodable transfer encodings
        return b""
    return data if isinstance(data, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # rubbish in the parameter
        return None


def _readable(parts: tuple[Part, ...]) -> Iterator[str]:
    """Plain text, or HTML where there is no plain text, up to the returned message."""
    plain = any(part.type == "text/plain" and part.text.strip() for part in parts)
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            return
        if part.type == "text/html":
            if not plain:
                yield html_to_text(part.text)
        elif part.type.startswith(("text/", "multipart/")):
            yield part.text
