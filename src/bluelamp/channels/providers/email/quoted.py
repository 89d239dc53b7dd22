"""Quoted-printable bodies with slots (RFC 2045 section 6.7).

Written here because a slot must have lines of its own, and because two more
characters are encoded than any library does: a dot that begins a line, so that no
line of a message ever needs dot-stuffing (RFC 5321 section 4.5.2), and the ``F`` of a
line that begins with ``From``, which mailboxes would mangle under the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .errors import ContentError
from .slots import Marker, split_slots

LINE = 75
"""Octets of a line before the ``=`` of a soft break."""
SOFT_BREAK = b"=\r\n"
_NEWLINE = re.compile(r"\r\n|\r|\n")
_PRINTABLE = frozenset(range(0x20, 0x7F)) - {ord("=")}
_AS_IS = {byte: bytes((byte,)) for byte in _PRINTABLE} | {0x09: b"\t"}


def quoted(text: str, mark: Marker) -> bytes:
    """Return ``text`` as quoted-printable UTF-8 whose slots are marked.

    Every line, soft or hard, is at most 76 octets and ends in CRLF; a slot stands
    between soft breaks.

    :raises ContentError: if the text holds a NUL or no valid Unicode.
    """
    if "\0" in text:
        raise ContentError("The body holds a NUL character.")
    lines = _NEWLINE.split(text.rstrip("\r\n"))
    return b"".join(_line(line, mark) for line in lines)


def _line(line: str, mark: Marker) -> bytes:
    parts = split_slots(line)
    out = bytearray()
    for literal, name in zip(parts[::2], [*parts[1::2], ""], strict=True):
        _literal(out, literal, last=not name)
        if name:
            if out and not out.endswith(SOFT_BREAK):
                out += SOFT_BREAK
            out += mark(name) + SOFT_BREAK
    return bytes(out) + b"\r\n"


def _literal(out: bytearray, literal: str, *, last: bool) -> None:
    """Add ``literal`` at the start of a line."""
    width = 0
    data = _utf8(literal)
    for position, atom in enumerate(_atoms(data, last=last)):
        if width + len(atom) > LINE:
            out += SOFT_BREAK
            width = 0
        if width == 0 and _dangerous(data, position):
            atom = b"=%02X" % data[position]
        out += atom
        width += len(atom)


def _utf8(literal: str) -> bytes:
    try:
        return literal.encode()
    except UnicodeEncodeError as error:
        raise ContentError("The body holds half a character (a lone surrogate).") from error


def _atoms(data: bytes, *, last: bool) -> Iterator[bytes]:
    final = len(data) - 1
    for position, byte in enumerate(data):
        trailing = last and position == final and byte in b" \t"
        if byte in _AS_IS and not trailing:
            yield _AS_IS[byte]
        else:
            yield b"=%02X" % byte


def _dangerous(data: bytes, position: int) -> bool:
    return data[position] == 0x2E or data.startswith(b"From ", position)
