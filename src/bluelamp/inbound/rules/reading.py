"""A text reduced to what counts when one is compared with another.

Case, accents, punctuation, HTML entities and the width of letters do not count.
Neither do links: platforms give every share of a page a link of its own.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from bluelamp.inbound.rules.marks import Passed, take_apart, without_sources

LONGEST = 20_000
"""Characters that are read; a longer text is compared by its beginning."""

END = 200
"""Last characters in which the mark of a cut is looked for."""

_LINK = re.compile(r"(?:\bhttps?://|\bwww\.|\bpic\.twitter\.com/)[^\s<>”\"]*", re.IGNORECASE)
_CUT_LINK = re.compile(r"(?:^|(?<=[\s(]))(?:h|ht|htt|https?:?/?/?)\.{2,}[\s”\"]*$", re.IGNORECASE)
_CUT = re.compile(r"(?P<stub>\w*)[ \t]?\.{3,}[\s)\]”\"'’]*$")
_ADDRESSED = re.compile(r"^[\s.,:]*(?:@\w+[\s,:]+)+")
"""Names of those a text is addressed to, before its first word."""
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W_]+(?:['’][^\W_]+)*|_+", re.UNICODE)
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSEEN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
"""Hyphens and marks of direction that no reader sees."""
_APOSTROPHES = str.maketrans("", "", "'’_")


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text as they are compared, and what was taken off."""

    words: tuple[str, ...]
    """In order, in lower case and without accents; of the passed-on part only."""
    written: str
    """The part that the words were read from."""
    cut: bool = False
    """Whether it ends with an ellipsis."""
    stub: str = ""
    """What is left of the word in which it was cut."""
    links: tuple[str, ...] = ()
    user: str = ""
    comment: bool = False


def read(text: str) -> Reading:
    """Return what counts of a text."""
    return read_passed(take_apart(plain(text[:LONGEST])))


def read_passed(passed: Passed) -> Reading:
    """Return what counts of a text that was taken apart."""
    body = _ADDRESSED.sub("", without_sources(passed.words))
    links = tuple(_LINK.findall(body)) if "/" in body or "www." in body else ()
    bare = _LINK.sub(_without_link, body) if links else body
    cut_link = _CUT_LINK.search(bare, len(bare) - END)
    if cut_link:
        bare = f"{bare[: cut_link.start()]} ... "
    cut, stub = _CUT.search(bare, len(bare) - END), ""
    if cut:
        bare, stub = bare[: cut.start()], "".join(words_of(cut["stub"]))
    return Reading(
        words_of(bare), bare, cut is not None, stub, links,
        passed.user.casefold(), bool(passed.comment.strip()),
    )  # fmt: skip


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, numbers whole, scripts without spaces by the letter."""
    folded = text.casefold()
    if not folded.isascii():
        folded = _folded(folded)
    found = _WORD.findall(folded)
    if "'" in folded or "’" in folded or "_" in folded:
        found = [word.translate(_APOSTROPHES) for word in found]
    return tuple(filter(None, found))


def _without_link(link: re.Match[str]) -> str:
    """Leave a break between what stands before and after, and the mark of a cut."""
    return " ...\n" if link[0].endswith("...") else "\n"


def plain(text: str) -> str:
    """Return the text with entities resolved, letters of one width, and nothing unseen."""
    if "&" in text:
        text = html.unescape(text)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_UNSEEN)


def _folded(text: str) -> str:
    """Take accents off Latin letters; set letters of scripts without spaces apart."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    return _SPACELESS.sub(r" \g<0> ", bare)
