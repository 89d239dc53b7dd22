"""Complaints: RFC 5965 feedback reports, their forerunners, and unsubscribe buttons."""

from __future__ import annotations

import re

from . import addresses, notices, report, returned
from .message import Mail

_COMPLAINT_SUBJECT = re.compile(r"^(?:spam|abuse) (?:report|complaint)", re.IGNORECASE)
_HOTMAIL_SUBJECT = re.compile(r"^complaint about message from [\d.:a-f]+$", re.IGNORECASE)
_LOOSE = re.compile(r"\s*(?:[A-Za-z-]+:.*\n(?:[ \t].*\n)*){0,12}Feedback-Type:", re.IGNORECASE)
"""A text part that begins with the report's fields: a gateway has relabelled it."""
_RECIPIENTS = re.compile(
    r"^(?:Original-Rcpt-To|Removal-Recipient)[ \t]*:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE
)
_BUTTON = re.compile(
    r"sent this (?:e-?mail|message) to unsubscribe|^\W*(?:please )?unsubscribe(?: me)?\W*$",
    re.IGNORECASE,
)


def is_complaint(mail: Mail) -> bool:
    """Whether the receiver, or their provider, says they do not want this mail."""
    return (
        mail.parameter("report-type") == "feedback-report"
        or any(part.type == "message/feedback-report" for part in mail.parts)
        or bool(mail.message.get("X-HmXmrOriginalRecipient"))
        or _is_old_style(mail)
        or is_unsubscribe(mail)
        or bool(notices.complained(mail)[0])
    )


def _is_old_style(mail: Mail) -> bool:
    """Hotmail's JMRP and its like: a program's subject and the message as attachment."""
    subject = mail.header("Subject").strip()
    attached = any(part.type == "message/rfc822" for part in mail.parts)
    named = bool(_COMPLAINT_SUBJECT.search(subject)) and attached
    return named or bool(_HOTMAIL_SUBJECT.search(subject)) or bool(_source(mail))


def is_unsubscribe(mail: Mail) -> bool:
    """RFC 2369 ``List-Unsubscribe: <mailto:...>`` as mail programs send it."""
    if mail.header("X-Apple-Unsubscribe").lower() == "true":
        return True
    if mail.header("Subject").strip().lower() not in ("unsubscribe", "unsubscribe me"):
        return False
    body = mail.prose.strip()
    return not body or (len(body) < 300 and bool(_BUTTON.search(body)))


def feedback_type(mail: Mail) -> str:
    """``Feedback-Type`` in lower case; ``opt-out`` for unsubscribing, else ``abuse``."""
    stated = _fields(mail).get("feedback-type", "").strip().lower()
    if stated:
        return stated
    if is_unsubscribe(mail):
        return "opt-out"
    return notices.complained(mail)[1] or "abuse"


def recipients(mail: Mail) -> list[str]:
    """Who complained, as far as the report does not hide it."""
    if is_unsubscribe(mail):
        return [mail.address("From")]
    listed = _listed(mail) or notices.complained(mail)[0]
    if listed:
        return listed
    own = mail.message.get("X-HmXmrOriginalRecipient") or ""
    original = returned.source(mail)
    for value in (str(own), returned.header(original, "X-HmXmrOriginalRecipient"),
                  returned.header(original, "To")):  # fmt: skip
        if found := addresses.all_in(value):
            return found[:1]
    return [""]


def _listed(mail: Mail) -> list[str]:
    """``Original-Rcpt-To`` may stand more than once (RFC 5965, 3.2)."""
    text = _source(mail)
    lines = re.findall(
        r"^(?:Original-Rcpt-To|Removal-Recipient)[ \t]*:[ \t]*(.*)$",
        text,
        re.IGNORECASE | re.MULTILINE,
    )
    return list(dict.fromkeys(addresses.first(line) or line.strip(" <>") for line in lines))


def _fields(mail: Mail) -> report.Fields:
    merged: report.Fields = {}
    for block in report.groups(_source(mail)):
        merged = block | merged
    return merged


def _source(mail: Mail) -> str:
    parts = [part.text for part in mail.parts if part.type == "message/feedback-report"]
    loose = [
        part.text for part in mail.parts if part.type == "text/plain" and _LOOSE.match(part.text)
    ]
    return "\n".join(parts or loose)
