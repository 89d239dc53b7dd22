"""DKIM signatures (RFC 6376, Ed25519 by RFC 8463), relaxed/relaxed, for templates.

The canonical forms are computed once, over the marked template: a slot's value holds no
whitespace and stands where canonicalisation touches nothing, so it goes into the
canonical form as it is.  For a recipient there remain a hash from the first
slot of the body onwards, and the signature.  There is no ``t=``: every attempt of a message
is the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from .slots import Form, Pieces

SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Feedback-ID",
)
"""Signed where present: RFC 6376 section 5.4.1, RFC 8058 section 4, and what receivers act upon."""
OVERSIGNED = {
    "From",
    "To",
    "Subject",
    "Date",
    "Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Type",
}
"""Named once more than present, so that adding a second one breaks the signature
(RFC 6376 section 5.4.2): what a reader is shown, or a mail program acts upon."""

_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_SPACES = re.compile(rb"[ \t]+")
_TRAILING = re.compile(rb"[ \t]+(?=\r\n)")
_FIRST_MARK = re.compile(rb"\x00")
_TAG_LINE = 68


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and where its public half is found: ``selector._domainkey.domain``."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> bytes:
        """The ``a=`` tag."""
        return b"rsa-sha256" if isinstance(self.key, RSAPrivateKey) else b"ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data`` in base64."""
        if isinstance(self.key, RSAPrivateKey):
            return b64encode(self.key.sign(data, PKCS1v15(), SHA256()))
        return b64encode(self.key.sign(hashlib.sha256(data).digest()))  # RFC 8463 section 3


class BodyHash:
    """The ``bh=`` of a body with slots; what stands before the first is hashed already."""

    __slots__ = ("_prefix", "_rest")

    def __init__(self, body: bytes, forms: Sequence[Form]) -> None:
        canonical = canonical_body(body)
        found = _FIRST_MARK.search(canonical)
        start = found.start() if found else len(canonical)
        self._prefix = hashlib.sha256(canonical[:start])
        self._rest = Pieces(canonical[start:], forms)

    def of(self, filled: tuple[bytes, ...]) -> bytes:
        """Return the hash in base64."""
        digest = self._prefix.copy()
        digest.update(self._rest.join(filled))
        return b64encode(digest.digest())


class Stamp:
    """The signature field of one signer on one template."""

    __slots__ = ("_head", "_signed", "_signer", "size")

    def __init__(self, signer: Signer, head: bytes, forms: Sequence[Form]) -> None:
        """:param head: marked header block."""
        fields = dict(canonical_field(field) for field in split_fields(head))
        names = list(_signed_names(fields))
        self._signer = signer
        self._head = _opening(signer, names)
        _, opening = canonical_field(self._head)
        chosen = [fields.pop(name.lower().encode(), b"") for name in names]
        lines = [line + b"\r\n" for line in chosen if line]
        self._signed = Pieces(b"".join(lines) + opening, forms)
        self.size = len(self._head) + 500

    def field(self, filled: tuple[bytes, ...], body_hash: bytes) -> bytes:
        """Return the whole field for one recipient."""
        signature = self._signer.sign(self._signed.join(filled) + body_hash + b"; b=")
        lines = [signature[i : i + _TAG_LINE] for i in range(0, len(signature), _TAG_LINE)]
        return b"".join((self._head, body_hash, b";\r\n b=", b"\r\n  ".join(lines), b"\r\n"))


def split_fields(head: bytes) -> list[bytes]:
    """Return the fields of a header block, each without its last CRLF."""
    return [field for field in _FIELD_END.split(head) if field]


def canonical_field(field: bytes) -> tuple[bytes, bytes]:
    """Return the name in lower case and the relaxed form (RFC 6376 section 3.4.2) without CRLF."""
    name, _, value = field.partition(b":")
    name = name.strip().lower()
    value = _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name, name + b":" + value


def canonical_body(body: bytes) -> bytes:
    """Return the relaxed form (RFC 6376 section 3.4.4) of a body whose lines end in CRLF."""
    body = _SPACES.sub(b" ", _TRAILING.sub(b"", body))
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    return b"" if body == b"\r\n" else body


def _signed_names(present: Iterable[bytes]) -> Iterator[str]:
    known = set(present)
    for name in SIGNED:
        if name.lower().encode() in known:
            yield name
        if name in OVERSIGNED:
            yield name


def _opening(signer: Signer, names: Sequence[str]) -> bytes:
    """The signature field up to where the body hash goes."""
    lines = [
        b"DKIM-Signature: v=1; a=" + signer.algorithm + b"; c=relaxed/relaxed;",
        b" d=" + signer.domain.encode() + b"; s=" + signer.selector.encode() + b";",
    ]
    line = b" h="
    for position, name in enumerate(names):
        word = name.encode() + (b";" if position == len(names) - 1 else b":")
        if len(line) + len(word) > _TAG_LINE:
            lines.append(line)
            line = b"  "
        line += word
    return b"\r\n".join([*lines, line, b" bh="])
