"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class InboundError(BluelampError):
    """A refusal of this floor."""
