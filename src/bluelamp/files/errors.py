"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class FilesError(BluelampError):
    """A refusal of this floor."""


class UnwelcomeFileError(FilesError):
    """Too large, empty, or of a kind that is not taken; the sentence says which."""


class LostFileError(FilesError):
    """The bytes of a file are not where they were put, or are not the same."""


class ScannerError(FilesError):
    """The scanner cannot be reached, or does not answer as it should."""
