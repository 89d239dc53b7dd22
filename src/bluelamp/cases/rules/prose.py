"""Guidance as its authors write it: paragraphs, headings, lists, links, words in bold.

The marks are Markdown's plainest: ``## Heading``, ``- point``, ``1. step``,
``**bold**``, an address that begins with ``https://``.  Nothing else means anything:
HTML is shown as it was typed.  What comes of it are values, which a template escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["paragraph", "heading", "bullets", "steps"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one look."""

    text: str
    bold: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a heading (one line or more), or a list (a line each point)."""

    kind: Kind
    lines: tuple[tuple[Piece, ...], ...]


_HEADING = re.compile(r"#{1,4}\s+(.*)")
_BULLET = re.compile(r"[-*•]\s+(.*)")
_STEP = re.compile(r"\d{1,2}[.)]\s+(.*)")
_LINES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("heading", _HEADING), ("bullets", _BULLET), ("steps", _STEP),
)  # fmt: skip
_PIECE = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|(?P<link>https://[^\s<>\"']+)")
_TRAILING = ".,;:!?)]"
"""Punctuation that ends a sentence rather than a link."""


def read(text: str) -> tuple[Block, ...]:
    """Return a text's blocks in their order; no text is refused."""
    return tuple(_blocks(text.replace("\r\n", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Block]:
    read_lines = [_line(line.strip()) for line in lines]
    for kind, run in groupby(read_lines, key=lambda line: line[0]):
        if kind is None:
            continue
        found = tuple(tuple(_pieces(words)) for _kind, words in run)
        if kind == "heading":
            yield from (Block(kind, (line,)) for line in found)
        else:
            yield Block(kind, found)


def _line(line: str) -> tuple[Kind | None, str]:
    """Return what a line is, and its words; an empty one parts what stands around it."""
    for kind, pattern in _LINES:
        if found := pattern.fullmatch(line):
            return kind, found[1]
    return ("paragraph" if line else None), line


def _pieces(line: str) -> Iterator[Piece]:
    end = 0
    for found in _PIECE.finditer(line):
        if found.start() > end:
            yield Piece(line[end : found.start()])
        link = (found["link"] or "").rstrip(_TRAILING)
        yield Piece(link, href=link) if link else Piece(found["bold"], bold=True)
        end = found.start() + len(link) if link else found.end()
    if end < len(line):
        yield Piece(line[end:])


def plain(text: str) -> str:
    """Return a text without its marks, for searching."""
    return "\n".join(
        "".join(piece.text for piece in line) for block in read(text) for line in block.lines
    )
