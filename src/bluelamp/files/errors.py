"""What this floor refuses."""

from __future__ import annotations

from datetime import timedelta

from bluelamp.kit.errors import BluelampError


class FilesError(BluelampError):
    """A refusal of this floor."""


class UnwelcomeFileError(FilesError):
    """Too large, empty, or of a kind that is not taken; the sentence says which."""


class LostFileError(FilesError):
    """The bytes of a file are not where they were put, or are not the same."""


class ScannerError(FilesError):
    """The scanner cannot be reached, or does not answer as it should."""


class RemoteError(FilesError):
    """What a platform serves cannot be had.

    :param permanent: asking again cannot help.
    :param retry_after: how long the platform asks us to wait, where it says so.
    """

    def __init__(
        self, message: str, *, permanent: bool, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
