"""What casework refuses."""

from bluelamp.kit.errors import BluelampError


class ClockRefusedError(BluelampError):
    """A milestone's clock was told something that cannot have happened then."""
