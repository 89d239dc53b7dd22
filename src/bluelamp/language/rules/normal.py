"""A text as people write it, into tokens that can be compared.

Each token keeps its place in the text as it was, so that a page can mark the
words that led to a decision.  The terms of a list go through ``word`` too:
text and dictionary are only comparable when both were treated alike.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from html import unescape
from typing import NamedTuple


class Kind(IntEnum):
    """What a token is made of."""

    WORD = 0
    NUMBER = 1
    LINK = 2
    MENTION = 3
    TAG = 4
    EMOJI = 5


class Token(NamedTuple):
    """One word, number, link, part of a name or emoji.

    :param text: its comparable form; parts of an @name begin with ``@``.
    :param start: where it begins in the text as it was.
    :param end: where it ends there.
    :param clause: counts up at punctuation and at "but"; what stands in
        another clause denies nothing here.
    """

    text: str
    start: int
    end: int
    kind: Kind
    clause: int


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+)"
    r"|@(?P<mention>\w+)"
    r"|[#＃](?P<tag>\w+)"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?!\w))"
    r"|(?P<word>[^\W_](?:[^\W_]|['’`´](?=[^\W_])|[\u0300-\u036f\u064b-\u065f\u0900-\u0dff])*)"
    r"|(?P<emoji>[\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])"
    r"|(?P<stop>[.!?;:,\n…–—()\"“”]+)"
)
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\dA-Z_]+|[A-Z]+|\d+|[^\W_]")
_KINDS = {
    "link": Kind.LINK,
    "mention": Kind.MENTION,
    "tag": Kind.TAG,
    "number": Kind.NUMBER,
    "word": Kind.WORD,
    "emoji": Kind.EMOJI,
}
_TURNS = frozenset({"but", "ond"})
_LEET = str.maketrans("013457", "oieast")
_LEET_WORD = re.compile(r"[a-z]+(?:[013457]+[a-z]+)+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_DOUBLING = frozenset("lsfz")


@lru_cache(maxsize=65_536)
def word(raw: str) -> str:
    """Return a word's comparable form: ``KN1FE`` and ``knife`` are one, ``He’s`` is ``hes``.

    NFKC, case folded, accents and apostrophes dropped, digits between letters
    read as the letters they stand for, letters drawn out (``heeelp``) shortened.
    """
    folded = raw.casefold()
    if not folded.isascii():
        folded = _bare(folded)
    folded = folded.replace("'", "").replace("`", "")
    if not folded.isalpha() and sum(map(str.isalpha, folded)) > 2 and _LEET_WORD.fullmatch(folded):
        folded = folded.translate(_LEET)
    return _DRAWN_OUT.sub(_shortened, folded)


def _bare(text: str) -> str:
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in wide if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept).replace("’", "").replace("´", "")


def _shortened(run: re.Match[str]) -> str:
    letter = run[1]
    return letter * 2 if letter in _DOUBLING else letter


def tokens(text: str) -> tuple[Token, ...]:
    """Return a text's tokens; HTML entities are read, #CamelCase and @Names split."""
    plain, places = _without_entities(text)
    found = tuple(_tokens(plain))
    if not places:
        return found
    return tuple(
        Token(t.text, _place(places, t.start), _place(places, t.end), t.kind, t.clause)
        for t in found
    )


def _tokens(plain: str) -> Iterator[Token]:
    clause = 0
    for match in _TOKEN.finditer(plain):
        name = match.lastgroup or ""
        start, end = match.span()
        if name == "stop":
            clause += 1
        elif name in ("tag", "mention"):
            yield from _humps(match, name, clause)
        else:
            folded = "" if name == "link" else word(match[0])
            clause += folded in _TURNS
            yield Token(folded, start, end, _KINDS[name], clause)


def _humps(match: re.Match[str], name: str, clause: int) -> Iterator[Token]:
    """Yield the words that a tag or a name is run together from."""
    sign = "@" if name == "mention" else ""
    base = match.start(name)
    for hump in _HUMP.finditer(match[name]):
        start, end = base + hump.start(), base + hump.end()
        yield Token(sign + word(hump[0]), start, end, _KINDS[name], clause)


def _without_entities(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text with its HTML entities read, and where each stretch of it came from."""
    if "&" not in text:
        return text, []
    parts: list[str] = []
    places = [(0, 0)]
    done = length = 0
    for match in _ENTITY.finditer(text):
        stands_for = unescape(match[0])
        parts += (text[done : match.start()], stands_for)
        length += match.start() - done + len(stands_for)
        done = match.end()
        places.append((length, done))
    parts.append(text[done:])
    return "".join(parts), places


def _place(places: list[tuple[int, int]], index: int) -> int:
    here, there = places[bisect_right(places, (index, 1 << 62)) - 1]
    return there + index - here
