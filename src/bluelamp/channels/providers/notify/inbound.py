"""From Notify's callbacks and pages to the contract's receipts and items."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError

from bluelamp.channels.contract import (
    ChannelError,
    InboundItem,
    InboundKind,
    Polled,
    RawInbound,
    Receipt,
    ReceiptKind,
    Said,
    Visibility,
)
from bluelamp.kit.phone import PhoneNumberError, e164

from .answers import ReceiptCallback, ReceivedText, TextCallback
from .client import Client

PROVIDER = "notify"
_OVERLAP = timedelta(minutes=10)
"""How far a poll looks back behind its cursor: what came in late, or by a clock that lags."""


def pushed(body: bytes, headers: Mapping[str, str], token: str, *, now: datetime) -> RawInbound:
    """Check a callback's bearer token and name it by Notify's id.

    :raises ChannelError: permanent; the token is not ours, or the body is no callback.
    """
    given = headers.get("authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise ChannelError("The callback does not carry our bearer token.", permanent=True)
    return RawInbound(PROVIDER, _name(_callback(body)), now, body)


def polled(client: Client, cursor: str, *, now: datetime) -> Polled:
    """Fetch what was received since ``cursor``, the time of the newest text seen.

    :raises ChannelError: Notify cannot be reached or refuses the account.
    """
    if not cursor:
        return Polled((), now.isoformat())
    since = datetime.fromisoformat(cursor) - _OVERLAP
    texts = sorted(_since(client, since), key=lambda text: text.created_at)
    newest = max([datetime.fromisoformat(cursor), *(text.created_at for text in texts)])
    raws = (RawInbound(PROVIDER, text.id, now, _payload(text)) for text in texts)
    return Polled(tuple(raws), newest.isoformat())


def read(raw: RawInbound) -> InboundItem:
    """Say what a stored payload is.

    :raises ChannelError: permanent; it is nothing that Notify sends.
    """
    found = _callback(raw.payload)
    if isinstance(found, ReceiptCallback):
        return InboundItem(InboundKind.RECEIPT, (_receipt(found),))
    if isinstance(found, TextCallback):
        return _item(found.id, found.source_number, found.message, found.date_received)
    return _item(found.id, found.user_number, found.content, found.created_at)


def _since(client: Client, since: datetime) -> list[ReceivedText]:
    """Return all texts from ``since`` on, page by page back from the newest."""
    found: list[ReceivedText] = []
    while page := client.received(found[-1].id if found else ""):
        found += page
        if page[-1].created_at < since:
            break
    return [text for text in found if text.created_at >= since]


def _payload(text: ReceivedText) -> bytes:
    return json.dumps(text.model_dump(mode="json"), ensure_ascii=False).encode()


def _callback(body: bytes) -> ReceiptCallback | TextCallback | ReceivedText:
    for kind in (ReceiptCallback, TextCallback, ReceivedText):
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            continue
    raise ChannelError("This is nothing that GOV.UK Notify sends.", permanent=True)


def _name(found: ReceiptCallback | TextCallback | ReceivedText) -> str:
    """Return the id to store it under: a text's is its own, by whichever way it came."""
    return f"{found.id}:{found.status}" if isinstance(found, ReceiptCallback) else found.id


def _receipt(found: ReceiptCallback) -> Receipt:
    delivered = found.status in ("delivered", "sent")
    return Receipt(
        kind=ReceiptKind.ACCEPTED if delivered else ReceiptKind.BOUNCED,
        at=found.completed_at or found.created_at,
        token=(found.reference or "").partition("@")[0],
        address=_number(found.to),
        hard=None if delivered else found.status == "permanent-failure",
        status=found.status,
        reason="" if delivered else _REASONS.get(found.status, "The text did not arrive."),
    )


_REASONS = {
    "permanent-failure": "There is no such phone number, or its network refused the text.",
    "temporary-failure": "The phone was off, without signal or full for three days.",
    "technical-failure": "Notify could not hand the text on.",
}


def _item(text_id: str, number: str, words: str, at: datetime) -> InboundItem:
    sender = _number(number)
    return InboundItem(
        InboundKind.HUMAN,
        sender=sender,
        text=words.strip(),
        full_text=words,
        said=Said(text_id, at, Visibility.PRIVATE, author_id=sender, conversation=sender),
    )


def _number(written: str) -> str:
    """Return a number as E.164; a short code or a sender's name as it is."""
    try:
        return e164(written)
    except PhoneNumberError:
        return written.strip()
