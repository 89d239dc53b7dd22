"""What is attached to a mail: every part that is not its words."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from bluelamp.channels.contract import Attachment

MOST = 20
"""Parts; a mail with more is none that a person sends."""
_LARGEST = 25_000_000
"""Bytes of one part; the raw mail is kept in any case."""


def attached(mail: bytes) -> tuple[Attachment, ...]:
    """Return the attachments and embedded pictures of a mail, however it is built."""
    message = BytesParser(policy=policy.default).parsebytes(mail)
    found = (_attachment(part) for part in message.walk() if _is_file(part))
    return tuple(one for one in found if 0 < len(one.content) <= _LARGEST)[:MOST]


def _is_file(part: EmailMessage) -> bool:
    if part.is_multipart():
        return False
    words = part.get_content_maintype() == "text" and not part.is_attachment()
    return not words or bool(part.get_filename())


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    name = part.get_filename() or f"file.{part.get_content_subtype()}"
    held = content if isinstance(content, bytes) else b""
    return Attachment(name[:200], part.get_content_type(), held)
