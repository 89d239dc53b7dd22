"""What casework refuses."""

from bluelamp.kit.errors import BluelampError


class CaseRefusedError(BluelampError):
    """An act on a case that cannot be done, with the sentence that says why."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message % values if values else message)


class ChangedMeanwhileError(CaseRefusedError):
    """A colleague changed the same thing since the officer last looked."""


class SettingsRefusedError(CaseRefusedError):
    """Settings that do not fit.

    :param problems: name of the setting -> what is wrong with it, never its value.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in problems.items()))
        self.problems = problems


class AnsweredMeanwhileError(CaseRefusedError):
    """A colleague answered since the officer last looked."""


class ClockRefusedError(BluelampError):
    """A milestone's clock was told something that cannot have happened then."""
