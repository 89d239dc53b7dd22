"""The Common Alerting Protocol, OASIS Standard CAP-V1.2 (1 July 2010).

The order of elements is that of the schema in its section 3.4; ``references``
stands after ``scope``.  Times carry an offset, never a letter, and UTC is
written ``-00:00`` (section 3.3.2).  A recall is a ``Cancel`` of its own number
that refers to what it withdraws; an amendment is an ``Update``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import shapely
from django.utils.translation import gettext as _
from lxml import etree

from bluelamp.org.models import Force
from bluelamp.outbound import content, labels, queries
from bluelamp.outbound.feeds.atom import A, changed, moment
from bluelamp.outbound.feeds.xml import Maker, document
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules.times import LONDON
from bluelamp.outbound.values import Kind, MessageState, Urgency
from bluelamp.places.models import Area
from bluelamp.places.shapes import Ground2D, shape_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
TYPE = "application/cap+xml; charset=utf-8"
C = Maker(NAMESPACE)

CATEGORIES = {Kind.CRIME: "Security", Kind.APPEAL: "Security", Kind.MISSING: "Rescue",
              Kind.SAFETY: "Safety"}  # fmt: skip
"""CAP's categories (section 3.2.2); whatever is not named is ``Other``."""
NOT_ALERTS = (Kind.EVENT, Kind.GOOD_NEWS)
"""Kinds that warn nobody of anything; the index leaves them out."""
CURRENT = {Urgency.URGENT: timedelta(days=1), Urgency.ROUTINE: timedelta(days=14)}
"""How long an alert is to be taken as current."""
CORNERS = 1e-4
"""Degrees, about ten metres: to this the boundaries of areas are simplified."""
_GSS = re.compile(r"[ENSW]\d{8}")


def cap_time(at: datetime) -> str:
    """Return a time as CAP writes it, by Britain's clocks."""
    local = at.astimezone(LONDON)
    text = local.isoformat(timespec="seconds")
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def sender(force: Force) -> str:
    """Return the force's name as a sender: unique, without spaces or commas."""
    host = force.hosts[0] if force.hosts else "localhost"
    return f"alerts@{host}".replace(",", "").replace(" ", "")


def cap(message: Message) -> bytes:
    """Return a public message as one CAP alert; a withdrawn one as its Cancel."""
    return document(_alert(message))


def cap_index(force: Force, messages: Iterable[Message], *, title: str, at: str) -> bytes:
    """Return an Atom feed whose entries point to CAP alerts."""
    found = [message for message in messages if message.kind not in NOT_ALERTS]
    latest = max((changed(message) for message in found), default=force.created_at)
    root = A.feed(
        A.id(at),
        A.title(title),
        A.updated(moment(latest)),
        A.link(rel="self", type="application/atom+xml", href=at),
        A.author(A.name(force.name)),
    )
    root.extend(_entry(message) for message in found)
    return document(root)


def _entry(message: Message) -> etree._Element:
    return A.entry(
        A.id(f"urn:bluelamp:{_identifier(message)}"),
        A.title(message.title),
        A.updated(moment(changed(message))),
        A.link(rel="alternate", type="application/cap+xml",
               href=f"{content.page_url(message)}.cap"),
        A.summary(message.recall_reason or " ".join(message.body.split())[:300]),
    )  # fmt: skip


def _recalled(message: Message) -> bool:
    return message.state == MessageState.RECALLED


def _identifier(message: Message, *, cancelling: bool | None = None) -> str:
    cancels = _recalled(message) if cancelling is None else cancelling
    return f"{message.public_id}{'.cancel' if cancels else ''}"


def _reference(message: Message) -> str:
    """Return ``sender,identifier,sent`` of the alert that a message was."""
    sent = cap_time(message.started_at or message.changed_at)
    return f"{sender(message.force)},{_identifier(message, cancelling=False)},{sent}"


def _kind_of_message(message: Message) -> tuple[str, Message | None]:
    """Return CAP's msgType, and the message it refers to."""
    if _recalled(message):
        return "Cancel", message
    if message.follows and message.follows.started_at:
        return ("Cancel" if message.kind == Kind.CORRECTION else "Update"), message.follows
    return "Alert", None


def _alert(message: Message) -> etree._Element:
    kind, about = _kind_of_message(message)
    at = message.recalled_at if _recalled(message) else message.started_at
    root = C.alert(
        C.identifier(_identifier(message)),
        C.sender(sender(message.force)),
        C.sent(cap_time(at or message.changed_at)),
        C.status("Actual"),
        C.msgType(kind),
        C.scope("Public"),
    )
    if _recalled(message):
        root.append(C.note(message.recall_reason))
    if about is not None:
        root.append(C.references(_reference(about)))
    root.append(_info(message))
    return root


def _info(message: Message) -> etree._Element:
    urgent = message.urgency == Urgency.URGENT
    begun = message.started_at or message.changed_at
    title = message.title
    words = message.body
    if _recalled(message):
        title = _("Withdrawn: %(title)s") % {"title": title}
        words = _("This message has been withdrawn. %(why)s") % {"why": message.recall_reason}
    info = C.info(
        C.language("en-GB"),
        C.category(CATEGORIES.get(Kind(message.kind), "Other")),
        C.event(str(labels.KINDS[message.kind])),
        C.urgency("Past" if _recalled(message) else "Immediate" if urgent else "Expected"),
        C.severity("Severe" if urgent else "Minor"),
        C.certainty("Observed"),
        C.effective(cap_time(begun)),
        C.expires(cap_time(begun + CURRENT[Urgency(message.urgency)])),
        C.senderName(message.force.name),
        C.headline(title[:160]),
        C.description(words),
        C.web(content.page_url(message)),
    )
    if message.force.contact_line:
        info.append(C.contact(message.force.contact_line))
    info.extend(_grounds(message))
    return info


def _grounds(message: Message) -> Iterator[etree._Element]:
    """Yield an area element for each area; the whole force where none is named."""
    rows = [row.area for row in message.areas.select_related("area").order_by("area__name")]
    if not rows:
        yield C.area(C.areaDesc(message.force.name))
        return
    for area in rows:
        yield C.area(
            C.areaDesc(area.name),
            *(C.polygon(ring) for ring in rings(shape_of(area.boundary))),
            _geocode(area),
        )
    yield from _drawn(message)


def _drawn(message: Message) -> Iterator[etree._Element]:
    """Yield the ground an officer drew, where danger makes the exact place matter.

    For routine messages it stays unsaid: a circle's centre can be somebody's home.
    """
    audience = queries.audience_of(message)
    if message.urgency != Urgency.URGENT or not (audience.shapes or audience.circles):
        return
    parts = [
        *(C.polygon(ring) for one in audience.shapes for ring in rings(content.ground_of(one))),
        *(
            C.circle(f"{c.latitude:.6f},{c.longitude:.6f} {c.metres / 1000:.3f}")
            for c in audience.circles
        ),
    ]
    yield C.area(C.areaDesc(_("The place itself")), *parts)


def rings(ground: Ground2D) -> list[str]:
    """Return the outer rings of ground as CAP polygons: ``lat,lon`` pairs, first and last alike."""
    plain = shapely.simplify(ground, CORNERS, preserve_topology=True)
    parts = [part for part in shapely.get_parts(plain) if part.geom_type == "Polygon"]
    return [
        " ".join(f"{latitude:.5f},{longitude:.5f}" for longitude, latitude in part.exterior.coords)
        for part in parts
        if len(part.exterior.coords) >= 4
    ]


def _geocode(area: Area) -> etree._Element:
    scheme = "GSS" if _GSS.fullmatch(area.code) else f"{area.force.slug}-{area.kind}"
    return C.geocode(C.valueName(scheme), C.value(area.code))
