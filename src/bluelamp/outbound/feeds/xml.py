"""XML elements written as calls: ``A.title("…")``, typed, of one namespace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

Child = str | etree._Element


class Maker:
    """Makes elements of a namespace by the name of the attribute asked for."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._prefixes: Any = {None: namespace}  # the stubs know no default namespace

    def __getattr__(self, name: str) -> Callable[..., etree._Element]:
        def make(*children: Child, **attributes: str) -> etree._Element:
            made = etree.Element(f"{{{self._namespace}}}{name}", nsmap=self._prefixes)
            for child in children:
                if isinstance(child, str):
                    made.text = _printable(child)
                else:
                    made.append(child)
            for key, value in attributes.items():
                made.set(key, _printable(value))
            return made

        return make


def _printable(text: str) -> str:
    """Leave out the control characters that XML 1.0 (section 2.2) has no place for."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))


def document(root: etree._Element) -> bytes:
    """Return a finished XML document."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
