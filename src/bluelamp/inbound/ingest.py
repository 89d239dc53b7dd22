"""Ingest: store first, understand afterwards.

Whatever comes in is stored as it came, in one short transaction, before anything
reads it; only then is it acknowledged.  ``understand`` claims stored rows, parses
each with its provider's adapter and hands receipts to outbound, words to people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.contract import InboundItem, InboundKind, RawInbound, ReceiptKind
from bluelamp.channels.models import Account
from bluelamp.inbound import queries
from bluelamp.inbound.errors import NobodysMailError
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.mail import mail_id, tokens
from bluelamp.inbound.values import ItemState
from bluelamp.kit.queue import app, nudge
from bluelamp.kit.tokens import Sealed, open_mail
from bluelamp.members import actions as members
from bluelamp.members.errors import AddressError
from bluelamp.members.models import ContactPoint
from bluelamp.members.queries import point_of
from bluelamp.outbound import receipts
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries import last_message_to
from bluelamp.outbound.receipts import Came

CLAIM = 500
"""Rows understood in one transaction."""
ANSWER_WITHIN = timedelta(days=14)
"""A reply without any token is taken to answer the last message of so long."""


# Store ----------------------------------------------------------------------


def store(
    account: Account,
    external_id: str,
    payload: bytes,
    meta: Mapping[str, str],
    received_at: datetime,
) -> bool:
    """Store a payload as it came and nudge its reading; say whether it is new."""
    raw = RawItem(
        force_id=account.force_id, account=account, external_id=external_id[:300],
        payload=payload, meta=dict(meta), received_at=received_at,
    )  # fmt: skip
    with transaction.atomic():
        before = RawItem.objects.filter(account=account, external_id=raw.external_id).exists()
        if not before:
            RawItem.objects.bulk_create([raw], ignore_conflicts=True)
        nudge(app.tasks["bluelamp.inbound.jobs.understand"])
    return not before


def store_mail(raw: bytes, envelope_from: str, recipients: Iterable[str], *, now: datetime) -> bool:
    """Store a mail for the force whose address it came to; say whether it is new.

    :raises NobodysMailError: none of the recipients is ours.
    """
    wanted = list(recipients)
    account = queries.account_of(wanted)
    if account is None:
        raise NobodysMailError
    meta = {"envelope_from": envelope_from, "recipients": " ".join(wanted)}
    return store(account, mail_id(raw), raw, meta, now)


# Understand -----------------------------------------------------------------


def understand(*, now: datetime, limit: int = CLAIM) -> int:
    """Read a batch of what is stored; return how many rows were settled."""
    with transaction.atomic():
        waiting = RawItem.objects.filter(state=ItemState.STORED).order_by("pk")
        claimed = list(
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("account", "force")[:limit]
        )  # fmt: skip
        for raw in claimed:
            _settle(raw, now=now)
        RawItem.objects.bulk_update(claimed, ["state", "problem"])
    return len(claimed)


def _settle(raw: RawItem, *, now: datetime) -> None:
    """Read one row; what cannot be read is kept, and said so."""
    try:
        with transaction.atomic():
            raw.state = _read(raw, now=now)
    except Exception as error:
        raw.state, raw.problem = ItemState.FAILED, f"{type(error).__name__}: {error}"[:300]


def _read(raw: RawItem, *, now: datetime) -> ItemState:
    item = _parsed(raw)
    if item.kind is InboundKind.RECEIPT:
        taken = receipts.take(raw.force, item.receipts, now=now)
        return ItemState.UNDERSTOOD if taken else ItemState.SET_ASIDE
    uses = list(tokens(_recipients(raw)))
    if any(use == "leave" for use, _token in uses):
        return _leave(raw, uses, now=now)
    _keep(raw, item, _attributed(raw, item, uses), now=now)
    return ItemState.UNDERSTOOD


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


def _attributed(
    raw: RawItem, item: InboundItem, uses: list[tuple[str, str]]
) -> tuple[int | None, int | None]:
    """Return (message, contact point) that a reply belongs to, as far as is known.

    The token in the address decides, then the one of the mail it answers; only
    without either the sender's address, which anybody can write.
    """
    if raw.meta.get("message"):
        return int(raw.meta["message"]), _point_of(raw, item.sender)
    for token in [*(token for _use, token in uses), item.in_reply_to]:
        sealed = open_mail("mail", token)
        if sealed and _ours(raw, sealed):
            return sealed.message, sealed.contact_point or None
    point = _point_of(raw, item.sender)
    return (_recent(raw, point) if point else None), point


def _ours(raw: RawItem, sealed: Sealed) -> bool:
    return Message.objects.filter(pk=sealed.message, force=raw.force_id).exists()


def _point_of(raw: RawItem, address: str) -> int | None:
    if not address:
        return None
    try:
        point = point_of(raw.force, "email", address)
    except AddressError:
        return None
    return point.pk if point else None


def _recent(raw: RawItem, point: int) -> int | None:
    last = last_message_to(point) or 0
    since = raw.received_at - ANSWER_WITHIN
    found = Message.objects.filter(pk=last, force=raw.force_id, started_at__gte=since)
    return found.values_list("pk", flat=True).first()


def _keep(
    raw: RawItem,
    item: InboundItem,
    whose: tuple[int | None, int | None],
    *,
    now: datetime,
) -> None:
    message, point = whose
    Item.objects.create(
        force_id=raw.force_id, raw=raw, kind=item.kind, message_id=message, contact_point_id=point,
        sender=item.sender[:320], sender_name=item.sender_name[:200], subject=item.subject[:300],
        text=item.text, received_at=raw.received_at,
    )  # fmt: skip
    if message and point:
        kind = ReceiptKind.REPLIED if item.kind is InboundKind.HUMAN else ReceiptKind.AUTO_REPLIED
        receipts.record([Came(message, point, kind, raw.received_at)], now=now)


def _leave(raw: RawItem, uses: list[tuple[str, str]], *, now: datetime) -> ItemState:
    """Take a member out who asked by mail (RFC 2369): at once, without a question."""
    for use, token in uses:
        sealed = open_mail("mail", token) if use == "leave" else None
        if sealed is None or not _ours(raw, sealed):
            continue
        point = ContactPoint.objects.filter(pk=sealed.contact_point).select_related(
            "contact__member"
        ).first()  # fmt: skip
        member = getattr(point.contact, "member", None) if point else None
        if member is not None:
            members.leave(member, by=SYSTEM, now=now, message=sealed.message)
            return ItemState.UNDERSTOOD
    return ItemState.SET_ASIDE
