"""HTML mails as text: what a reader sees, in lines."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = {"style", "script", "head", "title", "template"}
_BLOCKS = {
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article",
}  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.quote = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and tag != "head":
            self.silent += 1
        if tag == "blockquote":
            self.quote += 1
        if tag in _BLOCKS:
            self.out.append("\n" + "> " * min(self.quote, 9))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and tag != "head":
            self.silent = max(0, self.silent - 1)
        if tag == "blockquote":
            self.quote = max(0, self.quote - 1)
        if tag in _BLOCKS:
            self.out.append("\n" + "> " * min(self.quote, 9))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(re.sub(r"\s+", " ", data))


def html_to_text(source: str) -> str:
    """The visible text; block elements break lines, quotes are marked with ``>``."""
    reader = _Reader()
    try:
        reader.feed(source)
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # broken declarations
        return re.sub(r"<[^<>]*>", " ", source)
    lines = [line.strip() for line in "".join(reader.out).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_drop_bare_quotes(lines))).strip()


def _drop_bare_quotes(lines: list[str]) -> list[str]:
    return ["" if not line.strip("> ") else line for line in lines]
