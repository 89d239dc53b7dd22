"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class MembersError(BluelampError):
    """A refusal of this floor."""
