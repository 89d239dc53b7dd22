"""Slots: where a rendered mail stays open until a recipient is known.

Compiling marks each slot with a byte string that cannot occur in a mail (it is
framed by NUL, RFC 5322 section 2.3), so encoding, folding and DKIM's canonical form are
computed once over the marked text.  :class:`Pieces` then splits it at the
marks, and filling is a join.

A value takes another form where it stands: as it is in a header, quoted-printable in
a text body, HTML-escaped and quoted-printable in an HTML body.  No form holds a
space, a line break of its own, a leading dot or a bare ``=``, so a filled slot can
break neither encoding nor folding nor dot-stuffing nor a canonical form.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from enum import IntEnum
from operator import itemgetter

from .errors import ContentError, SlotError

HEADER_VALUE_LIMIT = 300
"""Longest value in a header, octets: leaves room for three on one line of 998."""
_LINE = 75
"""Content octets of a quoted-printable line, RFC 2045 section 6.7: 76 with the ``=``."""

_SLOT = re.compile(r"\[\[([a-z][a-z0-9_]*)\]\]")
_MARK = re.compile(rb"\x00([0-2])(\d+)\x00")
_PLAIN = re.compile(rb"[\w!#$%()*+,/:;?@\[\\\]^`{|}~-][\w!#$%()*+,./:;?@\[\\\]^`{|}~-]{0,74}")
"""Values that look the same in every form: visible ASCII without ``= & < > " '``, no
leading dot, one line long."""
_VISIBLE = re.compile(rb"[\x21-\x7e]+")
_BREAKS = re.compile(rb"[\r\n\x00]")
_QUOTED_UNSAFE = re.compile(rb"[^\x21-\x3c\x3e-\x7e]|^\.")


class Place(IntEnum):
    """Where a slot stands, which decides the form of its value."""

    HEADER = 0
    TEXT = 1
    HTML = 2


Marker = Callable[[str], bytes]
"""Turns the name of a slot into its mark for one place."""


def split_slots(text: str) -> list[str]:
    """Return literal text and slot names in turn: literals at even positions."""
    return _SLOT.split(text)


def marker(place: Place, names: Sequence[str], what: str) -> Marker:
    """Return what marks the slots ``names`` in ``place``; ``what`` names it in errors."""
    index = {name: position for position, name in enumerate(names)}

    def mark(name: str) -> bytes:
        if name not in index:
            raise ContentError(f"The {what} uses [[{name}]], which nothing fills.")
        return b"\0%d%d\0" % (place, index[name])

    return mark


def strip_marks(marked: bytes) -> tuple[bytes, int]:
    """Return ``marked`` without its marks, and how many there were."""
    return _MARK.subn(b"", marked)


Form = tuple[int, Place]
"""Position of a value, and the place whose form of it is wanted."""


def forms_of(*marked: bytes) -> tuple[Form, ...]:
    """Return every form that the marked texts need, each once."""
    found = {
        (int(position), Place(int(place)))
        for text in marked
        for place, position in _MARK.findall(text)
    }
    return tuple(sorted(found))


class Pieces:
    """A marked text, split at its marks and ready to be joined."""

    __slots__ = ("_parts", "_pick", "fixed")

    def __init__(self, marked: bytes, forms: Sequence[Form]) -> None:
        split = _MARK.split(marked)
        order = [
            forms.index((int(position), Place(int(place))))
            for place, position in zip(split[1::3], split[2::3], strict=True)
        ]
        self._parts = [b""] * (2 * len(order) + 1)
        self._parts[::2] = split[::3]
        self._pick = picker(order)
        self.fixed = sum(map(len, self._parts))
        """Octets without any value."""

    def join(self, filled: tuple[bytes, ...]) -> bytes:
        """Return the text with the filled forms (in the order of ``forms``) put in."""
        parts = self._parts.copy()
        parts[1::2] = self._pick(filled)
        return b"".join(parts)


def picker(order: Sequence[int]) -> Callable[[tuple[bytes, ...]], tuple[bytes, ...]]:
    """Return what picks those positions out of a tuple, always as a tuple."""
    if len(order) > 1:
        return itemgetter(*order)
    if order:
        only = order[0]
        return lambda values: (values[only],)
    return _none


def _none(_values: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return ()


class Filler:
    """Turns values into the forms that a template needs."""

    __slots__ = ("_first", "_forms", "_names", "_pick")

    def __init__(self, forms: Sequence[Form], names: Sequence[str], first: int) -> None:
        """Prepare to fill ``forms`` with values called ``names``.

        :param first: values before this position have been checked by the caller and
            stand in headers only.
        """
        self._forms = forms
        self._names = names
        self._first = first
        self._pick = picker([position for position, _ in forms])

    def fill(self, values: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Return the forms of ``values``.

        :raises SlotError: if a value holds a line break, is no UTF-8, or stands in a
            header and is empty, too long or not visible ASCII.
        """
        if len(values) != len(self._names):
            expected, given = len(self._names) - self._first, len(values) - self._first
            raise SlotError(f"{given} values for {expected} slots.", status="5.6.0")
        plain = _PLAIN.fullmatch
        for value in values[self._first :]:
            if plain(value) is None:
                return tuple(self._form(values, form) for form in self._forms)
        return self._pick(values)

    def _form(self, values: tuple[bytes, ...], form: Form) -> bytes:
        position, place = form
        if position < self._first:
            return values[position]
        try:
            return _FORMS[place](values[position])
        except ValueError as error:
            name = self._names[position]
            raise SlotError(f"The value of [[{name}]] {error}.", status="5.6.0") from error


def _header_form(value: bytes) -> bytes:
    _refuse_breaks(value)
    if not _VISIBLE.fullmatch(value):
        raise ValueError("stands in a header, so it must be visible ASCII and not empty")
    if len(value) > HEADER_VALUE_LIMIT:
        raise ValueError(f"is longer than the {HEADER_VALUE_LIMIT} octets a header takes")
    return value


def _text_form(value: bytes) -> bytes:
    _refuse_breaks(value)
    try:
        value.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    return _quoted(value)


def _html_form(value: bytes) -> bytes:
    _refuse_breaks(value)
    try:
        return _quoted(html.escape(value.decode()).encode())
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None


def _refuse_breaks(value: bytes) -> None:
    if _BREAKS.search(value):
        raise ValueError("holds a line break or a NUL")


_FORMS = {Place.HEADER: _header_form, Place.TEXT: _text_form, Place.HTML: _html_form}


def _quoted(value: bytes) -> bytes:
    """Quoted-printable for a slot, which has its lines for itself (RFC 2045 section 6.7)."""
    encoded = _QUOTED_UNSAFE.sub(lambda found: b"=%02X" % found[0][0], value)
    lines = []
    while len(encoded) > _LINE:
        cut = encoded.rfind(b"=", _LINE - 4, _LINE - 2)  # never inside an escape
        cut = _LINE - 2 if cut < 0 else cut
        lines.append(encoded[:cut])
        encoded = _hide_dot(encoded[cut:])
    return b"=\r\n".join([*lines, encoded])


def _hide_dot(line: bytes) -> bytes:
    return b"=2E" + line[1:] if line.startswith(b".") else line
