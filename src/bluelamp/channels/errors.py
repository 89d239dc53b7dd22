"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class ChannelsError(BluelampError):
    """A refusal of this floor."""


class UnknownProviderError(ChannelsError):
    """No line of the registry names this provider."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no provider called {name!r}.")


class VaultError(ChannelsError):
    """A sealed secret cannot be opened with the keys at hand."""


class AccountRefusedError(ChannelsError):
    """The settings of an account do not fit its provider.

    :param problems: field name -> what is wrong with it.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        places = "; ".join(f"{name}: {words}" for name, words in problems.items())
        super().__init__(f"The account cannot be saved. {places}")
        self.problems = problems
