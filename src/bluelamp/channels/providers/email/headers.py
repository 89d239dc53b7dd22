"""Header fields with slots: RFC 5322 syntax, RFC 2047 words, folding.

A field comes out as marked bytes that end in CRLF, with lines of at most 78 octets
where its words allow it (RFC 5322 section 2.1.1) and never more than 998 once slots are filled.
Whitespace in a value is normalised to single spaces.  A line break or any other control character
is refused, so nothing can be injected.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

from .errors import ContentError
from .slots import HEADER_VALUE_LIMIT, Marker, split_slots, strip_marks

_FOLD = 76
_LIMIT = 998
_WORD_BYTES = 45
"""UTF-8 octets in one encoded word: 75 with its frame (RFC 2047 section 2)."""
_LONG_WORD = 60

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ATOM_TEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")

STRUCTURED = frozenset(
    (
        "auto-submitted",
        "date",
        "feedback-id",
        "in-reply-to",
        "list-archive",
        "list-help",
        "list-id",
        "list-owner",
        "list-post",
        "list-subscribe",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "precedence",
        "references",
        "reply-to",
        "x-auto-response-suppress",
    )
)
"""Fields whose syntax knows no encoded words outside a phrase: ASCII only."""

RESERVED = frozenset(
    (
        "bcc",
        "cc",
        "content-disposition",
        "content-transfer-encoding",
        "content-type",
        "dkim-signature",
        "from",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "sender",
        "subject",
        "to",
    )
)
"""Fields that this provider writes itself."""


def check_name(name: str) -> None:
    """Refuse a field name that is malformed or not the caller's to set."""
    if not _NAME.fullmatch(name):
        raise ContentError(f"{name!r} is not the name of a header.")
    if name.lower() in RESERVED:
        raise ContentError(f"The header {name} is written by the mail itself and cannot be set.")


def field(name: str, value: str, mark: Marker) -> bytes:
    """Return the field ``name: value``, encoded as its kind needs, folded, slots marked.

    :raises ContentError: for control characters, non-ASCII in a structured field,
        an unknown slot, or a line that cannot be kept within 998 octets.
    """
    words = _normal(name, value).split(" ")
    if name.lower() in STRUCTURED:
        tokens = [_ascii_word(name, word, mark) for word in words]
    else:
        tokens = list(_unstructured(name, words, mark))
    return fold(name, tokens)


def mailbox_field(name: str, display: str, address: bytes) -> bytes:
    """Return ``name: display <address>``; ``address`` may hold marks.

    Also the form of ``List-Id``, whose angle brackets hold an identifier (RFC 2919).
    """
    return fold(name, [*phrase(name, display), b"<" + address + b">"])


def phrase(name: str, display: str) -> Iterator[bytes]:
    """Return the tokens of a display name (RFC 5322 ``phrase``)."""
    display = _normal(name, display)
    if not display:
        return
    if not display.isascii() or "=?" in display or len(display) > _LONG_WORD:
        yield from _encoded(name, display)
    elif _ATOM_TEXT.fullmatch(display):
        yield display.encode()
    else:
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        yield b'"' + escaped.encode() + b'"'


def fold(name: str, tokens: Iterable[bytes]) -> bytes:
    """Return the field made of ``tokens``, one space between them, folded.

    A token with a slot has a line for itself, since nobody knows how long it will be.
    """
    lines = [name.encode() + b":"]
    open_slot = False
    for token in tokens:
        has_slot = b"\0" in token
        first = len(lines) == 1 and lines[0].endswith(b":")
        fits = len(lines[-1]) + 1 + len(token) <= _FOLD and not has_slot and not open_slot
        if first or fits:
            lines[-1] += b" " + token
        else:
            lines.append(b" " + token)
        open_slot = has_slot
    for line in lines:
        _check_length(name, line)
    return b"\r\n".join(lines) + b"\r\n"


def _check_length(name: str, line: bytes) -> None:
    fixed, slots = strip_marks(line)
    if len(fixed) + slots * HEADER_VALUE_LIMIT > _LIMIT:
        raise ContentError(f"The header {name} holds a word too long for one line of a mail.")


def _normal(name: str, value: str) -> str:
    found = _CONTROL.search(value)
    if found:
        kind = "a line break" if found[0] in "\r\n" else "a control character"
        raise ContentError(f"The header {name} holds {kind}.")
    return " ".join(value.split())


def _ascii_word(name: str, word: str, mark: Marker) -> bytes:
    out = bytearray()
    parts = split_slots(word)
    for position, part in enumerate(parts):
        if position % 2:
            out += mark(part)
        elif part.isascii():
            out += part.encode()
        else:
            raise ContentError(
                f"The header {name} can hold only ASCII"
                + (f" next to [[{parts[1]}]]: put a space between." if len(parts) > 1 else ".")
            )
    return bytes(out)


def _unstructured(name: str, words: list[str], mark: Marker) -> Iterator[bytes]:
    """Plain words as they are; runs of others as encoded words, spaces between included."""
    run: list[str] = []
    for word in words:
        if len(split_slots(word)) == 1 and _must_encode(word):
            run.append(word)
            continue
        if run:
            yield from _encoded(name, " ".join(run))
            run = []
        yield _ascii_word(name, word, mark)
    if run:
        yield from _encoded(name, " ".join(run))


def _must_encode(word: str) -> bool:
    return not word.isascii() or "=?" in word or len(word) > _LONG_WORD


def _encoded(name: str, text: str) -> Iterator[bytes]:
    """RFC 2047 B words, none of which splits a character."""
    chunk = bytearray()
    for character in text:
        try:
            data = character.encode()
        except UnicodeEncodeError as error:
            raise ContentError(f"The header {name} holds half a character.") from error
        if len(chunk) + len(data) > _WORD_BYTES:
            yield _frame(chunk)
            chunk.clear()
        chunk += data
    yield _frame(chunk)


def _frame(chunk: bytes | bytearray) -> bytes:
    return b"=?utf-8?b?" + b64encode(chunk) + b"?="
