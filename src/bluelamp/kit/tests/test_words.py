"""Scripts and the page agree on their words."""

import re
from pathlib import Path

from bluelamp.kit.words import officer_words, public_words

SCRIPTS = Path(__file__).parents[4] / "frontend" / "src" / "scripts"
OFFICERS_ALONE = {
    "autosave.ts", "count.ts", "drawing.ts", "filter.ts", "keys.ts", "live.ts", "menu.ts",
    "officer.ts", "segments.ts", "session.ts",
}  # fmt: skip


def asked(*names: str) -> set[str]:
    text = " ".join(p.read_text() for p in SCRIPTS.rglob("*.ts") if not names or p.name in names)
    calls = re.findall(r"\bword\(([^()]*)", text)
    direct = {name for call in calls for name in re.findall(r'"(\w+)"(?! \?)', call.split("{")[0])}
    # Drawing names its buttons' words where it makes them.
    return direct | set(re.findall(r'"(draw\w+)"', text))


def test_every_word_a_script_asks_for_is_there_and_none_is_there_for_nothing() -> None:
    assert asked() == set(officer_words())


def test_the_publics_pages_carry_the_words_of_their_scripts() -> None:
    others = {p.name for p in SCRIPTS.rglob("*.ts")} - OFFICERS_ALONE
    assert asked(*others) == set(public_words())
