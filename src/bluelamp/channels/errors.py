"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class ChannelsError(BluelampError):
    """A refusal of this floor."""
