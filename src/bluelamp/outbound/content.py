"""What a message becomes: its mail with slots, its links, its areas.

``freeze`` is called once, when a message is approved; ``deliver`` fills the slots.
Slots, each a function of (message, contact point) alone:

* ``link``: ``Sealer("link", message.pk).link(point)``, for rating, replying, tracking;
* ``leave``: ``Sealer("leave", message.pk).link(point)``, for leaving and preferences;
* ``mail``: ``Sealer("mail", message.pk).mail(point)``, for Reply-To, mail to leave by.

``tracked`` is the same mail with an open pixel and counted links: for those alone
who agreed to it.  It is there only where the force has switched tracking on.
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Mapping
from typing import Any, cast

import shapely
from django.db.models import QuerySet
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from bluelamp.kit.config import config
from bluelamp.kit.mail import Slotted, disarmed, render_mail
from bluelamp.members.values import Audience, Circle
from bluelamp.org.models import Force
from bluelamp.outbound import labels
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules.settings import PUBLIC_URL, TRACKING
from bluelamp.outbound.rules.words import LINK
from bluelamp.places.models import Area
from bluelamp.places.queries import PUBLIC_KINDS
from bluelamp.places.shapes import Ground2D, shape_of
from bluelamp.places.values import AreaKind

SLOTS = ("link", "leave", "mail")
TRAILING = ".,;:!?)]’'\""
"""Punctuation that ends a sentence rather than a link."""


def base_url(force: Force) -> str:
    """Return the address that the force's links begin with, without a final slash."""
    return PUBLIC_URL.read(force.settings) or config().public_url.rstrip("/")


def page_url(message: Message) -> str:
    """Return the public address of a message."""
    return f"{base_url(message.force)}/alert/{message.public_id}"


def area_url(area: Area) -> str:
    """Return the public path of an area."""
    return f"/area/{area.pk}-{slugify(area.name) or 'area'}"


# Words ----------------------------------------------------------------------


def paragraphs(body: str) -> list[list[str]]:
    """Return the paragraphs of a body, each as its lines; blank lines part them."""
    blocks = re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
    return [[line.strip() for line in block.split("\n")] for block in blocks if block.strip()]


def links_of(body: str) -> list[str]:
    """Return the links of a body, in order, each once; what may be counted or led to."""
    found = (link.rstrip(TRAILING) for link in LINK.findall(body))
    whole = (link if "://" in link else f"https://{link}" for link in found)
    return list(dict.fromkeys(whole))


def pieces(line: str) -> list[tuple[str, str]]:
    """Return a line as (text, address) in turn; the address is empty for plain words."""
    made: list[tuple[str, str]] = []
    end = 0
    for match in LINK.finditer(line):
        text = match.group().rstrip(TRAILING)
        made.append((line[end : match.start()], ""))
        made.append((text, text if "://" in text else f"https://{text}"))
        end = match.start() + len(text)
    made.append((line[end:], ""))
    return [piece for piece in made if piece[0]]


# Mail -----------------------------------------------------------------------


def freeze(message: Message, *, areas: list[Area]) -> dict[str, Any]:
    """Return the mail of a message with its slots: what is approved is what is sent."""
    html, text = _rendered(message, areas, tracked=False)
    made: dict[str, Any] = {
        "subject": disarmed(message.title),
        "text": text,
        "html": html,
        "headers": headers(message),
        "slots": list(SLOTS),
        "links": links_of(message.body),
        "tracked": None,
    }
    if TRACKING.read(message.force.settings):
        html, text = _rendered(message, areas, tracked=True)
        made["tracked"] = {"html": html, "text": text}
    return made


def headers(message: Message) -> dict[str, str]:
    """Return the headers that this floor owes: RFC 2369, 2919 and 8058; Reply-To with VERP.

    ``fanout`` adds Date; the provider From, To, Message-ID and signature.
    """
    domain = config().mail_domain
    base = base_url(message.force)
    return {
        "Reply-To": f"<reply-[[mail]]@{domain}>",
        "List-Id": f"<alerts.{message.force.slug}.{domain}>",
        "List-Unsubscribe": f"<{base}/l/[[leave]]>, <mailto:leave-[[mail]]@{domain}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{page_url(message)}>",
    }


def _rendered(message: Message, areas: list[Area], *, tracked: bool) -> tuple[str, str]:
    mark = f"slot-{secrets.token_hex(8)}"  # nothing that an author writes can be it
    html, text = render_mail("alert", mail_context(message, areas, mark if tracked else ""))
    html, text = html.replace(mark, "[[link]]"), text.replace(mark, "[[link]]")
    if tracked:
        pixel = f'<img src="{base_url(message.force)}/o/[[link]].gif" alt="" width="1" height="1">'
        html = html.replace("</body>", f"{pixel}</body>")
    return html, text


def mail_context(message: Message, areas: list[Area], mark: str = "") -> dict[str, Any]:
    """Return what the mail's templates are filled with.

    :param mark: what stands for the slot in counted links; empty for plain ones.
    """
    base, force = base_url(message.force), message.force
    page = page_url(message)
    return {
        "force_name": force.name,
        "colour": force.colour,
        "contact_line": force.contact_line,
        "kind": _kind_line(message),
        "area_line": area_line(areas),
        "title": message.title,
        "preheader": message.body[:120],
        "body": message.body,
        "body_html": html_of(message.body, base, mark),
        "page_url": page,
        "share_url": f"{page}#share",
        "signed": f"{message.author.label}\n{message.unit.name}",
        "rate_urls": [Slotted(f"{base}/r/[[link]]/{stars}") for stars in range(1, 6)],
        "reply_hint": _("You can reply to this e-mail. Your local team reads it in working hours."),
        "preferences_url": f"{base}/preferences",
        "unsubscribe_url": Slotted(f"{base}/l/[[leave]]"),
    }


def _kind_line(message: Message) -> str:
    kind = str(labels.KINDS[message.kind])
    return _("Urgent: %(kind)s") % {"kind": kind} if message.urgency == "urgent" else kind


def area_line(areas: list[Area], most: int = 3) -> str:
    """Return the areas in words: ``Northwick, Castle and 3 more``."""
    names = [area.name for area in areas]
    if len(names) > most:
        return _("%(names)s and %(more)d more") % {
            "names": ", ".join(names[:most]), "more": len(names) - most,
        }  # fmt: skip
    return ", ".join(names)


def html_of(body: str, base: str = "", mark: str = "") -> SafeString:
    """Return a body as HTML: paragraphs, line breaks, links; all else escaped.

    :param base: for mail; pages leave it out and get the look of the house.
    :param mark: with it, links lead by ``base``'s counter.
    """
    counted = {link: f"{base}/c/{mark}/{n}" for n, link in enumerate(links_of(body))}
    lead = counted if mark else {}
    look = "" if base else "govuk-link"
    return format_html_join(
        "", "<p>{}</p>", ((_block(lines, lead, look),) for lines in paragraphs(body))
    )


def _block(lines: list[str], lead: Mapping[str, str], look: str) -> SafeString:
    made = ((_line(line, lead, look),) for line in lines)
    return format_html_join(SafeString("<br>"), "{}", made)


def _line(line: str, lead: Mapping[str, str], look: str) -> SafeString:
    kind = format_html(' class="{}"', look) if look else ""
    made = (
        format_html('<a{} href="{}">{}</a>', kind, lead.get(to, to), text) if to else escape(text)
        for text, to in pieces(line)
    )
    return format_html_join("", "{}", ((piece,) for piece in made))


def filled(text: str, slots: Mapping[str, str]) -> str:
    """Return a text with its slots filled: for previews and test copies of one."""
    for name, value in slots.items():
        text = text.replace(f"[[{name}]]", value)
    return text


# Ground ---------------------------------------------------------------------


def areas_of(force: Force, audience: Audience) -> list[Area]:
    """Return the areas a message speaks about: those chosen, and those its drawings touch.

    Only areas that the public may see: a hot spot is named by the streets around it.
    """
    public = Area.objects.filter(force=force, retired_at=None, kind__in=PUBLIC_KINDS)
    found = {area.pk: area for area in public.filter(pk__in=audience.areas)}
    hidden = Area.objects.filter(force=force, pk__in=audience.areas).exclude(kind__in=PUBLIC_KINDS)
    secret = [shape_of(area.boundary) for area in hidden]
    for ground in [*drawn(audience), *secret]:
        found.update((area.pk, area) for area in _touched(public, ground))
    return sorted(found.values(), key=lambda area: (area.kind, area.name))


def _touched(public: QuerySet[Area], ground: Ground2D) -> list[Area]:
    """Return the smallest areas that ground reaches into."""
    west, south, east, north = ground.bounds
    near = public.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    hit = [area for area in near if _touches(area, ground)]
    for kinds in ((AreaKind.WARD, AreaKind.NEIGHBOURHOOD), (AreaKind.DISTRICT,)):
        small = [area for area in hit if area.kind in kinds]
        if small:
            return small
    return []


def _touches(area: Area, ground: Ground2D) -> bool:
    return bool(shapely.intersects(shape_of(area.boundary), ground))


def drawn(audience: Audience) -> list[Ground2D]:
    """Return the drawn shapes and circles of an audience as polygons (degrees)."""
    return [*(ground_of(one) for one in audience.shapes), *(disc(one) for one in audience.circles)]


def ground_of(drawing: Mapping[str, Any]) -> Ground2D:
    """Return a drawn GeoJSON shape as ground."""
    return cast("Ground2D", shape(dict(drawing)))


def public_features(message: Message) -> list[dict[str, Any]]:
    """Return what the public may see of a message's ground, as GeoJSON features.

    The named areas; what was drawn only where danger makes the exact place
    matter: else a circle's centre can be somebody's home.
    """
    rows = message.areas.select_related("area").order_by("area__name")
    found = [_feature(row.area.name, shape_of(row.area.boundary)) for row in rows]
    audience = Audience.model_validate(message.audience)
    if message.urgency == "urgent":
        found += [_feature("", ground) for ground in drawn(audience)]
    return found


def _feature(name: str, ground: Ground2D) -> dict[str, Any]:
    plain = shapely.simplify(ground, 1e-4, preserve_topology=True)
    return {"type": "Feature", "properties": {"name": name}, "geometry": mapping(plain)}


def disc(circle: Circle, corners: int = 32) -> Ground2D:
    """Return a circle as a polygon: good to a few metres, for touching and for maps."""
    east = circle.metres / (111_320 * math.cos(math.radians(circle.latitude)))
    north = circle.metres / 110_574
    turns = (2 * math.pi * n / corners for n in range(corners))
    ring = [
        (circle.longitude + east * math.cos(turn), circle.latitude + north * math.sin(turn))
        for turn in turns
    ]
    return shapely.Polygon(ring)


def console_url(message: Message, page: str = "") -> str:
    """Return the address of a message's page in the console."""
    return f"{config().public_url.rstrip('/')}/console/alerts/{message.pk}/{page}"
