"""What people told of who they are, and what that says of each two contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet

from bluelamp.cases.models import CaseItem, Claim, Suggestion
from bluelamp.cases.rules import identities
from bluelamp.cases.rules.identities import Found, Identity, Source
from bluelamp.cases.rules.sameness import Evidence, Side, evidence
from bluelamp.cases.values import Joined, SuggestionState
from bluelamp.channels import registry
from bluelamp.channels.contract import InboundItem, RawInbound
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import Part
from bluelamp.members.merging import person_of
from bluelamp.members.models import ContactPoint
from bluelamp.members.queries import identity_key
from bluelamp.members.values import Channel
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

MOST = 200
"""An address that more contacts have than this is looked at no further."""

Pair = tuple[int, int]
"""Ids of two contacts, the lower first."""


# What one item says ---------------------------------------------------------------


def speaks_for_itself(row: CaseItem) -> bool:
    """Say whether an item is somebody's own words to us: not passed on, not a machine's."""
    item = row.item
    own = item.part not in {Part.REPOST, Part.QUOTE, Part.COPY} and row.why != Joined.REPEATS
    return own and item.kind == "human" and not item.listened and not is_gone(item)


def is_gone(item: Item) -> bool:
    """Say whether its author took it down, and it was forgotten here."""
    return item.deleted_at is not None and not item.text


def found_in(item: Item) -> list[Found]:
    """Return what an item tells of how else its author is reached, with the words.

    :param item: with its ``raw`` and the account that came through.
    """
    platforms = registry.handles()
    sender = identities.own(item.channel, item.sender, platforms)
    own = [Found(Source.OWN, sender, item.sender)] if sender else []
    said = identities.told(f"{item.subject}\n\n{item.text}", platforms)
    found = [*own, *said, *_around(item)]
    return [one for one in found if one.source == Source.OWN or one.identity != sender]


def _around(item: Item) -> list[Found]:
    """Return what came with the words: a form's field, the end of a mail, a profile."""
    whole = _whole(item)
    if whole is None:
        return []
    end = identities.signed(whole.full_text) if item.channel == Channel.EMAIL else []
    profile = identities.published(whole.profile, whole.links, registry.handles())
    return [*identities.field(whole.reached_at), *end, *profile]


def _whole(item: Item) -> InboundItem | None:
    """Read the payload again; nothing where it cannot be: then the words alone count."""
    raw = item.raw
    if not raw.payload or raw.meta.get("form"):
        return None
    given = RawInbound(
        provider=raw.account.provider, external_id=raw.external_id,
        received_at=raw.received_at, payload=bytes(raw.payload), meta=raw.meta,
    )  # fmt: skip
    try:
        return registry.adapter(raw.account.provider).parse(given)
    except Exception:  # it was read once; what it says beside its words is not worth a batch
        return None


def key_of(identity: Identity) -> bytes:
    """Return what stands for an identity; for e-mail the contact point's own key."""
    return identity_key(identity.kind, identity.value)


# What two contacts have in common -------------------------------------------------


def live_claims(force: int) -> QuerySet[Claim]:
    """Return what is claimed in items that are still there."""
    return Claim.objects.filter(force=force).exclude(item__text="", item__deleted_at__isnull=False)


def _mail_points(force: int) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(force=force, channel=Channel.EMAIL)


def evidence_about(force: int, contacts: Iterable[int]) -> dict[Pair, list[Evidence]]:
    """Return what stands for any of these contacts being the same person as another."""
    pairs: dict[Pair, list[Evidence]] = defaultdict(list)
    for key, sides in _sides(force, _keys(force, contacts)).items():
        for one in evidence(key, sides):
            pairs[one.one.contact, one.other.contact].append(one)
    return dict(pairs)


def neighbours(force: int, contacts: Iterable[int]) -> set[int]:
    """Return these contacts with all who have an address in common with one of them."""
    theirs = set(contacts)
    for sides in _sides(force, _keys(force, theirs)).values():
        if len(sides) <= MOST:
            theirs |= {side.contact for side in sides}
    return theirs


def _keys(force: int, contacts: Iterable[int]) -> set[bytes]:
    theirs = list(contacts)
    claimed = live_claims(force).filter(contact__in=theirs).values_list("key", flat=True)
    mailed = _mail_points(force).filter(contact__in=theirs).values_list("key", flat=True)
    return {bytes(key) for key in (*claimed, *mailed)}


def _sides(force: int, keys: set[bytes]) -> dict[bytes, list[Side]]:
    found: dict[bytes, list[Side]] = defaultdict(list)
    claims = live_claims(force).filter(key__in=keys).values_list("key", "contact", "source")
    for key, contact, source in claims:
        found[bytes(key)].append(Side(contact, Source(source)))
    points = _mail_points(force).filter(key__in=keys).values_list("key", "contact", "verified_at")
    for key, contact, verified in points:
        found[bytes(key)].append(Side(contact, Source.OWN, proven=verified is not None))
    return found


def between(suggestion: Suggestion) -> list[Evidence]:
    """Return what stands for a suggestion now."""
    pair = suggestion.one_id, suggestion.other_id
    return evidence_about(suggestion.force_id, [suggestion.one_id]).get(pair, [])


# For officers ---------------------------------------------------------------------


class Proof(NamedTuple):
    """A piece of evidence as it is shown: who told what, in which item."""

    contact: int
    source: Source
    words: str
    item: Item | None
    """Nothing where it is the address itself that they are known by."""


def proofs(suggestion: Suggestion) -> list[Proof]:
    """Return what an officer is shown for a suggestion, the stronger side of each first."""
    return [
        proof
        for one in between(suggestion)
        for side in (one.one, one.other)
        if (proof := _proof(suggestion.force_id, one.key, side)) is not None
    ]


def _proof(force: int, key: bytes, side: Side) -> Proof | None:
    claim = (
        live_claims(force).filter(key=key, contact=side.contact, source=side.source)
        .select_related("item__raw__account").first()
    )  # fmt: skip
    if claim is not None:
        words = next((one.words for one in found_in(claim.item) if key_of(one.identity) == key), "")
        return Proof(side.contact, side.source, words, claim.item)
    point = _mail_points(force).filter(key=key, contact=side.contact).first()
    return Proof(side.contact, side.source, point.address, None) if point else None


def suggestions(officer: Officer) -> QuerySet[Suggestion]:
    """Return the suggestions that the officer may decide, the surest first."""
    may = permit.may(officer, Acts.CONTACT_MERGE, officer.force)
    found = Suggestion.objects.filter(force=officer.force_id) if may else Suggestion.objects.none()
    return found.select_related("one", "other", "decided_by").order_by("-confidence", "pk")


def are_one(pair: Pair) -> bool:
    """Say whether an officer has said already that two contacts are one person."""
    return pair[1] in person_of(pair[0])


def open_between(pairs: Sequence[Pair], contacts: Iterable[int]) -> QuerySet[Suggestion]:
    """Return the suggestions that a new look at these contacts may change."""
    theirs = list(contacts)
    about = Q(one__in=theirs) | Q(other__in=theirs)
    for one, other in pairs:
        about |= Q(one=one, other=other)
    return Suggestion.objects.filter(about, state__in=list(SuggestionState))
