"""Atom feeds of an area or a whole force (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _
from lxml import etree

from bluelamp.org.models import Force
from bluelamp.outbound import content, labels
from bluelamp.outbound.feeds.xml import Maker, document
from bluelamp.outbound.models import Message, MessageArea
from bluelamp.outbound.rules.times import LONDON

NAMESPACE = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
A = Maker(NAMESPACE)


def moment(at: datetime) -> str:
    """Return a time as RFC 3339 with the offset of Britain's clocks."""
    return at.astimezone(LONDON).isoformat(timespec="seconds")


def changed(message: Message) -> datetime:
    """Return when what the public sees of a message last changed."""
    return message.recalled_at or message.started_at or message.changed_at


def atom(force: Force, messages: Iterable[Message], *, title: str, at: str, page: str) -> bytes:
    """Return a feed.

    :param at: the feed's own address.
    :param page: the address of the page that people read.
    """
    found = list(messages)
    latest = max((changed(message) for message in found), default=force.created_at)
    root = A.feed(
        A.id(at),
        A.title(title),
        A.updated(moment(latest)),
        A.link(rel="self", type="application/atom+xml", href=at),
        A.link(rel="alternate", type="text/html", href=page),
        A.author(A.name(force.name)),
    )
    root.extend(_entry(message) for message in found)
    return document(root)


def _entry(message: Message) -> etree._Element:
    url = content.page_url(message)
    title = message.title
    if message.recalled_at:
        title = _("Withdrawn: %(title)s") % {"title": title}
    return A.entry(
        A.id(f"urn:uuid:{message.public_id}"),
        A.title(title),
        A.published(moment(message.started_at or message.changed_at)),
        A.updated(moment(changed(message))),
        A.link(rel="alternate", type="text/html", href=url),
        A.link(rel="related", type="application/cap+xml", href=f"{url}.cap"),
        A.category(term=message.kind, label=str(labels.KINDS[message.kind])),
        *(A.category(term=f"area:{row.area_id}", label=row.area.name) for row in _areas(message)),
        A.content(_html(message), type="html"),
    )


def _areas(message: Message) -> Iterable[MessageArea]:
    return message.areas.all()


def _html(message: Message) -> str:
    if message.recalled_at:
        words = _("We have withdrawn this message. The reason: %(reason)s")
        return format_html("<p>{}</p>", words % {"reason": message.recall_reason})
    return str(content.html_of(message.body))
