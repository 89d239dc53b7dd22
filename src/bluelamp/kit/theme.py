"""A force's colour, made safe to read: contrast by WCAG 2.2, and its style sheet.

A force names one colour.  From it come the ink that reads on it, a line that
shows beside it, and an accent dark enough for words on white.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NIGHT = "#0b2545"
"""The house's own dark blue, for a force that names no colour."""

INK = "#0d1a2b"
WHITE = "#ffffff"
GLOW = "#4aa3ff"
AA_TEXT = 4.5
"""Contrast that WCAG 2.2 success criterion 1.4.3 asks of text."""
AA_SHAPE = 3.0
"""Contrast that WCAG 2.2 success criterion 1.4.11 asks of shapes."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether ``text`` is a colour of the form ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def _channels(colour: str) -> tuple[int, int, int]:
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is not a colour of the form #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 for black to 1 for white (WCAG 2.2, glossary)."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, glossary)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with ``share`` (0 to 1) of ``other`` mixed in."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(colour: str) -> str:
    """Return the text colour, white or near black, that reads better on ``colour``."""
    return max((WHITE, INK), key=lambda ink: contrast(ink, colour))


def shifted(colour: str, *, towards: str, against: str, ratio: float) -> str:
    """Mix ``colour`` towards another until it has ``ratio`` against a ground."""
    steps = (mix(colour, towards, step / 20) for step in range(21))
    return next((c for c in steps if contrast(c, against) >= ratio), towards)


@dataclass(frozen=True, slots=True)
class Theme:
    """The four colours that a page takes from a force."""

    colour: str
    ink: str
    line: str
    accent: str


def theme(colour: str) -> Theme:
    """Work out a readable theme from one colour (``#rrggbb``).

    The ground itself is moved, as little as it takes, where neither white nor
    near black would reach 4.5:1 on it.
    """
    best = ink_on(colour)
    away = INK if best == WHITE else WHITE
    ground = shifted(colour, towards=away, against=best, ratio=AA_TEXT)
    return Theme(
        colour=ground,
        ink=ink_on(ground),
        line=shifted(GLOW, towards=ink_on(ground), against=ground, ratio=AA_SHAPE),
        accent=shifted(ground, towards=INK, against=WHITE, ratio=AA_TEXT),
    )


def stylesheet(colour: str) -> str:
    """Return the style sheet that gives a page a force's colours.

    It is served from an address of its own, so that no page carries a style.
    """
    made = theme(colour)
    return (
        ":root{"
        f"--force-colour:{made.colour};--force-ink:{made.ink};"
        f"--force-line:{made.line};--force-accent:{made.accent}"
        "}\n"
    )
