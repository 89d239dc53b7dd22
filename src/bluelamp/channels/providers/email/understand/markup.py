"""HTML mails as text: what a reader sees, in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_SILENT = {"style", "script", "title", "template", "head"}
_BLOCKS = {
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article",
}  # fmt: skip
_MAX_QUOTE = 9


def html_to_text(source: str) -> str:
    """The visible text; block elements break lines, quotes are marked with ``>``."""
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True)
    data = source.replace("\x00", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(b'<meta charset="utf-8">' + data, parser)
    except (etree.XMLSyntaxError, ValueError):  # nothing in it
        return ""
    if root is None:
        return ""
    lines = [line.strip() for line in "".join(_pieces(root)).split("\n")]
    text = "\n".join(line if line.strip("> ") else "" for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _pieces(root: etree._Element) -> Iterator[str]:
    """Text in document order, with a line break at each edge of a block."""
    quotes = silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        step = 1 if event == "start" else -1
        silent += step * (tag in _SILENT)
        quotes += step * (tag == "blockquote")
        if tag in _BLOCKS and (step > 0 or tag not in ("br", "hr")):
            yield "\n" + "> " * min(quotes, _MAX_QUOTE)
        words = element.text if event == "start" else element.tail
        if words and not silent:
            yield re.sub(r"\s+", " ", words)
