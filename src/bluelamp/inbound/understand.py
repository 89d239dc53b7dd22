"""Understand: stored payloads become items, receipts and departures, batch by batch.

Each batch is one transaction.  A payload that breaks it is found by halving, kept
as ``failed`` with the reason, and holds nothing else up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.contract import (
    Change,
    InboundItem,
    InboundKind,
    RawInbound,
    ReceiptKind,
    Said,
)
from bluelamp.inbound.attach import attach
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.mail import tokens, vouched
from bluelamp.inbound.values import BATCH, EXCHANGE, ItemState, Stage
from bluelamp.kit import bulk
from bluelamp.kit.queue import app, nudge
from bluelamp.kit.tokens import Sealed, open_mail
from bluelamp.members import actions as members
from bluelamp.members import contacts
from bluelamp.members.models import ContactPoint
from bluelamp.outbound import receipts
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries import last_message_to
from bluelamp.outbound.receipts import Came

ANSWER_WITHIN = timedelta(days=14)
"""A reply without any token is taken to answer the last message of so long."""


@dataclass(slots=True)
class Words:
    """A payload that holds somebody's words, and what is known of whose they are."""

    raw: RawItem
    item: InboundItem
    uses: list[tuple[str, str]]
    """(use, token) of those of our addresses that it came to."""
    message: int | None = None
    point: int | None = None
    sealed: bool = False
    """Whether a token of ours led to them, which nobody else can write."""
    own: bool | None = None
    """Whether it comes from whom that token was given to: whoever has a mail of ours passed on
    has the token in it.  ``None``: without a token."""

    @property
    def channel(self) -> str:
        """The kind of address the sender has."""
        if self.raw.meta.get("form"):
            return "email"
        return self.item.channel or registry.adapter(self.provider).channel

    @property
    def provider(self) -> str:
        """The provider it came through."""
        return self.raw.account.provider

    @property
    def address(self) -> str:
        """What names the sender on the channel: an address, or the platform's lasting id."""
        said = self.item.said
        return (said.author_id if said else "") or self.item.sender


def understand(*, now: datetime, limit: int = BATCH) -> int:
    """Read a batch of what is stored; return how many rows were settled."""
    with transaction.atomic():
        waiting = RawItem.objects.filter(state=ItemState.STORED).order_by("pk")
        claimed = list(
            waiting.select_for_update(skip_locked=True)
            .prefetch_related("account", "force")[:limit]  # few of each: not one a row
        )  # fmt: skip
        _settle(claimed, now=now)
        if claimed:
            nudge(app.tasks["bluelamp.inbound.jobs.flow"])
    return len(claimed)


def _settle(raws: Sequence[RawItem], *, now: datetime) -> None:
    """Read rows together; where that fails, halve until the culprit stands alone."""
    if not raws:
        return
    try:
        with transaction.atomic():
            _mark(_read(raws, now=now))
    except Exception as error:
        if len(raws) == 1:
            problem = f"{type(error).__name__}: {error}".replace("\0", "")[:300]
            RawItem.objects.filter(pk=raws[0].pk).update(state=ItemState.FAILED, problem=problem)
            return
        middle = len(raws) // 2
        _settle(raws[:middle], now=now)
        _settle(raws[middle:], now=now)


def _mark(states: dict[int, ItemState]) -> None:
    for state in set(states.values()):
        rows = [pk for pk, became in states.items() if became is state]
        RawItem.objects.filter(pk__in=rows).update(state=state)


def _read(raws: Sequence[RawItem], *, now: datetime) -> dict[int, ItemState]:
    states: dict[int, ItemState] = {}
    words: list[Words] = []
    for raw in raws:
        found = Words(raw, _parsed(raw), list(tokens(_recipients(raw))))
        if found.item.kind is InboundKind.RECEIPT:
            states[raw.pk] = _receipts(found, now=now)
        elif any(use == "leave" for use, _token in found.uses):
            states[raw.pk] = _leave(found, now=now)
        else:
            words.append(found)
            states[raw.pk] = ItemState.UNDERSTOOD
    _keep(words, now=now)
    return states


# Parse ----------------------------------------------------------------------


def _parsed(raw: RawItem) -> InboundItem:
    if raw.meta.get("form"):
        return _from_form(json.loads(bytes(raw.payload)))
    given = RawInbound(
        provider=raw.account.provider, external_id=raw.external_id,
        received_at=raw.received_at, payload=bytes(raw.payload), meta=raw.meta,
    )  # fmt: skip
    return registry.adapter(raw.account.provider).parse(given)


def _from_form(facts: dict[str, Any]) -> InboundItem:
    """Return what somebody wrote on a page of ours."""
    return InboundItem(
        kind=InboundKind.HUMAN, sender=facts.get("email", ""), sender_name=facts.get("name", ""),
        text=facts["text"], full_text=facts["text"],
    )  # fmt: skip


def _recipients(raw: RawItem) -> list[str]:
    return str(raw.meta.get("recipients", "")).split()


def _receipts(found: Words, *, now: datetime) -> ItemState:
    taken = receipts.take(found.raw.force, found.item.receipts, now=now)
    return ItemState.UNDERSTOOD if taken else ItemState.SET_ASIDE


def _leave(found: Words, *, now: datetime) -> ItemState:
    """Take a member out who asked by mail (RFC 2369): at once, without a question."""
    for use, token in found.uses:
        sealed = open_mail("mail", token) if use == "leave" else None
        if sealed is None or not _ours(found.raw, sealed):
            continue
        members.leave_point(sealed.contact_point, by=SYSTEM, now=now, message=sealed.message)
        return ItemState.UNDERSTOOD
    return ItemState.SET_ASIDE


# Whose it is ------------------------------------------------------------------


def _attribute(words: Sequence[Words], *, now: datetime) -> None:
    """Say which message and contact point a batch belongs to, as far as is known.

    The token in the address decides, then the one of the mail it answers; only
    without either the sender's address, which anybody can write.
    """
    unsealed = [one for one in words if not _by_token(one)]
    _by_address(unsealed, now=now)
    for one in unsealed:
        given = one.raw.meta.get("message")
        if given:
            one.message = int(given)
        elif one.point and one.channel == "email":
            one.message = _recent(one.raw, one.point)


def _by_token(one: Words) -> bool:
    if one.raw.meta.get("message"):
        return False
    for token in [*(token for use, token in one.uses if use != "case"), one.item.in_reply_to]:
        sealed = open_mail("mail", token) if token else None
        if sealed and _ours(one.raw, sealed):
            one.message, one.point = sealed.message, sealed.contact_point or None
            one.sealed = True
            return True
    return False


def _ours(raw: RawItem, sealed: Sealed) -> bool:
    return Message.objects.filter(pk=sealed.message, force=raw.force_id).exists()


def _by_address(words: Sequence[Words], *, now: datetime) -> None:
    """Find the senders among the contacts; who is new becomes one, unverified."""
    for force in {one.raw.force for one in words}:
        theirs = [one for one in words if one.raw.force_id == force.pk and one.address]
        people = [contacts.Sender(one.channel, one.address, one.item.sender_name) for one in theirs]
        points = contacts.known(force, people, now=now)
        for one, person in zip(theirs, people, strict=True):
            one.point = points.get(person)


def _compare(words: Iterable[Words]) -> None:
    """Say of what came with a token whether its sender is whom it was given to."""
    sealed = [one for one in words if one.sealed and one.point]
    points = ContactPoint.objects.in_bulk({one.point for one in sealed})
    for one in sealed:
        one.own = contacts.is_of(points.get(one.point or 0), one.item.sender)


def _recent(raw: RawItem, point: int) -> int | None:
    last = last_message_to(point) or 0
    since = raw.received_at - ANSWER_WITHIN
    found = Message.objects.filter(pk=last, force=raw.force_id, started_at__gte=since)
    return found.values_list("pk", flat=True).first()


# Keep -------------------------------------------------------------------------


def _keep(words: Sequence[Words], *, now: datetime) -> None:
    """Keep words as items; what is there already is edited or taken down."""
    for run in _runs(words):
        _keep_run(run, now=now)


def _runs(words: Iterable[Words]) -> Iterator[list[Words]]:
    """Yield words so that what is edited or taken down is there by then: no thing twice in one."""
    run: list[Words] = []
    named: set[Place] = set()
    for one in words:
        place = (one.raw.account_id, one.item.said.external_id if one.item.said else "")
        if place in named:
            yield run
            run, named = [], set()
        run.append(one)
        if place[1]:
            named.add(place)
    yield run


def _keep_run(words: Sequence[Words], *, now: datetime) -> None:
    there = _there(words)
    fresh = [one for one in words if not _followed(one, there, now=now)]
    _attribute(fresh, now=now)
    _compare(fresh)
    made = [_item(one) for one in fresh]
    bulk.insert(made)
    attach(zip(made, (one.item.attachments for one in fresh), strict=True), now=now)
    came = [
        Came(one.message, one.point, _reply(one.item.kind), one.raw.received_at)
        for one in fresh
        if one.message and one.point
    ]
    if came:
        receipts.record(came, now=now)


def _reply(kind: InboundKind) -> ReceiptKind:
    return ReceiptKind.REPLIED if kind is InboundKind.HUMAN else ReceiptKind.AUTO_REPLIED


Place = tuple[int, str]
"""An account and a thing's external id on it."""


def _there(words: Sequence[Words]) -> dict[Place, Item]:
    """Return the items that are there already of what a batch speaks about."""
    ids = [one.item.said.external_id for one in words if one.item.said]
    accounts = {one.raw.account_id for one in words}
    found = Item.objects.filter(account__in=accounts, external_id__in=[i for i in ids if i])
    return {(item.account_id or 0, item.external_id): item for item in found}


def _followed(one: Words, there: dict[Place, Item], *, now: datetime) -> bool:
    """Follow an edit or a deletion on the platform; say whether there is nothing new to keep."""
    said = one.item.said
    if said is None or not said.external_id:
        return False
    item = there.get((one.raw.account_id, said.external_id))
    if item is not None:
        RawItem.objects.filter(pk=one.raw.pk).update(about=item.external_id)
    if said.change is Change.DELETED:
        if item is not None:
            _taken_down(item, now)
        return True
    if item is not None and item.text != one.item.text:
        if item.held:
            one.item = _beside(one.item, said)
            return False
        item.text, item.edited_at, item.stage = one.item.text, now, Stage.UNDERSTOOD
        item.save(update_fields=["text", "edited_at", "stage"])
    return item is not None


def _taken_down(item: Item, now: datetime) -> None:
    """Note that its author took something down, and with it what is kept beside it."""
    account, name = item.account_id, item.external_id
    beside = Item.objects.filter(
        raw__account=account, raw__about=name, account=account, external_id="", deleted_at=None
    )
    beside.update(deleted_at=now)
    Item.objects.filter(pk=item.pk, deleted_at=None).update(deleted_at=now)


def _beside(given: InboundItem, said: Said) -> InboundItem:
    """Return new words to be kept beside those that a case holds, which stay as they were.

    They are an item of their own, read for what they say; the platform's name stays with the
    words that are held.
    """
    return replace(given, said=replace(said, external_id="", answers=said.external_id))


def _item(one: Words) -> Item:
    raw, item = one.raw, one.item
    made = Item(
        force_id=raw.force_id, raw=raw, account_id=raw.account_id, kind=item.kind,
        channel=one.channel, message_id=one.message, contact_point_id=one.point,
        sender=item.sender[:320], sender_name=item.sender_name[:200], subject=item.subject[:300],
        text=item.text, received_at=raw.received_at, stage=Stage.UNDERSTOOD,
    )  # fmt: skip
    if item.said is not None:
        _place(made, item.said)
    if made.conversation.startswith(EXCHANGE) and one.provider != registry.own().name:
        made.conversation = ""  # only we name a case's exchange: others would speak into any
    made.conversation = made.conversation or _exchange(one)
    made.proven = vouched(item.sender_proven, one.own)
    return made


def _exchange(one: Words) -> str:
    """Return the exchange that our address in an answer named (``case-6f…@``)."""
    for use, token in one.uses:
        sealed = open_mail("case", token) if use == "case" else None
        if sealed is not None:
            return f"{EXCHANGE}{sealed.message}"
    return ""


def _place(made: Item, said: Said) -> None:
    """Write what a platform says of where and after what it was said."""
    made.external_id, made.author_id, made.url = said.external_id, said.author_id, said.url
    made.visibility, made.said_at, made.reach = said.visibility, said.at, said.reach
    made.answers, made.passes_on = said.answers, said.repeats
    made.conversation, made.language = said.conversation, said.language
    made.longitude, made.latitude = said.longitude, said.latitude
