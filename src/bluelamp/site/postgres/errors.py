"""What can go wrong with the embedded database."""

from bluelamp.kit.errors import BluelampError


class PostgresError(BluelampError):
    """The embedded server cannot be had; the message says what to do about it."""
