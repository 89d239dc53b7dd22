"""People of the fictional county speak: by the door, and as triage would have understood them."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from bluelamp.cases.route import route
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Stage
from bluelamp.places.models import Postcode
from bluelamp.site.demo.people import DOMAIN
from bluelamp.site.demo.said import Told
from bluelamp.site.demo.words import WARDS

_SPOKEN_OF = ("Northwick", "Canalside", "Fernley", "Otterbridge")
"""Wards by whose name a text is put on the map; "Harbour Street" names none."""


def say(account: Account, told: Told, at: datetime) -> Item:
    """Let somebody speak by the door; put what triage would have found; route it."""
    item = heard(account, told, at)
    place = _place(told)
    findings = {"headings": told.headings, "to_us": True, "places": place.pop("names", []),
                "unsafe": told.unsafe}  # fmt: skip
    Item.objects.filter(pk=item.pk).update(
        stage=Stage.TRIAGED, severity=told.severity, findings=findings, **place
    )
    route(now=at)
    return item


def _place(told: Told) -> dict[str, Any]:
    """Return somewhere in the ward that the text names: the same for the same person."""
    name = next((ward for ward in _SPOKEN_OF if ward in told.text), "")
    if not name:
        return {}
    number = [ward for district in WARDS for ward in district].index(name) + 1
    codes = Postcode.objects.filter(postcode__startswith=f"BK{number} ").order_by("postcode")
    code = codes[zlib.crc32(told.name.encode()) % codes.count()]
    return {"names": [name], "longitude": code.longitude, "latitude": code.latitude}


def heard(account: Account, told: Told, at: datetime) -> Item:
    """Let somebody speak by the door and be understood."""
    name = f"demo-{told.name.lower().replace(' ', '-')}-{told.ago}"
    if account.provider == "email":
        name = f"<{name}@example.test>"
        ingest.store(account, name, _mail(told, name, at), {"recipients": f"alerts@{DOMAIN}"}, at)
    else:
        ingest.store(account, name, _post(told, name, at), {}, at)
    understand(now=at)
    return Item.objects.get(raw__account=account, raw__external_id=name)


def _mail(told: Told, name: str, at: datetime) -> bytes:
    mail = EmailMessage()
    address = told.name.lower().replace(" ", ".")
    mail["From"] = f"{told.name} <{address}@example.test>"
    mail["To"] = f"alerts@{DOMAIN}"
    mail["Subject"], mail["Message-ID"], mail["Date"] = told.subject, name, format_datetime(at)
    mail.set_content(told.text)
    return mail.as_bytes()


def _post(told: Told, name: str, at: datetime) -> bytes:
    handle = told.name.lower().replace(" ", "")
    said = {
        "external_id": name, "at": at.isoformat(), "author_id": f"did:{handle}",
        "visibility": "public" if told.public else "private", "reach": 40 * len(told.name),
        "conversation": "" if told.public else f"with-{handle}",
    }  # fmt: skip
    body = {
        "kind": "human", "sender": f"@{handle}", "sender_name": told.name, "text": told.text,
        "channel": told.channel, "said": said,
    }  # fmt: skip
    return json.dumps(body).encode()
