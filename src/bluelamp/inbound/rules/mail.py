"""Which mail is the same mail, and whose it is: from values alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32

_TOKEN = re.compile(r"^(?P<use>[a-z]+)-(?P<token>[0-9a-f]{54})$", re.IGNORECASE)
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


def tokens(recipients: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (use, token) of those recipients whose local part is ours: ``reply-6f…``.

    The use is what the address was given out for: ``reply``, ``leave``, ``bounce`` …
    """
    for recipient in recipients:
        found = _TOKEN.match(recipient.partition("@")[0])
        if found:
            yield found["use"].lower(), found["token"].lower()
