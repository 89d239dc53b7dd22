"""What a word list holds, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

NEAR = 6
"""How many words to each side a term's ``needs`` and ``unless`` are looked for, unless it says."""


HOUSE_LANGUAGE = "en"
"""Words in it count in texts of every language."""


class ListKind(StrEnum):
    """What a list is for; a floor above may use kinds of its own."""

    EMERGENCY = "emergency"
    """Signs that somebody needs help now; headings are kinds of emergency."""
    THRIVE = "thrive"
    """Words under the THRIVE headings."""
    RELEVANCE = "relevance"
    """What makes a text worth an officer's time, or not; headings are families of words."""


class Origin(StrEnum):
    """Whose line it is."""

    PRODUCT = "product"
    SHARED = "shared"  # of all forces here
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a word list.

    :param text: one expression or several between commas, read by
        ``rules.pattern``; ``[name]`` stands for a trait of the whole text (a link,
        a question) instead of words; ``{name} = a|b`` names words that the other
        terms of the list may use.
    :param heading: what it is counted under.
    :param weight: points; below zero they speak against.
    :param needs: counts only where one of these is near; empty asks for nothing.
    :param unless: does not count where one of these is near.
    :param unless_before: does not count where one of these stands at most three
        words before it, in the same clause.
    :param near: how many words to each side is near; 0 is anywhere in the text.
    :param language: ISO 639 code, empty where it belongs to no one language.
    """

    text: str
    heading: str
    weight: float = 1.0
    needs: str = ""
    unless: str = ""
    unless_before: str = ""
    near: int = NEAR
    language: str = ""
    note: str = ""
    active: bool = True

    @property
    def is_group(self) -> bool:
        """Say whether it only names words that other terms use: ``{weapon} = knife|gun``."""
        return self.text.startswith("{") and "=" in self.text

    @property
    def is_trait(self) -> bool:
        """Say whether it stands for a trait of the whole text."""
        return self.text.startswith("[") and self.text.endswith("]")


COLUMNS = tuple(field.name for field in fields(Term))
"""A line's columns, in the order in which they are written."""
