"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class NoticesError(BluelampError):
    """A refusal of this floor."""
