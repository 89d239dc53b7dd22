"""A message rendered once into bytes with slots.

Rendering decides everything: headers, encodings, boundary, line breaks.  What is
left for a recipient is a join of bytes (2 to 4 µs), so the message that a
recipient gets can differ from another's in the slots alone.

The bytes are complete and need no dot-stuffing: no line of them begins with a dot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from bluelamp.channels.contract import Content

from . import headers
from .dkim import BodyHash, Signer, Stamp
from .errors import ContentError
from .quoted import quoted
from .slots import Filler, Pieces, Place, forms_of, marker

_ENVELOPE = ("@to", "@message_id")
"""Values before the slots; their names cannot be written in a content."""
_TO, _MESSAGE_ID = b"\x000%d\x00" % 0, b"\x000%d\x00" % 1


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: what an account puts into every message.  Addresses are ASCII."""

    from_name: str
    from_address: str
    reply_to: str = ""
    list_id: str = ""
    list_name: str = ""
    feedback_id: str = ""


class Template:
    """A message that waits for recipients.  Safe to share between connections."""

    __slots__ = ("_filler", "_hash", "_stamps", "_wire", "size", "slot_names")

    def __init__(
        self, head: bytes, body: bytes, slot_names: tuple[str, ...], signers: Sequence[Signer]
    ) -> None:
        """Compile.

        :param head: marked header block without the empty line.
        :param body: marked body.
        """
        forms = forms_of(head, body)
        self.slot_names = slot_names
        self._filler = Filler(forms, (*_ENVELOPE, *slot_names), first=len(_ENVELOPE))
        self._wire = Pieces(head + b"\r\n" + body, forms)
        self._hash = BodyHash(body, forms) if signers else None
        self._stamps = [Stamp(signer, head, forms) for signer in signers]
        self.size = self._wire.fixed + sum(stamp.size for stamp in self._stamps)
        """Octets of a message whose slots are empty."""

    def fill(self, to: bytes, message_id: bytes, slots: tuple[bytes, ...]) -> bytes:
        """Return the message for one recipient, signed where there are signers.

        :param to: address as :func:`.addresses.recipient_address` returns it.
        :param message_id: without angle brackets, checked by :func:`.addresses.message_id`.
        :param slots: values in the order of ``slot_names``.
        :raises SlotError: if a value cannot stand where its slot is.
        """
        filled = self._filler.fill((to, message_id, *slots))
        if self._hash is None:
            return self._wire.join(filled)
        digest = self._hash.of(filled)
        parts = [stamp.field(filled, digest) for stamp in self._stamps]
        return b"".join([*parts, self._wire.join(filled)])


def compile_template(
    content: Content,
    slot_names: Sequence[str],
    letterhead: Letterhead,
    *,
    date: datetime,
    signers: Sequence[Signer] = (),
) -> Template:
    """Render ``content`` into a template.

    :param date: aware; the ``Date`` of every copy on every attempt, unless the content has its own.
    :raises ContentError: if the content cannot be a mail, with the sentence that says why.
    """
    names = (*_ENVELOPE, *slot_names)
    if len(set(names)) != len(names):
        raise ContentError("Two slots have the same name.")
    head = _head(content, names, letterhead, date)
    body_head, body = _body(content, names)
    return Template(head + body_head, body, tuple(slot_names), signers)


def _head(content: Content, names: Sequence[str], letterhead: Letterhead, date: datetime) -> bytes:
    own = _own_headers(content.headers)
    subject = marker(Place.HEADER, names, "subject")
    fields = [
        headers.mailbox_field("From", letterhead.from_name, letterhead.from_address.encode()),
        b"To: " + _TO + b"\r\n",
        headers.field("Subject", content.subject, subject),
        b"Message-ID: <" + _MESSAGE_ID + b">\r\n",
    ]
    for name, value in (_standing(letterhead, date, own) | own).items():
        mark = marker(Place.HEADER, names, f"header {name}")
        fields.append(headers.field(name, value, mark))
    if letterhead.list_id and "List-Id" not in own:
        name = letterhead.list_name
        fields.append(headers.mailbox_field("List-Id", name, letterhead.list_id.encode()))
    fields.append(b"MIME-Version: 1.0\r\n")
    return b"".join(fields)


def _own_headers(given: Mapping[str, str]) -> dict[str, str]:
    """The content's headers under canonical names, so that one replaces a standing one."""
    own: dict[str, str] = {}
    for name, value in given.items():
        headers.check_name(name)
        name = _CANONICAL.get(name.lower(), name)
        if name.lower() in {other.lower() for other in own}:
            raise ContentError(f"The header {name} is given twice.")
        own[name] = value
    return own


_CANONICAL = {
    name.lower(): name
    for name in (
        "Auto-Submitted",
        "Date",
        "Feedback-ID",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Reply-To",
        "X-Auto-Response-Suppress",
    )
}


def _standing(letterhead: Letterhead, date: datetime, own: Mapping[str, str]) -> dict[str, str]:
    """What every message carries unless its content says otherwise.

    ``Auto-Submitted`` keeps vacation programs quiet (RFC 3834 section 5), and
    ``X-Auto-Response-Suppress`` does it for Exchange, which does not read the former; delivery
    reports stay on.  There is no ``Precedence``: it is in no standard, some systems queue
    ``bulk`` behind other mail, which an urgent alert must not be, and the two above with
    ``List-Id`` say what it was for.
    """
    standing = {
        "Date": format_datetime(date),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if letterhead.reply_to:
        standing["Reply-To"] = letterhead.reply_to
    if letterhead.feedback_id:
        standing["Feedback-ID"] = letterhead.feedback_id
    if _has_https(own.get("List-Unsubscribe", "")):
        standing["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 section 3.1
    return standing


def _has_https(value: str) -> bool:
    """A slot that is a whole URL counts as one of ours, and ours are https."""
    return "<https:" in value.lower() or "<[[" in value


def _body(content: Content, names: Sequence[str]) -> tuple[bytes, bytes]:
    """Return the marked fields that describe the body, and the marked body."""
    text = quoted(content.text, marker(Place.TEXT, names, "text"))
    if not content.html:
        return _part_head(b"plain"), text
    page = quoted(content.html, marker(Place.HTML, names, "HTML"))
    boundary = _boundary(text + page)
    kind = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n'
    parts = ((b"plain", text), (b"html", page))
    body = b"".join(
        b"--" + boundary + b"\r\n" + _part_head(kind) + b"\r\n" + part for kind, part in parts
    )
    return kind, body + b"--" + boundary + b"--\r\n"


def _part_head(kind: bytes) -> bytes:
    return (
        b"Content-Type: text/" + kind + b"; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
    )


def _boundary(body: bytes) -> bytes:
    """Return a boundary that no quoted-printable text can hold.

    ``=_`` is no escape (RFC 2045 section 6.7).  The rest comes from the content, so that every
    attempt is the same message.
    """
    return b"=_" + hashlib.sha256(body).hexdigest()[:24].encode()
