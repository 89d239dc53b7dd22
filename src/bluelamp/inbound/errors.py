"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class InboundError(BluelampError):
    """A refusal of this floor."""


class NobodysMailError(InboundError):
    """Mail for an address that belongs to no force here."""

    def __init__(self) -> None:
        super().__init__("No force here has this address.")


class ImportRefusedError(InboundError):
    """A file that cannot be taken in as a whole; the sentence says why."""
