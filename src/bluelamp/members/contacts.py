"""Contacts of people who wrote to us: found again, or made, unverified.

A contact point made here is only a name for who spoke: nothing is sent to it
but answers, and it joins no other point by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.kit.locks import lock
from bluelamp.members.errors import AddressError
from bluelamp.members.models import Contact, ContactPoint
from bluelamp.members.queries import address_key
from bluelamp.org.models import Force

_LOCK = 0x636F6E74
"""First half of the advisory lock's key ("cont"); the second is the force."""


class Sender(NamedTuple):
    """Who says that they wrote: nothing of it is proven."""

    channel: str
    address: str
    """E-mail address, number, or a platform's lasting id of the author."""
    name: str = ""


def known(force: Force, senders: Iterable[Sender], *, now: datetime) -> dict[Sender, int]:
    """Return the contact points of senders, made where there were none.

    What is no address of its channel is left out.  To be called inside a
    transaction; concurrent calls for one force wait for each other.
    """
    keys = _keys(senders)
    if not keys:
        return {}
    points = _points(force, set(keys.values()))
    missing = {key: sender for sender, key in keys.items() if key not in points}
    if missing:
        lock(_LOCK, force.pk)
        points = _points(force, set(keys.values()))
        missing = {key: sender for key, sender in missing.items() if key not in points}
        points |= _make(force, missing, now=now)
    return {sender: points[key] for sender, key in keys.items()}


def is_of(point: ContactPoint | None, address: str) -> bool:
    """Say whether an address is a contact point's, however it is written."""
    if point is None:
        return False
    try:
        return address_key(point.channel, address) == bytes(point.key)
    except AddressError:
        return False


Key = tuple[str, bytes]


def _keys(senders: Iterable[Sender]) -> dict[Sender, Key]:
    found: dict[Sender, Key] = {}
    for sender in senders:
        try:
            found[sender] = (sender.channel, address_key(sender.channel, sender.address))
        except AddressError:
            continue
    return found


def _points(force: Force, keys: set[Key]) -> dict[Key, int]:
    rows = ContactPoint.objects.filter(
        force=force, channel__in={channel for channel, _ in keys}, key__in=[key for _, key in keys]
    ).values_list("channel", "key", "pk")
    return {(channel, bytes(key)): pk for channel, key, pk in rows}


def _make(force: Force, missing: dict[Key, Sender], *, now: datetime) -> dict[Key, int]:
    if not missing:
        return {}
    with acting(SYSTEM, "members.known"):
        people = Contact.objects.bulk_create(
            Contact(force=force, name=sender.name[:120], created_at=now)
            for sender in missing.values()
        )
        made = ContactPoint.objects.bulk_create(
            ContactPoint(
                force=force, contact=contact, channel=channel, key=key,
                address=sender.address[:320], created_at=now,
            )
            for contact, ((channel, key), sender) in zip(people, missing.items(), strict=True)
        )  # fmt: skip
    return {(point.channel, bytes(point.key)): point.pk for point in made}
