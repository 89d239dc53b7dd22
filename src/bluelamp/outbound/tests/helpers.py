"""Small made-up ground and people for the tests of this floor and those above it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.actions import add
from bluelamp.channels.models import Account
from bluelamp.members.join import complete
from bluelamp.members.models import ContactPoint
from bluelamp.members.values import Answers
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.outbound import approve, check, compose, queries
from bluelamp.outbound.models import Message
from bluelamp.outbound.values import Draft, Kind
from bluelamp.places.importing.files import Handed
from bluelamp.places.importing.store_areas import Batch, import_areas
from bluelamp.places.models import Area, Postcode

WEST, SOUTH, STEP = -0.50, 52.10, 0.02
NAMES = ("Northwick", "Castle", "Riverside")
"""Three wards side by side, each 0.02 degrees wide and high."""


def make_areas(force: Force, now: datetime) -> dict[str, Area]:
    """Import three wards of the force; return them by name."""
    features = [_feature(n, name) for n, name in enumerate(NAMES)]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    batch = Batch.read(
        [Handed("wards.geojson", raw)], kind="ward", id_property="code", name_property="name"
    )
    import_areas(force, batch, by=SYSTEM, now=now)
    return {area.name: area for area in Area.objects.filter(force=force)}


def _feature(n: int, name: str) -> dict[str, Any]:
    west = WEST + n * STEP
    ring = [
        [west, SOUTH], [west + STEP, SOUTH], [west + STEP, SOUTH + STEP],
        [west, SOUTH + STEP], [west, SOUTH],
    ]  # fmt: skip
    return {
        "type": "Feature",
        "properties": {"code": f"W{n}", "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def make_postcode(text: str, ward: int = 0) -> Postcode:
    """Make a postcode in the middle of a ward."""
    from bluelamp.places.cells import cell_of

    longitude, latitude = WEST + (ward + 0.5) * STEP, SOUTH + STEP / 2
    made, _new = Postcode.objects.get_or_create(
        postcode=text,
        defaults={
            "longitude": longitude, "latitude": latitude, "cell": cell_of(longitude, latitude),
        },
    )  # fmt: skip
    return made


def make_member(
    force: Force, address: str, now: datetime, *, ward: int = 0, tracking: bool = False
) -> ContactPoint:
    """Make a joined member who lives in a ward; return their contact point."""
    postcode = make_postcode(f"BR{ward + 1} 1AA", ward).postcode
    answers = Answers(
        address=address, postcode=postcode, topics=0, words="I agree.",
        tracking_words="I agree to be counted." if tracking else "",
    )  # fmt: skip
    complete(force, answers, by=SYSTEM, now=now)
    return ContactPoint.objects.get(force=force, address=address)


def make_account(force: Force, now: datetime) -> Account:
    """Give the force an account of the provider that ships as a fake."""
    values = {"sender_name": force.name, "sender_address": "alerts@example.test"}
    return add(force, provider="memory", name="Alerts", values=values, actor=SYSTEM, now=now)


def draft(area: Area | None = None, **changes: Any) -> Draft:
    """Return a routine crime alert for an area."""
    facts: dict[str, Any] = {
        "kind": Kind.CRIME,
        "title": "Shed break-ins in Northwick",
        "body": "Three sheds were broken into last night.\n\nLock yours: https://example.org/sheds",
        "audience": {"areas": [area.pk]} if area else {},
    }
    return Draft(**(facts | changes))


def send_through(
    author: Officer, approver: Officer, given: Draft, now: datetime, unit: Unit | None = None
) -> Message:
    """Take a draft through the gate."""
    message = compose.create(given, by=author, now=now, unit=unit)
    message = check.submit(message, by=author, now=now)
    return approve.approve(message, digest=queries.digest_of(message), by=approver, now=now)


def pretend_sent(message: Message, outcomes: dict[int, int], now: datetime) -> Message:
    """Write what the engine would: the message sent, a delivery for each contact point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbound_delivery_partition(%s)", [message.month])
        for point, status in outcomes.items():
            cursor.execute(
                "INSERT INTO outbound_delivery (month, message_id, contact_point_id, status, at)"
                " VALUES (%s, %s, %s, %s, %s)",
                [message.month, message.pk, point, status, now],
            )
    with acting(SYSTEM, "test.engine"):
        message.state, message.started_at, message.finished_at = "sent", now, now
        message.recipients = len(outcomes)
        message.save()
    return message
