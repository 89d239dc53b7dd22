"""How a text message is counted: its letters as a phone gets them, its parts, its cost.

Pure.  A part holds 160 letters of the GSM alphabet (3GPP TS 23.038), or 153 where
several are joined; one letter outside it turns the whole message into UCS-2, of
which 70 or 67 fit.  GOV.UK Notify lets that happen for the letters of Welsh alone
and writes all others down to the nearest that GSM has, or to a question mark.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 918
"""Characters that GOV.UK Notify takes, six parts of GSM; in Welsh letters that is fourteen."""

_EXTENDED = frozenset("^{}\\[~]|€")
"""Letters of the GSM extension table: an escape and the letter, so they count two."""
_GSM = _EXTENDED | frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ACCENTS = "\u0300\u0301\u0308\u0302"
"""Grave, acute, diaeresis and circumflex: what Welsh puts over its seven vowels."""
_WELSH = (
    frozenset(
        unicodedata.normalize("NFC", vowel + accent)
        for vowel in "aeiouwyAEIOUWY"
        for accent in _ACCENTS
    )
    - _GSM
)
_WRITTEN_AS = str.maketrans(
    {
        **dict.fromkeys("‑–—−", "-"),
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("\t\u00a0\u202f", " "),
        # what is not seen: separators, joiners, byte order mark
        **dict.fromkeys("\u180e\u200b\u200c\u2060\ufeff\u2028\u2029"),
        "…": "...",
    }
)
_BEFORE_PUNCTUATION = re.compile(r"[ \t]+(?=[,.])")
_BLANK_LINES = re.compile(r"\n{3,}")


class Alphabet(StrEnum):
    """In what a message goes out, and so how much fits into a part."""

    GSM = "GSM-7"
    UCS2 = "UCS-2"

    @property
    def alone(self) -> int:
        """Letters that fit into the only part."""
        return 160 if self is Alphabet.GSM else 70

    @property
    def joined(self) -> int:
        """Letters that fit into each of several parts, beside the header that joins them."""
        return 153 if self is Alphabet.GSM else 67


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as it goes out, counted."""

    text: str
    """As the phone shows it."""
    alphabet: Alphabet
    units: int
    """Letters as parts count them: those of the GSM extension are two."""

    @property
    def characters(self) -> int:
        """Letters as people count them: what :data:`LONGEST` limits."""
        return len(self.text)

    @property
    def parts(self) -> int:
        """How many messages are paid for."""
        if self.units <= self.alphabet.alone:
            return 1
        return math.ceil(self.units / self.alphabet.joined)

    @property
    def in_last_part(self) -> int:
        """Units that would have to go to save a part."""
        before = self.parts - 1
        return self.units - (self.alphabet.alone if before == 1 else before * self.alphabet.joined)

    @property
    def left_in_part(self) -> int:
        """Units that can still be written before there is one part more."""
        room = self.alphabet.alone if self.parts == 1 else self.parts * self.alphabet.joined
        return room - self.units

    def cost(self, pence_a_part: float) -> float:
        """Return the pence for one recipient in the United Kingdom."""
        return self.parts * pence_a_part


def count(text: str) -> Counted:
    """Count ``text`` as it would go out."""
    text = as_sent(text)
    if any(letter in _WELSH for letter in text):
        return Counted(text, Alphabet.UCS2, len(text))
    doubled = sum(letter in _EXTENDED for letter in text)
    return Counted(text, Alphabet.GSM, len(text) + doubled)


def as_sent(text: str) -> str:
    """Return ``text`` as the phone gets it: written down, and without idle white space.

    An accent typed as a sign of its own is joined to its letter first.
    """
    text = _BEFORE_PUNCTUATION.sub("", downgraded(unicodedata.normalize("NFC", text)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def downgraded(text: str) -> str:
    """Return ``text`` in letters of GSM and Welsh alone.

    A letter with an accent that neither knows loses the accent; dashes, quotation
    marks and spaces become plain ones; what is not seen goes; all else is ``?``.
    """
    return "".join(map(_downgraded, text.translate(_WRITTEN_AS)))


def _downgraded(letter: str) -> str:
    if letter in _GSM or letter in _WELSH:
        return letter
    base = unicodedata.decomposition(letter).split(" ")[0]
    # a mark in angle brackets says that the letter is no mere accented one (½, ™)
    plain = chr(int(base, 16)) if base and "<" not in base else ""
    return plain if plain in _GSM or plain in _WELSH else "?"
