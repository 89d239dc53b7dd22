"""Amazon SES tells of bounces and complaints in JSON, by mail too (SNS).

Source: Amazon SES Developer Guide, "Amazon SNS notification contents".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .message import Mail
from .values import Evidence

_START = '{"'
_SUBTYPES = {
    "mailboxfull": "mailbox full",
    "messagetoolarge": "message too large",
    "contentrejected": "content rejected",
    "attachmentrejected": "attachment not accepted",
    "suppressed": "suppressed",
    "onaccountsuppressionlist": "suppressed",
    "unsubscribedrecipient": "suppressed",
    "noemail": "user unknown",
}


def is_notice(mail: Mail) -> bool:
    """Whether the body is such a notice."""
    return bool(_notice(mail))


def _notice(mail: Mail) -> dict[str, Any]:
    """The notice as parsed JSON; empty where the body is not one."""
    text = mail.prose.lstrip()
    if not text.startswith(_START) or "otification" not in text[:4000] + text[-4000:]:
        return {}
    try:
        value, _ = json.JSONDecoder().raw_decode(text.replace("\n", " "))
        if isinstance(value, dict) and isinstance(value.get("Message"), str):
            value = json.loads(value["Message"])
    except (ValueError, RecursionError):
        return {}
    kind = value.get("notificationType") or value.get("eventType") if isinstance(value, dict) else 0
    return value if kind in ("Bounce", "Complaint", "Delivery") else {}


def read(mail: Mail) -> list[Evidence]:
    """Evidence of a bounce or delivery notice."""
    value = _notice(mail)
    return list(_bounces(value)) + list(_deliveries(value))


def complained(mail: Mail) -> tuple[list[str], str]:
    """Addresses and feedback type of a complaint notice."""
    complaint = _part(_notice(mail), "complaint")
    people = _rows(complaint, "complainedRecipients")
    names = [str(person.get("emailAddress", "")) for person in people]
    return [name for name in names if name], str(complaint.get("complaintFeedbackType") or "abuse")


def original_message_id(mail: Mail) -> str:
    """The Message-ID of our message in the notice's copy of its headers."""
    sent = _part(_notice(mail), "mail")
    for name in ("commonHeaders", "headers"):
        if isinstance(headers := sent.get(name), dict) and headers.get("messageId"):
            return str(headers["messageId"]).strip("<>")
    found = [
        str(row.get("value", ""))
        for row in _rows(sent, "headers")
        if str(row.get("name", "")).lower() == "message-id"
    ]
    return (found or [str(sent.get("messageId", ""))])[0].strip("<>")


def _bounces(value: dict[str, Any]) -> Iterator[Evidence]:
    bounce = _part(value, "bounce")
    subtype = _SUBTYPES.get(str(bounce.get("bounceSubType", "")).lower(), "")
    for row in _rows(bounce, "bouncedRecipients"):
        said = str(row.get("diagnosticCode") or "").partition(";")
        yield Evidence(
            recipient=str(row.get("emailAddress", "")),
            action=str(row.get("action", "")).lower(),
            status=str(row.get("status", "")),
            diagnostic_type=said[0].strip().lower() if said[2] else "",
            diagnostic=(said[2] or said[0]).strip() or subtype,
            prose=subtype,
            reporter=str(bounce.get("reportingMTA", "")).rpartition(" ")[2],
        )


def _deliveries(value: dict[str, Any]) -> Iterator[Evidence]:
    delivery = _part(value, "delivery")
    for recipient in delivery.get("recipients") or []:
        said = str(delivery.get("smtpResponse", ""))
        yield Evidence(recipient=str(recipient), action="delivered", diagnostic=said)


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _rows(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = value.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
