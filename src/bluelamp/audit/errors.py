"""What the audit refuses."""

from bluelamp.kit.errors import BluelampError


class NoActorError(BluelampError):
    """Something was to be written and nobody answers for it."""


class AuditBrokenError(BluelampError):
    """The record does not agree with its seals."""


class RestoredError(BluelampError):
    """The database is older than its last seal: somebody has to say why."""
