"""What several stages write: consents with their words, suppression, and the derived reach.

Every function runs inside the caller's act.  Whoever changes a contact point,
a consent or a suppression calls :func:`refresh` before the act ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from bluelamp.members.models import Consent, Contact, ContactPoint, Suppression, Wording
from bluelamp.members.values import Purpose, SuppressionReason
from bluelamp.org.models import Force

_REACH_SQL = """
UPDATE members_member m SET reach = r.reach, email_point_id = r.point
  FROM (
    SELECT n.id, p.id AS point,
           CASE WHEN p.id IS NULL OR n.state <> 'joined' THEN 0 ELSE
               CASE WHEN
                   EXISTS (SELECT FROM members_consent c WHERE c.contact_id = n.contact_id
                              AND c.purpose = 'alerts' AND c.withdrawn_at IS NULL)
                   AND NOT EXISTS (SELECT FROM members_suppression s
                            WHERE s.force_id = n.force_id AND s.channel = 'email'
                              AND s.key = p.key AND s.lifted_at IS NULL)
                   THEN 1 ELSE 0 END
               + CASE WHEN p.verified_at IS NOT NULL THEN 2 ELSE 0 END
               + CASE WHEN EXISTS (SELECT FROM members_consent t
                            WHERE t.contact_id = n.contact_id AND t.purpose = 'tracking'
                              AND t.withdrawn_at IS NULL) THEN 4 ELSE 0 END
           END AS reach
      FROM members_member n
      LEFT JOIN LATERAL (
            SELECT q.id, q.key, q.verified_at FROM members_contactpoint q
             WHERE q.contact_id = n.contact_id AND q.channel = 'email'
             ORDER BY q.verified_at DESC NULLS LAST, q.id DESC LIMIT 1) p ON true
     WHERE {which}
  ) r
 WHERE m.id = r.id AND (m.reach, m.email_point_id) IS DISTINCT FROM (r.reach::smallint, r.point)
"""


def refresh(contacts: Iterable[int]) -> int:
    """Derive anew how members of these contacts can be reached; return how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_REACH_SQL.format(which="n.contact_id = ANY(%s)"), [list(contacts)])
        return int(cursor.rowcount)


def refresh_force(force: Force) -> int:
    """Derive the reach of a whole force anew; 0 is what a sound database answers."""
    with connection.cursor() as cursor:
        cursor.execute(_REACH_SQL.format(which="n.force_id = %s"), [force.pk])
        return int(cursor.rowcount)


def keep_wording(force: Force, purpose: str, text: str) -> Wording:
    """Return the kept form of a consent's words, kept once for all who saw them."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    made, _new = Wording.objects.get_or_create(
        force=force, purpose=purpose, digest=digest, defaults={"text": text}
    )
    return made


def give_consent(
    contact: Contact, purpose: Purpose, *, words: str, source: str, now: datetime
) -> Consent:
    """Keep that a person agreed, in these words; an older consent alive ends here."""
    withdraw_consent(contact, [purpose], now=now)
    return Consent.objects.create(
        force_id=contact.force_id, contact=contact, purpose=purpose, source=source,
        wording=keep_wording(contact.force, purpose, words), given_at=now,
    )  # fmt: skip


def withdraw_consent(
    contact: Contact, purposes: Iterable[Purpose] | None = None, *, now: datetime
) -> int:
    """End consents that are alive (all, or of some purposes); return how many ended."""
    alive = contact.consents.filter(withdrawn_at=None)
    if purposes is not None:
        alive = alive.filter(purpose__in=[purpose.value for purpose in purposes])
    return alive.update(withdrawn_at=now)


def suppress_point(
    point: ContactPoint, reason: SuppressionReason, *, now: datetime, detail: str = ""
) -> bool:
    """Put an address on the list; say whether it was not on it yet."""
    return suppress_key(
        point.force, point.channel, bytes(point.key), reason, now=now, detail=detail
    )


def suppress_key(
    force: Force,
    channel: str,
    key: bytes,
    reason: SuppressionReason,
    *,
    now: datetime,
    detail: str = "",
) -> bool:
    """Put an address's key on the list; the first reason stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_suppression (force_id, channel, key, reason, detail, at)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (force_id, channel, key) WHERE lifted_at IS NULL DO NOTHING",
            [force.pk, channel, key, reason.value, detail, now],
        )
        return int(cursor.rowcount) == 1


def lift_key(
    force: Force,
    channel: str,
    key: bytes,
    *,
    now: datetime,
    reasons: Iterable[SuppressionReason] = tuple(SuppressionReason),
) -> int:
    """Take an address off the list where it stands there for one of these reasons."""
    return Suppression.objects.filter(
        force=force, channel=channel, key=key, lifted_at=None,
        reason__in=[reason.value for reason in reasons],
    ).update(lifted_at=now)  # fmt: skip


def contacts_with_key(force: Force, channel: str, key: bytes) -> list[int]:
    """Return the ids of contacts who have this address."""
    found = ContactPoint.objects.filter(force=force, channel=channel, key=key)
    return list(found.values_list("contact_id", flat=True))
