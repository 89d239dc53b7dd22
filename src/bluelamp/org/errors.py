"""What the organisation refuses."""

from bluelamp.kit.errors import BluelampError


class NotPermittedError(BluelampError):
    """The officer holds no grant for this act on this thing."""

    def __init__(self, act: str) -> None:
        super().__init__(f"You do not have permission to do this ({act}).")
        self.act = act


class GrantRefusedError(BluelampError):
    """A grant that must not be given: to oneself, or beyond one's own part of the force."""


class ShiftRefusedError(BluelampError):
    """A shift that overlaps another one of the same officer."""


class RotaPatternError(BluelampError):
    """A rota's pattern that cannot be read."""


class NeverOpenError(BluelampError):
    """Working time is asked of hours that hold no more of it."""


class OrgChangeError(BluelampError):
    """A change to force, unit or officer that makes no sense."""


class ImportRefusedError(BluelampError):
    """A CSV of units, officers, grants or shifts cannot be taken as it is."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
