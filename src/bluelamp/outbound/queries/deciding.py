"""What the gate, the check and the approver go by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db.models import QuerySet

from bluelamp.channels.contract import Capability
from bluelamp.channels.models import Account
from bluelamp.channels.queries import active_account
from bluelamp.members import audience as audiences
from bluelamp.members.values import Audience
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import ROLE_ACTS, Acts
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate, words
from bluelamp.outbound.values import Decision, Facts, Finding, MessageState, Urgency
from bluelamp.places.models import Area

ALIKE = 0.8
"""Share of two texts that must agree for them to be called alike."""

ALIKE_DAYS = timedelta(days=7)


def gate_of(message: Message) -> gate.Gate:
    """Return where the message stands at the gate."""
    return gate.Gate(
        state=MessageState(message.state),
        version=message.version,
        writers=frozenset([message.author_id, *message.writers]),
        urgency=Urgency(message.urgency),
        approved_version=message.approved_version,
    )


def content_of(message: Message) -> dict[str, Any]:
    """Return what an approver decides on, as JSON."""
    at = message.scheduled_for
    return {
        "version": message.version,
        "kind": str(message.kind),
        "urgency": str(message.urgency),
        "purpose": message.purpose,
        "title": message.title,
        "body": message.body,
        "audience": message.audience,
        "scheduled_for": at.isoformat() if at else None,
        "unknown_policy": str(message.unknown_policy),
    }


def digest_of(message: Message) -> str:
    """Return the digest of what an approver decides on."""
    return gate.digest(content_of(message))


def audience_of(message: Message) -> Audience:
    """Return the message's audience definition."""
    return Audience.model_validate(message.audience)


def approved_content(message: Message) -> bool:
    """Say whether exactly this version has been approved, by whichever way.

    Whoever sends asks this first: the state alone is not enough.
    """
    ways = [Decision.APPROVED, Decision.BREAK_GLASS, Decision.STANDING]
    return (
        message.approved_version == message.version
        and message.approvals.filter(version=message.version, decision__in=ways).exists()
    )


def approvers(message: Message, *, others: bool = True) -> list[Officer]:
    """Return the officers who may approve the message now.

    :param others: leave those out who wrote some of it.
    """
    officers = Officer.objects.filter(force=message.force, is_active=True)
    holding = officers.filter(grants__revoked_at=None, grants__role__in=_APPROVING).distinct()
    if others:
        holding = holding.exclude(pk__in=gate_of(message).writers)
    return [one for one in holding if permit.may(one, Acts.MESSAGE_APPROVE, message)]


_APPROVING = [role for role, acts in ROLE_ACTS.items() if Acts.MESSAGE_APPROVE in acts]


def findings(message: Message, *, now: datetime) -> tuple[Finding, ...]:
    """Return what the check says about a message as it stands."""
    facts = Facts(
        title=message.title,
        body=message.body,
        urgency=Urgency(message.urgency),
        counted=count(message),
        goes_at=max(now, message.scheduled_for or now),
        outside=outside(message),
        alike=alike(message, now=now),
    )
    return words.examine(facts)


def count(message: Message) -> int:
    """Return how many people the audience holds now."""
    return audiences.count(message.force, audience_of(message)).total


def outside(message: Message) -> tuple[str, ...]:
    """Return the names of chosen areas that the message's unit does not police."""
    chosen = areas_named(message.force, audience_of(message).areas)
    mine = message.unit.path
    strangers = (area for area in chosen if area.unit and not area.unit.path.startswith(mine))
    return tuple(area.name for area in strangers)


def areas_named(force: Force, ids: Iterable[int]) -> QuerySet[Area]:
    """Return areas of the force by number."""
    found = Area.objects.filter(force=force, pk__in=list(ids)).select_related("unit")
    return found.defer("boundary")


def alike(message: Message, *, now: datetime) -> tuple[str, ...]:
    """Return titles of messages of the last week that say much the same to shared ground."""
    recent = Message.objects.filter(force=message.force, approved_at__gte=now - ALIKE_DAYS).exclude(
        pk=message.pk
    )
    if message.follows_id:
        recent = recent.exclude(pk=message.follows_id)
    ours = set(audience_of(message).areas)
    return tuple(
        other.title
        for other in recent.only("title", "body", "audience")[:50]
        if _shares_ground(ours, other) and _similar(message.body, other.body)
    )


def _shares_ground(ours: set[int], other: Message) -> bool:
    theirs = set(other.audience.get("areas", ()))
    return not ours or not theirs or bool(ours & theirs)


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:2000], other[:2000], autojunk=False)
    return matcher.real_quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def mail_account(force: Force) -> Account | None:
    """Return the account that carries messages to members by mail."""
    return active_account(force, "email", Capability.BULK)
