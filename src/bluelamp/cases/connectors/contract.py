"""What a kind of case system must be able to do: hold a case of ours, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel, Field, SecretStr

from bluelamp.cases.rules.fieldmap import Scalar
from bluelamp.kit.errors import BluelampError


class ConnectorError(BluelampError):
    """A case system did not take a case, or did not say whether it had.

    :param permanent: the same again would be refused again; somebody must see to it.
    :param whole: the system refuses everything now (a limit, a log-in), not this case.
    :param retry_after: how long it asks to be left alone.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, whole: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.permanent, self.whole, self.retry_after = permanent, whole, retry_after


class Common(BaseModel):
    """What every kind of case system is set up with."""

    webhook_secret: SecretStr = Field(
        SecretStr(""), title="Secret for what it tells us",
        description="It signs its calls with this; empty where it never calls.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A case as the other system is told of it."""

    reference: str
    """Ours: whatever is told under it again is the same case there."""
    their_id: str
    """Theirs; empty while it is not known to be there."""
    fields: Mapping[str, Scalar]


class Connector(Protocol):
    """Speaks to one kind of case system."""

    label: str
    """As officers know it."""
    settings_model: type[BaseModel]
    """What must be set up; what is typed ``SecretStr`` goes into the vault."""

    def check(self, settings: Mapping[str, Any]) -> str:
        """Ask whether it would take a case, changing nothing there; return what it says.

        :raises ConnectorError: it would not; the sentence says why.
        """

    def tell(self, told: Told, settings: Mapping[str, Any]) -> str:
        """Make or change the one case of that reference; return their id.

        Must be safe to repeat: an attempt whose answer was lost is made again.

        :param settings: the system's open settings and secrets together.
        :raises ConnectorError: it was not taken, or nobody knows.
        """
