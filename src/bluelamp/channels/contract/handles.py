"""How people are called on a platform."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handles:
    """The handles of a platform's people: how a whole one looks, and where its page lies."""

    channel: str
    """The platform's word in what people say of themselves, and the kind of their address."""
    sign: str
    """Stands in each whole handle: ``@`` before a server, ``.`` in a name that is a domain."""
    page: re.Pattern[str]
    """Matches the whole path of a person's page; its one group is the handle, or its first half."""
    host: str = ""
    """Where these pages lie; empty: on any host, which is then the handle's second half."""

    def whole(self, text: str) -> str:
        """Return a handle in the one form that equality goes by; empty where it is none."""
        name = text.strip().strip("@.,;:").casefold()
        return name if self.sign in name and re.fullmatch(r"[\w.@-]+", name) else ""

    def of_page(self, host: str, path: str) -> str:
        """Return whose page an address is, as far as its form says; empty where it is nobody's."""
        found = self.page.fullmatch(path) if self.host in {"", host} else None
        if found is None:
            return ""
        return self.whole(found[1] if self.host else f"{found[1]}@{host}")
