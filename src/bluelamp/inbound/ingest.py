"""Ingest: the one door.  What comes in is stored as it came, and only then acknowledged.

One short transaction writes the payload before anything reads it; ``understand``
takes it from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.contract import RawInbound
from bluelamp.channels.models import Account
from bluelamp.inbound import queries
from bluelamp.inbound.errors import NobodysMailError
from bluelamp.inbound.models import RawItem
from bluelamp.inbound.rules.mail import mail_id
from bluelamp.kit import bulk
from bluelamp.kit.queue import app, nudge
from bluelamp.org.models import Force


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


def store_many(account: Account, raws: Sequence[RawInbound]) -> int:
    """Store what a poll or an import brought, in one statement; return how many are new.

    What was stored before is left as it is: overlapping polls may repeat anything.
    """
    rows = [
        RawItem(
            force_id=account.force_id, account=account, external_id=raw.external_id[:300],
            payload=raw.payload, meta=dict(raw.meta), received_at=raw.received_at,
        )
        for raw in raws
    ]  # fmt: skip
    with transaction.atomic():
        new = bulk.insert(rows, known=True)
        nudge(app.tasks["bluelamp.inbound.jobs.understand"])
    return new


def web_account(force: Force, *, now: datetime) -> Account:
    """Return the account of the force's contact page, made when it is first needed."""
    return _own_account(force, "Contact page", now)


def desk_account(force: Force, *, now: datetime) -> Account:
    """Return the account of calls and visits that officers write down."""
    return _own_account(force, "Calls and visits", now)


def _own_account(force: Force, name: str, now: datetime) -> Account:
    found = Account.objects.filter(force=force, provider=registry.own().name, name=name)
    there = found.first()
    if there is not None:
        return there
    with acting(SYSTEM, "inbound.own_account"):
        return Account.objects.get_or_create(
            force=force, provider=registry.own().name, name=name, defaults={"created_at": now}
        )[0]
