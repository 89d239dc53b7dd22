"""Which mail is the same mail, by whichever way it came."""

from __future__ import annotations

import hashlib
import re
from email.parser import BytesHeaderParser
from email.policy import compat32

_SPLIT = re.compile(rb"\r?\n\r?\n")


def mail_id(raw: bytes) -> str:
    """Return what makes a mail the same mail: its Message-ID and the SHA-256 of its body.

    The Message-ID alone is the sender's to forge; trace headers differ with each
    attempt to deliver and do not count.
    """
    headers = BytesHeaderParser(policy=compat32).parsebytes(raw)
    parts = _SPLIT.split(raw, maxsplit=1)
    body = parts[1] if len(parts) > 1 else b""
    message_id = str(headers.get("Message-ID", "")).strip()[:200]
    return f"{message_id} {hashlib.sha256(body).hexdigest()}"
