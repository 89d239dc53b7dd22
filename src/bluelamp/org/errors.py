"""What the organisation refuses."""

from bluelamp.kit.errors import BluelampError


class NotPermittedError(BluelampError):
    """The officer holds no grant for this act on this thing."""

    def __init__(self, act: str) -> None:
        super().__init__(f"You do not have permission to do this ({act}).")
        self.act = act


class ImportRefusedError(BluelampError):
    """A CSV of units, officers or grants cannot be taken as it is."""
