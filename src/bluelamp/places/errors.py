"""What this floor refuses.

A message may be a lazy translation: it is turned into words when it is shown,
so that files can be read and refused before Django is set up.
"""

from __future__ import annotations

from bluelamp.kit.errors import BluelampError


class PlacesError(BluelampError):
    """A refusal of this floor: a sentence with named blanks, and what fills them."""

    def __init__(self, words: object, /, **blanks: object) -> None:
        super().__init__(words)
        self.words = words
        self.blanks = blanks

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        return str(self.words) % self.blanks if self.blanks else str(self.words)


class FileRefusedError(PlacesError):
    """A file cannot be taken; nothing of it was.

    :param file: the file's name, shown first.
    :param place: the row, line or feature at fault, shown second; may be empty.
    """

    def __init__(self, file: str, place: object, words: object, /, **blanks: object) -> None:
        super().__init__(words, **blanks)
        self.file = file
        self.place = place

    def __str__(self) -> str:
        """Return ``file: place: sentence``."""
        parts = [self.file, str(self.place), super().__str__()]
        return ": ".join(part for part in parts if part)


class ShapeRefusedError(PlacesError):
    """A shape is no proper ground: open, crossing itself, too small, not on Earth."""


class UnknownPostcodeError(PlacesError):
    """Nobody has imported a position for this postcode, or it is none."""


class UnknownAreaError(PlacesError):
    """The force has no such area."""
