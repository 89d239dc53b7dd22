"""Failures to order: at which step, what happens, and which time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Where a failure can strike."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    RSET = "rset"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # a body has begun; answered now, it is thrown away without another answer
    END = "end"  # the final dot is here, nothing is decided
    TAKEN = "taken"  # the message is accepted and recorded, the answer has not left
    QUIT = "quit"


DROP = "drop"
SILENT = "silent"
DEAF = "deaf"


@dataclass(slots=True)
class Fault:
    r"""What happens when ``stage`` is reached for a time that it is meant for.

    ``action`` is a reply (``451 4.7.1 Greylisted``; 421 closes the connection too,
    and ``\r\n`` in it gives several), ``drop`` (disconnect without a
    word), ``silent`` (no answer from now on) or ``deaf`` (reads nothing from now on).
    """

    stage: Stage
    action: str
    at: int = 0
    """This time only, counted over all connections from 1; 0: any."""
    every: int = 0
    """Every so many times; 0: any."""
    first: int = 0
    """The first so many times; 0: any."""
    about: bytes = b""
    """Only for commands that hold these octets, and only those count."""
    times: int = field(default=0, init=False)
    """How often the stage was reached."""

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Return ``stage:action[:at=N][:every=N][:first=N][:about=TEXT]``.

        :raises ValueError: if it has not that shape.
        """
        stage, _, rest = text.partition(":")
        action, *conditions = rest.split(":")
        fault = cls(Stage(stage), action)
        for condition in conditions:
            key, _, value = condition.partition("=")
            if key == "about":
                fault.about = value.encode()
            elif key in {"at", "every", "first"}:
                setattr(fault, key, int(value))
            else:
                raise ValueError(f"{condition!r} is no condition of a fault.")
        return fault

    def strikes(self, command: bytes) -> bool:
        """Count this time and say whether it is meant."""
        if self.about and self.about.lower() not in command.lower():
            return False
        self.times += 1
        return (
            (not self.at or self.times == self.at)
            and (not self.every or self.times % self.every == 0)
            and (not self.first or self.times <= self.first)
        )
