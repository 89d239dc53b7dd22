"""Members handed out as rows: chosen by criteria, with a reason, recorded before they go."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from bluelamp.audit import actions as audit
from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.members import audience, queries
from bluelamp.members.errors import AudienceError, MembersError, ReasonWantedError
from bluelamp.members.models import Consent, Member
from bluelamp.members.values import Audience, MemberState, Purpose
from bluelamp.org.models import Force
from bluelamp.org.values import Acts
from bluelamp.places.rules import normalise_postcode

COLUMNS = (
    "e-mail", "name", "postcode", "topics", "language", "joined", "reference",
    "consent source", "consent wording",
)  # fmt: skip
"""The columns that an import reads, so that what is handed out can be taken in."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which members; all of the criteria together."""

    state: str = MemberState.JOINED
    postcode: str = ""
    audience: str = ""
    """An audience as JSON; empty for everybody."""


def export(force: Force, criteria: Criteria, *, by: Actor, reason: str) -> list[dict[str, Any]]:
    """Return the rows of the members chosen, by number, after recording the reading.

    :raises ReasonWantedError: no reason is given.
    :raises MembersError: a criterion makes no sense.
    """
    if not reason.strip():
        raise ReasonWantedError(_("Say why: it is kept in the record."))
    found = _chosen(force, criteria)
    with acting(by, Acts.MEMBER_EXPORT, reason=reason):
        rows = _rows(force, found)
        audit.read_many(
            by, Acts.MEMBER_EXPORT, "members_member", count=len(rows), criteria=asdict(criteria)
        )
    return rows


def _chosen(force: Force, criteria: Criteria) -> Any:
    found = Member.objects.filter(force=force).select_related("contact", "email_point")
    if criteria.state != "all":
        if criteria.state not in list(MemberState):
            raise MembersError(_("The state is one of pending, joined, left or all."))
        found = found.filter(state=criteria.state)
    if criteria.postcode:
        found = found.filter(postcode=normalise_postcode(criteria.postcode) or "-")
    if criteria.audience:
        try:
            asked = Audience.model_validate_json(criteria.audience)
        except ValidationError as error:
            raise AudienceError(f"Not an audience: {error.errors()[0]['msg']}.") from error
        found = found.filter(email_point__in=audience.all_points(force, asked).tolist())
    return found.order_by("pk")


def _rows(force: Force, found: Any) -> list[dict[str, Any]]:
    topics = list(queries.topics(force))
    consents = _consents(force)
    rows = []
    for member in found.iterator(chunk_size=5_000):
        source, wording = consents.get(member.contact_id, ("", ""))
        names = [topic.slug for topic in topics if member.topics >> topic.bit & 1]
        rows.append({
            "e-mail": _safe(member.email_point.address if member.email_point else ""),
            "name": _safe(member.contact.name), "postcode": member.postcode,
            "topics": ";".join(names), "language": member.language,
            "joined": member.joined_at.date().isoformat() if member.joined_at else "",
            "reference": _safe(member.reference),
            "consent source": _safe(source), "consent wording": _safe(wording),
        })  # fmt: skip
    return rows


def _consents(force: Force) -> dict[int, tuple[str, str]]:
    alive = Consent.objects.filter(force=force, purpose=Purpose.ALERTS, withdrawn_at=None)
    found = alive.values_list("contact_id", "source", "wording__text")
    return {contact: (source, text) for contact, source, text in found}


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a person's text for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
