"""What this floor refuses; sentences fit for the person who handed the words in."""

from __future__ import annotations

from collections.abc import Sequence

from bluelamp.kit.errors import BluelampError


class LanguageError(BluelampError):
    """A refusal of this floor."""


class PatternError(LanguageError):
    """A term cannot be read; the message says what is wrong with it."""


class WordsRefusedError(LanguageError):
    """A file of words cannot be taken; nothing of it was.

    :param problems: sentences, each with file and row.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class ChangedMeanwhileError(LanguageError):
    """Somebody changed the list since the officer last looked; the sentence says who."""
