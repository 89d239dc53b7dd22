"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class OutboundError(BluelampError):
    """A refusal of this floor."""
