"""What reads: members as officers may see them, topics, suppression, who is sendable."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.config import config
from bluelamp.kit.keys import keyring
from bluelamp.kit.nav import NavItem
from bluelamp.members import rules
from bluelamp.members.errors import AddressError
from bluelamp.members.models import (
    Consent,
    Contact,
    ContactPoint,
    Member,
    Suppression,
    Topic,
)
from bluelamp.members.values import Channel
from bluelamp.org.models import Force
from bluelamp.org.values import Acts
from bluelamp.places.rules import normalise_postcode

if TYPE_CHECKING:
    import psycopg

NAV = (NavItem(_("Members"), "members:search", (Acts.MEMBER_SEARCH,), order=40),)


# Addresses ------------------------------------------------------------------


def _address_secret() -> bytes:
    """Return the first key ever made: keys of addresses are looked up, so they never rotate.

    A suppression has lost its address; no new key could be computed for it.
    """
    return list(keyring().all("addresses"))[-1].secret


def identity_key(channel: str, identity: str) -> bytes:
    """Return the key of an address already normalised: 32 bytes of HMAC-SHA256."""
    return hmac.digest(_address_secret(), f"{channel}:{identity}".encode(), hashlib.sha256)


def address_key(channel: str, address: str) -> bytes:
    """Return what equality and suppression go by for an address as written.

    :raises AddressError: it is not an address of that channel.
    """
    if channel == Channel.EMAIL:
        return identity_key(channel, rules.normalise_email(address).identity)
    return identity_key(channel, "".join(address.split()).casefold())


def point_of(force: Force, channel: str, address: str) -> ContactPoint | None:
    """Return the force's contact point with that address, however it is written."""
    return (
        ContactPoint.objects.select_related("contact__member")
        .filter(force=force, channel=channel, key=address_key(channel, address))
        .first()
    )


def suppressed_keys(force_id: int, channel: str, keys: Sequence[bytes]) -> dict[bytes, str]:
    """Return which of these keys nothing goes to, each with the reason."""
    found = Suppression.objects.filter(
        force_id=force_id, channel=channel, key__in=list(keys), lifted_at=None
    ).values_list("key", "reason")
    return {bytes(key): reason for key, reason in found}


# Who may be sent to, read again at deliver -----------------------------------

SENDABLE_SQL = """
SELECT p.id, p.address,
       %(tracking)s AND EXISTS (SELECT FROM members_consent t
                WHERE t.contact_id = p.contact_id AND t.purpose = 'tracking'
                  AND t.withdrawn_at IS NULL),
       m.language
  FROM members_contactpoint p
  JOIN members_member m ON m.contact_id = p.contact_id
 WHERE p.id = ANY(%(points)s::bigint[]) AND p.force_id = %(force)s AND p.channel = %(channel)s
   AND m.state = 'joined' AND (m.paused_until IS NULL OR m.paused_until <= now())
   AND (p.verified_at IS NOT NULL OR %(unverified)s)
   AND EXISTS (SELECT FROM members_consent c
                WHERE c.contact_id = p.contact_id AND c.purpose = %(purpose)s
                  AND c.withdrawn_at IS NULL)
   AND (SELECT s.id FROM members_suppression s
         WHERE s.force_id = p.force_id AND s.channel = p.channel AND s.key = p.key
           AND s.lifted_at IS NULL LIMIT 1) IS NULL
 ORDER BY p.id
"""
"""Contact points among ``points`` (bigint[]) to which something may go now, in order of id.

Without ``tracking`` nobody is asked whether opens may be counted, and the answer is no.
It reads contact point, member, consent and suppression themselves, never what
is derived from them.  For any psycopg 3 cursor; about 2 ms for 500 points.
(Suppression is a subquery of its own, so that a list that grew since the last
ANALYZE is still looked up by its index.)
"""


class Sendable(NamedTuple):
    """One contact point to which something may go."""

    contact_point_id: int
    address: str
    tracking_consent: bool
    language: str


def sendable(
    points: Sequence[int],
    force_id: int,
    channel: str = Channel.EMAIL,
    purpose: str = "alerts",
    *,
    on: psycopg.Connection[Any] | psycopg.Cursor[Any] | None = None,
    unverified: bool = False,
) -> list[Sendable]:
    """Read again who of ``points`` may be sent something now, in order of id.

    :param points: ids of contact points, best 500 to 5,000 and ascending.
    :param on: a psycopg connection or cursor of the caller's own; Django's without.
    :param unverified: for messages that ask for an address to be confirmed.
    """
    values: dict[str, Any] = {
        "points": list(points), "force": force_id, "channel": str(channel),
        "purpose": str(purpose), "unverified": unverified, "tracking": True,
    }  # fmt: skip
    if on is None:
        with connection.cursor() as cursor:
            cursor.execute(SENDABLE_SQL, values)
            return [Sendable(*row) for row in cursor.fetchall()]
    return [Sendable(*row) for row in on.execute(SENDABLE_SQL, values).fetchall()]


# What sign-up and officers' pages show ---------------------------------------


def topics(force: Force) -> QuerySet[Topic]:
    """Return the force's topics, by name."""
    return Topic.objects.filter(force=force)


def topics_in(force: Force, mask: int) -> list[Topic]:
    """Return the topics of a mask."""
    return [topic for topic in topics(force) if mask >> topic.bit & 1]


def search(force: Force, words: str) -> QuerySet[Member]:
    """Find members by exact e-mail address, reference or postcode; never by part of one.

    Nobody can page through the membership: what is searched for must be known.
    """
    words = words.strip()
    wanted = Q(reference=words) if words else Q(pk__in=[])
    if "@" in words:
        wanted = _by_address(force, words)
    elif postcode := normalise_postcode(words):
        wanted |= Q(postcode=postcode)
    found = Member.objects.filter(wanted, force=force)
    return found.select_related("contact", "email_point").order_by("postcode", "pk")


def _by_address(force: Force, words: str) -> Q:
    try:
        key = address_key(Channel.EMAIL, words)
    except AddressError:
        return Q(pk__in=[])
    points = ContactPoint.objects.filter(force=force, channel=Channel.EMAIL, key=key)
    return Q(contact__in=points.values("contact"))


def consents_of(contact: Contact) -> QuerySet[Consent]:
    """Return what a person agreed to and took back, newest first."""
    return contact.consents.select_related("wording").order_by("-given_at", "-pk")


def agrees(contact: Contact, purpose: str) -> bool:
    """Say whether a consent to ``purpose`` is alive."""
    return contact.consents.filter(purpose=purpose, withdrawn_at=None).exists()


def suppressions(force: Force) -> QuerySet[Suppression]:
    """Return the live suppression list, newest first."""
    return Suppression.objects.filter(force=force, lifted_at=None).order_by("-at", "-pk")


# Figures --------------------------------------------------------------------


class Week(NamedTuple):
    """How many came and went in one week."""

    monday: datetime
    joined: int
    left: int


_WEEKS_SQL = """
WITH weeks AS (
    SELECT generate_series(
        date_trunc('week', %(now)s AT TIME ZONE 'Europe/London') - make_interval(weeks => %(back)s),
        date_trunc('week', %(now)s AT TIME ZONE 'Europe/London'), '1 week') AS monday
), moves AS (
    SELECT date_trunc('week', joined_at AT TIME ZONE 'Europe/London') AS monday, 1 AS j, 0 AS l
      FROM members_member WHERE force_id = %(force)s AND joined_at IS NOT NULL
    UNION ALL
    SELECT date_trunc('week', left_at AT TIME ZONE 'Europe/London'), 0, 1
      FROM members_member WHERE force_id = %(force)s AND left_at IS NOT NULL
)
SELECT weeks.monday, coalesce(sum(j), 0), coalesce(sum(l), 0)
  FROM weeks LEFT JOIN moves USING (monday) GROUP BY 1 ORDER BY 1
"""


def weeks(force: Force, *, now: datetime, back: int = 11) -> list[Week]:
    """Return joins and leaves of the last weeks, oldest first, this one included."""
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS_SQL, {"now": now, "back": back, "force": force.pk})
        return [Week(monday, int(j), int(left)) for monday, j, left in cursor.fetchall()]


def headline(force: Force, *, now: datetime) -> dict[str, int]:
    """Return the few numbers of the figures page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'joined'),"
            " count(*) FILTER (WHERE state = 'joined' AND paused_until > %(now)s),"
            " count(*) FILTER (WHERE state = 'joined' AND reach & 3 <> 3),"
            " count(*) FILTER (WHERE state = 'left')"
            " FROM members_member WHERE force_id = %(force)s",
            {"now": now, "force": force.pk},
        )
        joined, paused, unreachable, left = cursor.fetchone()
    return {"joined": joined, "paused": paused, "unreachable": unreachable, "left": left}


# Subject access --------------------------------------------------------------


def everything_about(contact: Contact) -> dict[str, Any]:
    """Return all that this floor keeps about a person, for them to read (UK GDPR Article 15)."""
    member = Member.objects.filter(contact=contact).first()
    return {
        "name": contact.name,
        "language": contact.language,
        "first_seen": contact.created_at.isoformat(),
        "contact_points": [_point_facts(point) for point in contact.points.order_by("pk")],
        "membership": _member_facts(member) if member else None,
        "consents": [_consent_facts(consent) for consent in consents_of(contact)],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _point_facts(point: ContactPoint) -> dict[str, Any]:
    held = suppressed_keys(point.force_id, point.channel, [bytes(point.key)])
    return {
        "channel": point.channel,
        "address": point.address,
        "confirmed": _iso(point.verified_at),
        "nothing_is_sent_because": next(iter(held.values()), None),
    }


def _member_facts(member: Member) -> dict[str, Any]:
    return {
        "state": member.state,
        "postcode": member.postcode,
        "longitude": member.longitude,
        "latitude": member.latitude,
        "topics": [topic.name for topic in topics_in(member.force, member.topics)],
        "joined": _iso(member.joined_at),
        "paused_until": _iso(member.paused_until),
        "left": _iso(member.left_at),
        "leave_reason": member.leave_reason,
        "leave_words": member.leave_words,
        "source": member.source,
        "reference": member.reference,
    }


def _consent_facts(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "words": consent.wording.text,
        "source": consent.source,
        "given": _iso(consent.given_at),
        "withdrawn": _iso(consent.withdrawn_at),
    }


def public_address(force: Force) -> str:
    """Return where the force's public pages begin, without a final slash."""
    base = urlsplit(config().public_url)
    if not force.hosts or base.hostname in force.hosts:
        return config().public_url.rstrip("/")
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{force.hosts[0]}{port}"
