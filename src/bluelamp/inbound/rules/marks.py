"""The marks by which people say in the text itself that they pass on another's words.

Platforms had no button for it once, and people still write it by hand:
``RT @user: words``, ``my comment RT @user: words``, ``MT @user`` (modified),
``“@user: words” my comment``, ``words via @user``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GAP = r"[ \t]{0,3}"  # bounded, or a text of blanks alone would take for ever
_USER = r"@[ \t]?(?P<user>\w+(?:@[\w.-]*\w)?)"
_MARK = re.compile(
    rf"(?<![\w@#])(?:P?RT|MT|HT){_GAP}:?{_GAP}[“”\"]?{_GAP}{_USER}{_GAP}:?", re.IGNORECASE
)
_QUOTED = re.compile(
    rf"(?:^[\s.]*(?=@\w+:)|(?P<open>[“”\"«‘]){_GAP}){_USER}{_GAP}:?{_GAP}(?P<words>\S.*)",
    re.DOTALL,
)
_VIA = re.compile(
    rf"[-–—/|(\[ \t]{{0,4}}\b(?:via|by way of|h/t|ht|cc){_GAP}:?{_GAP}@\w+[)\] \t]{{0,4}}",
    re.IGNORECASE,
)
_CLOSING = {"“": "”", "”": "”", '"': '"', "«": "»", "‘": "’"}
_FEW = 4
"""A part of fewer words is a remark ("so true"), unless nothing longer is there."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A text taken apart: whose words are passed on, and what was said about them."""

    words: str
    """What is passed on; the whole text where nobody is named."""
    comment: str = ""
    """What the sender put around it."""
    user: str = ""
    """Whose words they are said to be, without ``@``; empty without a mark."""


def take_apart(text: str) -> Passed:
    """Return the words that a text passes on, by the innermost mark that has words after it."""
    if "@" not in text:
        return Passed(text)
    marks = list(_MARK.finditer(text))
    passed = _by_marks(text, marks) if marks else Passed(text)
    while quoted := _QUOTED.search(passed.words):
        passed = _by_quotes(passed, quoted)
    return passed


def without_marks(text: str) -> str:
    """Return the text with every mark of :func:`take_apart` gone and all words kept."""
    bare = _MARK.sub(" ", text)
    while quoted := _QUOTED.search(bare):
        bare = f"{bare[: quoted.start()]}{quoted['open'] or ''}{quoted['words']}"
    return bare.strip()


def without_sources(text: str) -> str:
    """Return the text without ``via @user`` and ``cc @user``: they name a source, not a fact."""
    return _VIA.sub(" ", text) if "@" in text else text


def _by_marks(text: str, marks: Sequence[re.Match[str]]) -> Passed:
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    head = text[: marks[0].start()]
    chosen = _innermost(parts)
    if chosen is None:  # "words RT @user": the mark names the source of what stands before it
        return Passed(head, user=marks[0]["user"])
    comment = " ".join(part for part in (head, *parts[:chosen]) if part.strip())
    return Passed(parts[chosen], comment, marks[chosen]["user"])


def _innermost(parts: Sequence[str]) -> int | None:
    """Return the place of the last part of some length, else of the last with any words."""
    counts = [len(part.split()) for part in parts]
    long = [place for place, count in enumerate(counts) if count >= _FEW]
    some = [place for place, count in enumerate(counts) if count]
    return max(long or some, default=None)


def _by_quotes(outer: Passed, quoted: re.Match[str]) -> Passed:
    """Take apart what stands in quotation marks after a name; it may lack its closing mark."""
    closing = _CLOSING.get(quoted["open"] or "", "\0")
    words, closed, after = quoted["words"].rpartition(closing)
    if not closed:
        words, after = after, ""
    around = (outer.comment, outer.words[: quoted.start()], after)
    comment = " ".join(part for part in around if part.strip())
    return Passed(words, comment, quoted["user"])
