"""Posts of Mastodon as text: what a reader sees, with the addresses of links.

Servers send the HTML of any other server, sanitised.  Classes are ignored: what a
page hides (``invisible``, ``quote-inline``) was written all the same and must be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_SILENT = {"style", "script", "title", "template", "head"}
_PARAGRAPHS = {"p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"}
_SPACE = re.compile(r"[ \t\r\n\f]+")


def html_to_text(source: str) -> str:
    """Return the text; paragraphs stand apart, and a link is followed by where it leads.

    Where a link's words are its address, or name a person or a topic, they are enough.
    """
    root = _parsed(source)
    if root is None:
        return ""
    lines = [line.strip() for line in "".join(_pieces(root)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _parsed(source: str) -> etree._Element | None:
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True)
    data = source.replace("\x00", "").encode("utf-8", "replace")
    try:
        return etree.fromstring(b'<meta charset="utf-8">' + data, parser)
    except (etree.XMLSyntaxError, ValueError):  # nothing in it
        return None


def _pieces(root: etree._Element) -> Iterator[str]:
    """Text in document order with breaks where blocks begin and end."""
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        begins = event == "start"
        silent += (1 if begins else -1) * (tag in _SILENT)
        yield from _break(tag, begins)
        if tag == "a" and not begins and not silent:
            yield _destination(element)
        words = element.text if begins else element.tail
        if words and not silent:
            yield _SPACE.sub(" ", words)


def _break(tag: str, begins: bool) -> Iterator[str]:
    if tag in _PARAGRAPHS:
        yield "\n\n"
    elif begins and tag == "br":
        yield "\n"
    elif begins and tag == "li":
        yield "\n- "


def _destination(link: etree._Element) -> str:
    """Return where a link leads, if its words do not say so."""
    address = (link.get("href") or "").strip()
    words = "".join(str(part) for part in link.itertext()).strip()
    if not address or words.startswith(("@", "#")) or _bare(words) == _bare(address):
        return ""
    return f" ({address})"


def _bare(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", address.lower()).rstrip("/")
