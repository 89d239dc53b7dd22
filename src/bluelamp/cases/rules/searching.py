"""Words as PostgreSQL's text search takes them."""

from __future__ import annotations

import re

from bluelamp.language.rules.normal import Kind, tokens

_CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "ga": "irish", "hu": "hungarian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
"""Those that PostgreSQL 15 brings with it; all else, Welsh and Polish too, is ``simple``."""
MOST_WORDS = 12
_PART = re.compile(r"[\w.,:]+")
_WORDS = frozenset({Kind.WORD, Kind.NUMBER, Kind.TAG})


def config_of(language: str) -> str:
    """Return the configuration by which texts of a language are searched."""
    return _CONFIGS.get(language.partition("-")[0].lower(), "simple")


def dictionary_of(config: str) -> str:
    """Return the dictionary that makes stems in a configuration."""
    return config if config == "simple" else f"{config}_stem"


def words_of(text: str) -> list[str]:
    """Return a text's words and numbers in their comparable form, in their order."""
    return [word for word, _said in spoken(text)]


def spoken(text: str) -> list[tuple[str, str]]:
    """Return each word's comparable form beside the word as it was written."""
    return [
        (part, text[token.start : token.end])
        for token in tokens(text)
        if token.kind in _WORDS
        for part in _PART.findall(token.text)
    ]


def telling(text: str) -> list[tuple[str, str]]:
    """Return :func:`spoken` without bare numbers: they say nothing of what a text is about."""
    return [(word, said) for word, said in spoken(text) if any(map(str.isalpha, word))]


def prefix_query(text: str, *, every: bool = True) -> str:
    """Return a ``tsquery`` of what somebody is typing; empty where it holds no word.

    :param every: whether each word has to be there, or one is enough.
    """
    parts = [f"'{word}':*" for word in words_of(text)[:MOST_WORDS]]
    return (" & " if every else " | ").join(parts)


_APOSTROPHE = re.compile("['’]")
_QUOTED = str.maketrans({"'": " ", "\\": " ", "\0": " "})


def written_query(text: str) -> str:
    """Return a ``tsquery`` of all the words of a text as they are written, or that begin so.

    PostgreSQL reads each as it reads what is searched: an address stays one word, and what
    has an apostrophe or a hyphen is found by its parts beside each other.
    """
    pieces = [piece for piece in text.split() if any(map(str.isalnum, piece))]
    return " & ".join(map(_written, pieces[:MOST_WORDS]))


def _written(piece: str) -> str:
    """Return one word's query; a curved apostrophe parts words only in some databases."""
    ways = dict.fromkeys(_APOSTROPHE.sub(mark, piece).translate(_QUOTED) for mark in "'’")
    return "(" + " | ".join(f"'{way}':*" for way in ways) + ")"
