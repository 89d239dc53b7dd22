"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class OutboundError(BluelampError):
    """A refusal of this floor."""


class GateError(OutboundError):
    """The gate does not let a message through in this way."""


class StaleError(GateError):
    """The message changed since the officer looked at it."""

    def __init__(self) -> None:
        super().__init__(
            "This message was changed after you opened it. Read the new version, then decide."
        )


class OwnWordsError(GateError):
    """An officer who wrote any of the words cannot approve them."""

    def __init__(self) -> None:
        super().__init__("You wrote some of this message, so someone else must approve it.")


class StateError(GateError):
    """The message is not in a state from which this can be done."""

    def __init__(self, wanted: str, state: str) -> None:
        super().__init__(f"You cannot {wanted} a message that is {state.replace('_', ' ')}.")
        self.state = state


class NotReadyError(GateError):
    """The check found something that must be put right first."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__("The check found something that must be put right first.")
        self.codes = codes


class ReasonMissingError(GateError):
    """The act asks for a reason, and none was given."""

    def __init__(self) -> None:
        super().__init__("Say why: a reason is kept with this decision.")


class NoAccountError(OutboundError):
    """The force has no account that could carry the message."""

    def __init__(self) -> None:
        super().__init__("There is no active e-mail account. Ask an administrator to add one.")
