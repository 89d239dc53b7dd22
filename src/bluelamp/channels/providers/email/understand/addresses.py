"""Finding e-mail addresses in text."""

from __future__ import annotations

import re

ADDRESS = (
    r"""(?:"[^"\n]{1,64}"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\x80-\U0010ffff]{1,128})"""
    r"""@(?:[A-Za-z0-9\x80-\U0010ffff](?:[A-Za-z0-9\-_\x80-\U0010ffff]{0,62})\.){0,8}"""
    r"""(?:[A-Za-z0-9\x80-\U0010ffff][A-Za-z0-9\-\x80-\U0010ffff]{0,62}|\[[0-9a-fA-F.:]+\])"""
)
_ANY = re.compile(ADDRESS)


def first(text: str) -> str:
    """The first address in ``text``, without brackets; empty where none is."""
    found = _ANY.search(text)
    return tidy(found.group(0)) if found else ""


def all_in(text: str) -> list[str]:
    """Every address in ``text`` in order, each once."""
    return list(dict.fromkeys(tidy(found) for found in _ANY.findall(text)))


def tidy(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    return local.lstrip(".='`") + at + domain.rstrip(".-_") if at else ""


def same(left: str, right: str) -> bool:
    """Whether two spellings name one mailbox (quotes and case aside)."""
    return left.replace('"', "").casefold() == right.replace('"', "").casefold()


def without(text: str) -> str:
    """``text`` with its addresses taken out: local parts are not evidence."""
    return _ANY.sub(" ", text)
