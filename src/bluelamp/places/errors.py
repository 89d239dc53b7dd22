"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class PlacesError(BluelampError):
    """A refusal of this floor."""
