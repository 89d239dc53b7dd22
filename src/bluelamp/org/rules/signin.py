"""How officers have to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from bluelamp.org.rules.settings import Json, Kind, Option, Setting
from bluelamp.org.values import SecondFactor

Login = dict[str, str]
"""``email``, ``password`` and the ``words`` that say who it is."""


@dataclass(frozen=True, slots=True)
class Logins(Kind[tuple[Login, ...]]):
    """Log-ins that everybody may know."""

    def read(self, stored: object) -> tuple[Login, ...] | None:
        """Return those that are whole."""
        if not isinstance(stored, list):
            return None
        return tuple(
            one
            for one in stored
            if isinstance(one, dict)
            and all(isinstance(one.get(name), str) for name in ("email", "password", "words"))
        )

    def write(self, value: tuple[Login, ...]) -> Json:
        """Return them as they are."""
        return list(value)


SECOND_FACTOR = Setting(
    "second_factor", "Second factor",
    "Whether officers prove who they are by more than a password when they sign in.",
    Option(SecondFactor), SecondFactor.REQUIRED,
    kept="Who runs the installation answers for it: nobody lets themselves in with less.",
)  # fmt: skip
"""Whatever is not ``none`` is ``required``."""
_NOBODY: tuple[Login, ...] = ()
DEMO_LOGINS = Setting(
    "demo_logins", "Log-ins of a demonstration",
    "What the sign-in page of a demonstration shows.", Logins(), _NOBODY,
)  # fmt: skip
"""Read where the installation is a demonstration; no page changes it."""
