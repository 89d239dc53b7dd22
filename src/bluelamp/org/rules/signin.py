"""How officers have to sign in."""

from __future__ import annotations

from bluelamp.org.rules.settings import Option, Setting
from bluelamp.org.values import SecondFactor

SECOND_FACTOR = Setting(
    "second_factor", "Second factor",
    "Whether officers prove who they are by more than a password when they sign in.",
    Option(SecondFactor), SecondFactor.REQUIRED,
    kept="Who runs the installation answers for it: nobody lets themselves in with less.",
)  # fmt: skip
"""Whatever is not ``none`` is ``required``."""
