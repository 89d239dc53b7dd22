"""Traits of a whole text that no word shows: a link, figures, a headline's capitals.

A word list gives each its weight in a line of its own, ``[link]`` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bluelamp.language.rules.normal import Kind, Token

_RESHARE = re.compile(r"\b(?:RT|MT|via)\s*@|^\s*(?:RT|MT)\b")
_MEASURE = re.compile(
    r"(?:[£$€]\s?\d|\d\s?(?:%|°|km|kph|mph|mi\b|miles?|m\b|metres?|meters?|ft|feet|acres?|ha\b"
    r"|hectares?|cm|mm|inch|litres?|tonnes?|people|persons?|homes|houses|dead|injured|missing"
    r"|killed|families|residents|personnes|personas|persone|pessoas|morts|muertos))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|hrs|hours|h\d\d)\b|\b\d{1,2}:\d\d\b", re.IGNORECASE
)
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?\d[\s().-]{0,2}){9,13}(?!\d)|\b1[\s-]?800[\s-]?\w+|\b101\b")
_ROAD = re.compile(r"\b[ABM]\d{1,4}(?:\(M\))?\b|\b(?:junction|J)\s?\d{1,2}\b", re.IGNORECASE)
_MONEY = re.compile(r"[£$€]\s?\d|\d\s?(?:million|billion|m|bn)\b", re.IGNORECASE)
_SMILEY = re.compile(r"[:;=]['-]?[()DPp/|]|<3|\b[xX]{2,}\b")
_QUOTATION = re.compile(r"[\"“”«»]")
_SOURCE = re.compile(r"^(?:RT\s+@\w+:\s*)?[A-Z#@][\w .'/&-]{2,40}:\s+\S")
_CUT_OFF = re.compile(r"(?:\.\.\.|…)\s*(?:https?://\S*)?\s*$")
_DIGIT = re.compile(r"\d")
_SHORT, _LONG = 8, 18
_HEADLINE = 0.6
_FACE = re.compile("[\U0001f600-\U0001f64f]")
_EYES = frozenset(":;=<xX")
_DIGITS_OF_A_NUMBER = 9


class _Look(NamedTuple):
    """What the traits are judged by, worked out once."""

    text: str
    kinds: Sequence[Kind]
    words: Sequence[str]
    digits: int


def traits(text: str, found: Sequence[Token]) -> frozenset[str]:
    """Return the names of the traits that a text has."""
    word, tag = Kind.WORD, Kind.TAG
    look = _Look(
        text,
        [token.kind for token in found],
        [
            text[start:end]
            for _text, start, end, kind, _clause in found
            if kind is word or kind is tag
        ],
        len(_DIGIT.findall(text)),
    )
    return frozenset([name for name, has in TRAITS.items() if has(look)])


def _shouting(look: _Look) -> bool:
    return sum(len(word) > 2 and word.isupper() for word in look.words) >= 3


def _headline(look: _Look) -> bool:
    words = [word for word in look.words if len(word) > 3]
    raised = sum(word[0].isupper() and not word.isupper() for word in words)
    return len(words) >= 4 and raised >= _HEADLINE * len(words)


def _smiles(look: _Look) -> bool:
    smiley = not _EYES.isdisjoint(look.text) and _SMILEY.search(look.text) is not None
    return smiley or (Kind.EMOJI in look.kinds and _FACE.search(look.text) is not None)


def _reshared(look: _Look) -> bool:
    text = look.text
    if "@" not in text and not text.lstrip().startswith(("RT", "MT")):
        return False
    return _RESHARE.search(text) is not None


def _cut_off(look: _Look) -> bool:
    text = look.text
    return ("..." in text or "…" in text) and _CUT_OFF.search(text) is not None


def _digits(look: _Look, pattern: re.Pattern[str]) -> bool:
    """Say whether a pattern that holds a digit is met."""
    return look.digits > 0 and pattern.search(look.text) is not None


def _telephone(look: _Look) -> bool:
    text = look.text
    if look.digits < _DIGITS_OF_A_NUMBER and "101" not in text and "800" not in text:
        return False
    return _TELEPHONE.search(text) is not None


TRAITS: dict[str, Callable[[_Look], bool]] = {
    "link": lambda look: Kind.LINK in look.kinds,
    "reshare": _reshared,
    "reply": lambda look: look.text.lstrip().startswith(("@", ".@")),
    "three tags": lambda look: look.text.count("#") >= 3,
    "three names": lambda look: look.text.count("@") >= 3,
    "number": lambda look: Kind.NUMBER in look.kinds,
    "three numbers": lambda look: look.kinds.count(Kind.NUMBER) >= 3,
    "measure": lambda look: _digits(look, _MEASURE),
    "time of day": lambda look: _digits(look, _CLOCK),
    "telephone": _telephone,
    "money": lambda look: _digits(look, _MONEY),
    "road number": lambda look: _digits(look, _ROAD),
    "question": lambda look: "?" in look.text,
    "exclamation": lambda look: "!" in look.text,
    "shouting": _shouting,
    "smiley": _smiles,
    "short": lambda look: len(look.words) < _SHORT,
    "long": lambda look: len(look.words) >= _LONG,
    "quotation": lambda look: _QUOTATION.search(look.text) is not None,
    "source before colon": lambda look: _SOURCE.search(look.text) is not None,
    "headline": _headline,
    "cut off": _cut_off,
}
"""Trait -> whether a text has it."""
