"""What changes after joining: preferences, pause, leaving, suppression, erasure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit import actions as audit
from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.members import queries, rules, standing
from bluelamp.members.errors import ReasonWantedError
from bluelamp.members.models import Code, Consent, Contact, ContactPoint, Member, Suppression, Topic
from bluelamp.members.values import (
    STANDARD_TOPICS,
    Channel,
    LeaveReason,
    MemberState,
    Purpose,
    StandardTopic,
    SuppressionReason,
)
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts
from bluelamp.places.models import Postcode


def member_actor(contact: Contact, source: str = "") -> Actor:
    """Return a person as an actor of the record: a number, never a name."""
    return Actor(ActorKind.MEMBER, str(contact.pk), "member", force=contact.force_id, source=source)


# A member's own wishes -------------------------------------------------------


def change_topics(member: Member, topics: Iterable[Topic], *, by: Actor) -> Member:
    """Set what the member wants news of."""
    mask = rules.topic_mask([t.bit for t in topics if t.force_id == member.force_id])
    return _change(member, by, "members.topics", topics=mask)


def move(member: Member, place: Postcode, *, by: Actor) -> Member:
    """Set where the member lives."""
    return _change(
        member, by, "members.move", postcode=place.postcode, longitude=place.longitude,
        latitude=place.latitude, cell=place.cell,
    )  # fmt: skip


def change_language(member: Member, language: str, *, by: Actor) -> Member:
    """Set the language in which the member is written to."""
    return _change(member, by, "members.language", language=language)


def pause(member: Member, until: datetime | None, *, by: Actor) -> Member:
    """Send nothing until then; ``None`` ends a pause."""
    return _change(member, by, "members.pause", paused_until=until)


def _change(member: Member, by: Actor, act: str, **facts: object) -> Member:
    for name, value in facts.items():
        setattr(member, name, value)
    with acting(by, act):
        member.save(update_fields=list(facts))
    return member


def set_tracking(member: Member, agreed: bool, *, words: str, by: Actor, now: datetime) -> None:
    """Keep whether the member lets the force see what is opened and clicked."""
    with acting(by, "members.tracking"):
        if agreed:
            standing.give_consent(
                member.contact, Purpose.TRACKING, words=words, source="web", now=now
            )
        else:
            standing.withdraw_consent(member.contact, [Purpose.TRACKING], now=now)
        standing.refresh([member.contact_id])


def leave(
    member: Member, *, by: Actor, now: datetime, message: int | None = None, reason: str = ""
) -> bool:
    """End a membership; say whether there was one.  A repeat changes nothing.

    :param message: the id of the message whose link was used.
    :param reason: an officer's, who does it for somebody.
    """
    with acting(by, "members.leave", reason=reason):
        changed = Member.objects.filter(pk=member.pk).exclude(state=MemberState.LEFT).update(
            state=MemberState.LEFT, left_at=now, paused_until=None, left_message=message
        )  # fmt: skip
        if changed:
            standing.withdraw_consent(member.contact, now=now)
            for point in member.contact.points.all():
                standing.suppress_point(point, SuppressionReason.LEFT, now=now)
            standing.refresh([member.contact_id])
    member.refresh_from_db()
    return bool(changed)


def leave_point(point: int, *, by: Actor, now: datetime, message: int | None = None) -> bool:
    """End the membership behind a contact point (an answer by mail says so)."""
    member = Member.objects.filter(contact__points=point).first()
    return member is not None and leave(member, by=by, now=now, message=message)


def say_why(member: Member, reason: LeaveReason, words: str, *, by: Actor) -> None:
    """Keep why a member left, if they care to say."""
    with acting(by, "members.leave_reason"):
        Member.objects.filter(pk=member.pk, state=MemberState.LEFT).update(
            leave_reason=reason, leave_words=words[:1000]
        )


# Suppression ----------------------------------------------------------------


def suppress(
    point: ContactPoint, reason: SuppressionReason, *, by: Actor, now: datetime, detail: str = ""
) -> bool:
    """Send nothing to a contact point from now on; say whether that is new."""
    return suppress_points([point.pk], reason, by=by, now=now, detail=detail) == 1


def suppress_points(
    points: Iterable[int], reason: SuppressionReason, *, by: Actor, now: datetime, detail: str = ""
) -> int:
    """Send nothing to these contact points from now on; return for how many that is new."""
    found = list(ContactPoint.objects.filter(pk__in=list(points)).select_related("force"))
    with acting(by, "members.suppress"):
        new = [
            point for point in found
            if standing.suppress_point(point, reason, now=now, detail=detail)
        ]  # fmt: skip
        standing.refresh([point.contact_id for point in new])
    return len(new)


def suppress_address(
    force: Force, address: str, *, by: Officer, reason: str, now: datetime, source: str = ""
) -> bool:
    """Put an address on the list by hand, known here or not.

    :raises AddressError: it is not an e-mail address.
    :raises ReasonWantedError: no reason is given.
    """
    permit.require(by, Acts.SUPPRESSION_MANAGE, force)
    _want_reason(reason)
    key = queries.address_key(Channel.EMAIL, address)
    with acting(officer_actor(by, source), Acts.SUPPRESSION_MANAGE, reason=reason):
        new = standing.suppress_key(
            force, Channel.EMAIL, key, SuppressionReason.MANUAL, now=now, detail=reason[:200]
        )
        standing.refresh(standing.contacts_with_key(force, Channel.EMAIL, key))
    return new


def lift(
    suppression: Suppression, *, by: Officer, reason: str, now: datetime, source: str = ""
) -> None:
    """Take an address off the list.

    :raises ReasonWantedError: no reason is given.
    """
    permit.require(by, Acts.SUPPRESSION_MANAGE, suppression)
    _want_reason(reason)
    key = bytes(suppression.key)
    with acting(officer_actor(by, source), Acts.SUPPRESSION_MANAGE, reason=reason):
        standing.lift_key(suppression.force, suppression.channel, key, now=now)
        contacts = standing.contacts_with_key(suppression.force, suppression.channel, key)
        standing.refresh(contacts)


def _want_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonWantedError(_("Say why: it is kept in the record."))


# Erasure --------------------------------------------------------------------


def erase(contact: Contact, *, by: Officer | Actor, reason: str, now: datetime) -> None:
    """Empty everything that says who a person was; the suppression's key stays.

    Rows keep their numbers, so that reports still add up; what older entries of
    the record say of them is erased as well (UK GDPR Article 17).
    """
    _want_reason(reason)
    if isinstance(by, Officer):
        permit.require(by, Acts.MEMBER_ERASE, contact)
        by = officer_actor(by)
    with acting(by, Acts.MEMBER_ERASE, reason=reason):
        rows = _rows_of(contact)
        for point in contact.points.all():
            standing.suppress_point(point, SuppressionReason.LEFT, now=now, detail="erased")
            _empty_point(point)
        standing.withdraw_consent(contact, now=now)
        _empty_member(contact, now)
        Contact.objects.filter(pk=contact.pk).update(name="", language="en")
        for table, ids in rows.items():
            audit.erase(table, ids)


def _rows_of(contact: Contact) -> dict[str, list[int]]:
    rows = {
        model._meta.db_table: list(
            model.objects.filter(contact=contact).values_list("pk", flat=True)
        )
        for model in (ContactPoint, Member, Consent)
    }
    return {Contact._meta.db_table: [contact.pk], **rows}


def _empty_point(point: ContactPoint) -> None:
    Code.objects.filter(force=point.force_id, channel=point.channel, key=point.key).delete()
    ContactPoint.objects.filter(pk=point.pk).update(
        address="", key=f"erased {point.pk}".encode(), verified_at=None
    )


def _empty_member(contact: Contact, now: datetime) -> None:
    member = Member.objects.filter(contact=contact).first()
    if member is None:
        return
    Member.objects.filter(pk=member.pk).update(
        state=MemberState.LEFT, left_at=member.left_at or now, paused_until=None, postcode="",
        longitude=0, latitude=0, cell=0, topics=0, language="en", leave_words="", source="",
        reference="", reach=0, email_point=None,
    )  # fmt: skip


# Topics ---------------------------------------------------------------------


def make_topics(
    force: Force, *, by: Actor, given: Iterable[StandardTopic] = STANDARD_TOPICS
) -> list[Topic]:
    """Give a force its topics; those that it has already are left alone."""
    known = {topic.slug: topic for topic in queries.topics(force)}
    taken = {topic.bit for topic in known.values()}
    free = iter(bit for bit in range(63) if bit not in taken)
    with acting(by, "members.topics"):
        for topic in given:
            if topic.slug not in known:
                known[topic.slug] = Topic.objects.create(
                    force=force, slug=topic.slug, name=topic.name, hint=topic.hint,
                    bit=next(free), preset=topic.preset,
                )  # fmt: skip
    return list(known.values())
