"""Which mail is the same mail, and whose it is: from values alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bluelamp.channels.mailnames import mail_id

__all__ = ["mail_id", "tokens", "vouched"]

_TOKEN = re.compile(r"^(?P<use>[a-z]+)-(?P<token>[0-9a-f]{54})$", re.IGNORECASE)


def tokens(recipients: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (use, token) of those recipients whose local part is ours: ``reply-6f…``.

    The use is what the address was given out for: ``reply``, ``leave``, ``bounce`` …
    """
    for recipient in recipients:
        found = _TOKEN.match(recipient.partition("@")[0])
        if found:
            yield found["use"].lower(), found["token"].lower()


def vouched(*said: bool | None) -> bool | None:
    """Return whether a sender is vouched for, by what several say of them.

    One that vouches is enough; else one that looked and does not.  ``None``: nobody looked.
    """
    if True in said:
        return True
    return False if False in said else None
