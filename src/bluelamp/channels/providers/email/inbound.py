"""From what a mail was understood to be to the contract's receipts and items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bluelamp.channels.contract import (
    Attachment,
    InboundItem,
    InboundKind,
    RawInbound,
    Receipt,
    ReceiptKind,
)
from bluelamp.kit.config import config

from .attached import attached
from .authentic import sender_proven
from .understand import Finding, HumanMail, Kind, Reason, read_human, understand

_TOKEN = re.compile(r"(?:[a-z]+[-+])?([0-9a-f]{40,})", re.IGNORECASE)
"""A sealed token as the whole local part, or behind what it was given out for."""


def read_mail(raw: RawInbound) -> InboundItem:
    """Return what a stored mail is.

    ``meta["recipients"]`` holds the addresses that it was delivered to, with spaces between.
    """
    recipients = raw.meta.get("recipients", "").split()
    findings = understand(raw.payload, recipients[0] if recipients else "")
    reports = [one for one in findings if one.kind in (Kind.BOUNCE, Kind.COMPLAINT)]
    if reports:
        # a technical report (RFC 6591) comes from nobody who wants to be left alone
        told = [one for one in reports if one.kind is Kind.BOUNCE or one.wants_out]
        receipts = tuple(_receipt(one, raw, recipients) for one in told)
        return InboundItem(InboundKind.RECEIPT, receipts)
    automatic = any(one.kind is Kind.AUTO for one in findings)
    kind = InboundKind.AUTO if automatic else InboundKind.HUMAN
    return _item(
        kind, read_human(raw.payload), attached(raw.payload),
        proven=sender_proven(raw.payload, config().authserv_id),
    )  # fmt: skip


def _item(
    kind: InboundKind, mail: HumanMail, files: tuple[Attachment, ...], *, proven: bool | None
) -> InboundItem:
    return InboundItem(
        kind,
        sender=mail.sender,
        sender_name=mail.sender_name,
        subject=mail.subject,
        text=mail.text,
        full_text=mail.full_text,
        in_reply_to=first_token((mail.in_reply_to, *reversed(mail.references))),
        attachments=files,
        sender_proven=proven,
    )


def _receipt(finding: Finding, raw: RawInbound, recipients: Sequence[str]) -> Receipt:
    return Receipt(
        kind=_kind(finding),
        at=raw.received_at,
        token=first_token((*recipients, finding.original_message_id)),
        address=finding.recipient,
        hard=finding.hard,
        status=finding.status,
        reason=finding.reason.value,
    )


def _kind(finding: Finding) -> ReceiptKind:
    if finding.kind is Kind.COMPLAINT:
        return ReceiptKind.COMPLAINED
    return ReceiptKind.ACCEPTED if finding.reason is Reason.DELIVERED else ReceiptKind.BOUNCED


def first_token(addresses: Sequence[str]) -> str:
    """Return the first sealed token among local parts, in lower case, or nothing.

    The envelope address (VERP) is asked before the Message-ID: it is ours alone, while a
    report may quote another mail.
    """
    for address in addresses:
        found = _TOKEN.fullmatch(address.partition("@")[0])
        if found:
            return found[1].lower()
    return ""
