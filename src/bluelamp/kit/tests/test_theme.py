"""Whatever colour a force names, its pages can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bluelamp.kit.theme import AA_SHAPE, AA_TEXT, WHITE, contrast, is_colour, stylesheet, theme

PALETTE = Path(__file__).parents[4] / "frontend" / "src" / "styles" / "_palette.scss"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
@example("#777777")
@example("#767676")
@example("#ffff00")
@example("#ff0000")
@example("#0b2545")
def test_any_colour_becomes_readable(colour: str) -> None:
    made = theme(colour)
    assert contrast(made.ink, made.colour) >= AA_TEXT
    assert contrast(made.line, made.colour) >= AA_SHAPE
    assert contrast(made.accent, WHITE) >= AA_TEXT


@given(colours, colours)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


def test_contrast_agrees_with_published_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_colour_that_already_reads_is_kept() -> None:
    assert theme("#0b2545").colour == "#0b2545"


def test_the_sheet_sets_the_four_properties_and_nothing_else() -> None:
    names = re.findall(r"--[\w-]+(?=:)", stylesheet("#a00000"))
    assert names == ["--force-colour", "--force-ink", "--force-line", "--force-accent"]


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#0b2545;}body{display:none", ""])
def test_only_colours_are_colours(text: str) -> None:
    assert not is_colour(text)
    with pytest.raises(ValueError):
        stylesheet(text)


def palette() -> dict[str, str]:
    return dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", PALETTE.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["ink", "ink-soft", "night", "lamp", "lamp-deep", "red", "green"])
@pytest.mark.parametrize("ground", ["white", "mist", "haze"])
def test_the_house_colours_read_on_their_grounds(name: str, ground: str) -> None:
    assert contrast(palette()[name], palette()[ground]) >= AA_TEXT


def test_warning_words_and_the_dark_bar_read() -> None:
    p = palette()
    assert contrast(p["warn"], p["warn-pale"]) >= AA_TEXT
    assert contrast(p["glow"], p["night"]) >= AA_TEXT
    assert contrast(p["ink"], p["amber"]) >= AA_TEXT
