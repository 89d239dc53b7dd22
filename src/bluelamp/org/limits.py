"""How often the public's forms may be sent from one place.

Where a form was sent from is kept as a digest under a key outside the database, for
a day.  Libraries, hostels and mobile networks share addresses: limits are generous.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.db import connection, transaction
from django.http import HttpRequest

from bluelamp.kit.keys import keyring
from bluelamp.org.gate import let_wait, source_of
from bluelamp.org.models import Knock

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
_NETWORKS = ((56, 1), (48, 8))
"""Bits of an IPv6 address by which it is counted, and how many times the limit is let in there.

A household is given a /56 or a /48 (RIPE-690 section 4.2, RFC 6177 section 2) and picks the
rest for itself.  A /48 may as well be 256 households of one provider: it is
counted beside the /56, so that nobody has 256 times the limit, and generously.
"""


def too_often(request: HttpRequest, door: str, most: int, *, now: datetime) -> bool:
    """Say whether a form was sent ``most`` times within an hour from here; count this one.

    Where it was, the answer is 429 with the time to wait, whatever the view shows.

    :param door: which form; each is counted apart.
    """
    wait = _knock_from(source_of(request), door, most, now)
    if wait is not None:
        let_wait(request, wait)
    return wait is not None


def too_many_from(source: str, door: str, most: int, *, now: datetime) -> bool:
    """Say whether ``door`` was knocked at ``most`` times within an hour from there; count this.

    :param source: an address.
    """
    return _knock_from(source, door, most, now) is not None


def too_many(what: str, door: str, most: int, *, now: datetime) -> bool:
    """Say whether ``door`` was knocked at ``most`` times within an hour; count this one.

    :param what: by which the knocks are counted: where they come from, or what they name.
    """
    return _knock(what, door, most, now) is not None


def places_of(source: str) -> Iterator[tuple[str, int]]:
    """Yield what an address is counted as, the narrowest first, and its share of the limit."""
    try:
        address = ip_address(source)
    except ValueError:
        yield source, 1
        return
    if not isinstance(address, IPv6Address):
        yield str(address), 1
    elif address.ipv4_mapped is not None:
        yield str(address.ipv4_mapped), 1
    else:
        for bits, share in _NETWORKS:
            yield str(IPv6Network((address, bits), strict=False)), share


def _knock_from(source: str, door: str, most: int, now: datetime) -> timedelta | None:
    """Count a knock where the address is; who is refused at home does not count for neighbours."""
    waits = (_knock(place, door, most * share, now) for place, share in places_of(source))
    return next((wait for wait in waits if wait is not None), None)


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
