from __future__ import annotations

import pytest

from bluelamp.language.rules.tongue import LANGUAGES, UNKNOWN, tongue_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("He's outside with a knife, please come", "en"),
        ("Mae rhywun yn fy nilyn i adref a dwi ofn", "cy"),
        ("Proszę o pomoc, mój mąż mnie bije", "pl"),
        ("ਮੇਰੀ ਮਦਦ ਕਰੋ", "pa"),
        ("Il y a un incendie dans notre immeuble", "fr"),
        ("Vă rog să mă ajutați, cineva e în casă", "ro"),
    ],
)
def test_languages_are_told_apart(text: str, code: str) -> None:
    assert tongue_of(text).code == code


@pytest.mark.parametrize("text", ["", "ok", "help", "https://example.test/a/b", "@NSWRFS 12345"])
def test_what_says_too_little_is_left_open(text: str) -> None:
    assert tongue_of(text) == UNKNOWN


def test_english_in_capitals_is_english() -> None:
    assert tongue_of("ALL THE BIRDS ARE FALLING AND THEY DIE, PLEASE COME").code == "en"


def test_a_name_in_english_does_not_make_it_english() -> None:
    assert tongue_of("Wczoraj na koncercie The Who ktoś ukradł mi rower i telefon").code == "pl"
    assert tongue_of("Wczoraj na koncercie The Who zgubiony zostal niebieski rower").code == "pl"


def test_links_and_names_do_not_speak() -> None:
    said = "Mae tân yn y tŷ ac mae rhywun tu mewn"
    around = "@TheLocalNewsChannel https://example.test/breaking-news-about-the-fire"
    assert tongue_of(f"{said} {around}").code == "cy"


def test_the_languages_are_distinct() -> None:
    assert len(set(LANGUAGES)) == len(LANGUAGES)
