"""How often the public's forms may be sent from one place.

Where a form was sent from is kept as a digest under a key outside the database, for
a day.  Libraries, hostels and mobile networks share addresses: limits are generous.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.db import connection, transaction
from django.http import HttpRequest

from bluelamp.kit.keys import keyring
from bluelamp.org.gate import let_wait, source_of
from bluelamp.org.models import Knock

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
_NETWORK = 64
"""Bits of an IPv6 address that name a household; each picks the rest for itself (RFC 7421)."""


def too_often(request: HttpRequest, door: str, most: int, *, now: datetime) -> bool:
    """Say whether a form was sent ``most`` times within an hour from here; count this one.

    Where it was, the answer is 429 with the time to wait, whatever the view shows.

    :param door: which form; each is counted apart.
    """
    wait = _knock(place_of(source_of(request)), door, most, now)
    if wait is not None:
        let_wait(request, wait)
    return wait is not None


def too_many(what: str, door: str, most: int, *, now: datetime) -> bool:
    """Say whether ``door`` was knocked at ``most`` times within an hour; count this one.

    :param what: by which the knocks are counted: where they come from, or what they name.
    """
    return _knock(what, door, most, now) is not None


def place_of(source: str) -> str:
    """Return what an address is counted as: itself, or the network of an IPv6 address."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> (128 - _NETWORK) << (128 - _NETWORK)))


def _knock(what: str, door: str, most: int, now: datetime) -> timedelta | None:
    """Count a knock, or return how long it is until there is room for one.

    One at a time for each digest: many at once would all be let in by the same count.
    """
    source = _digest(door, what)
    with transaction.atomic():
        _alone(source)
        recent = Knock.objects.filter(source=source, at__gt=now - WINDOW).order_by("-at")
        times = list(recent.values_list("at", flat=True)[:most])
        if len(times) >= most:
            return times[-1] + WINDOW - now
        Knock.objects.create(source=source, at=now)
    return None


def _alone(source: bytes) -> None:
    """Wait until nobody else counts this digest; it is ours until the transaction ends."""
    key = int.from_bytes(source[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _digest(door: str, source: str) -> bytes:
    secret = keyring().newest("codes").secret
    return hmac.digest(secret, f"knock:{door}:{source}".encode(), hashlib.sha256)


def forget(*, now: datetime) -> int:
    """Delete what is older than a day; return how much."""
    return Knock.objects.filter(at__lte=now - KEPT).delete()[0]
