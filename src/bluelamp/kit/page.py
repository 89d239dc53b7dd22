"""What a page shows, as frozen values: views make them, the kit's tags draw them.

None of them knows a business noun.  ``Brand`` and ``Console`` are put into every
page's context (as ``brand`` and ``console``) by the site's context processors.
Words may be lazy translations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

Words = str | Promise
Colour = Literal["grey", "blue", "teal", "green", "yellow", "orange", "red", "purple", "magenta"]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page.

    :param count: how much waits there; shown as a badge, nothing where ``None``.
    :param key: the keyboard shortcut in the console, such as ``g a``.
    """

    text: Words
    url: str
    current: bool = False
    count: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose pages these are."""

    name: str
    home_url: str = "/"
    crest_url: str = ""
    stylesheet_url: str = ""
    links: Sequence[Link] = ()
    footer: Sequence[Link] = ()
    report_url: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """Who is at work, and the rooms that are open to them."""

    officer: str
    unit: str = ""
    home_url: str = "/"
    account_url: str = ""
    sign_out_url: str = ""
    nav: Sequence[Link] = ()
    footer: Sequence[Link] = ()
    session_seconds: int = 0
    stay_url: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a word or two, with a colour that says the same."""

    text: Words
    colour: Colour = "blue"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a summary list."""

    key: Words
    value: object
    actions: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; the first one names the row.

    :param sort_url: where a click on the heading leads.
    :param sorted: how the rows are sorted by it now, if they are.
    """

    title: Words
    numeric: bool = False
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that opens to what is behind it.

    :param live: the name under which live events carry this number.
    """

    label: Words
    value: object
    url: str = ""
    note: Words = ""
    live: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, on a timeline."""

    title: Words
    at: datetime
    by: Words = ""
    text: Words = ""
    links: Sequence[Link] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Step:
    """A screen of a form of several."""

    text: Words
    state: Literal["done", "current", "later"] = "later"
    url: str = ""
