"""What a mail is, and what it says about whom."""

from __future__ import annotations

from collections.abc import Iterator

from . import automatic, bounce, feedback, judge, notices, returned, signs
from .message import Mail
from .values import Evidence, Finding, Kind, Reason


def understand(raw: bytes, envelope_recipient: str = "") -> tuple[Finding, ...]:
    """Findings of one mail, at least one, whatever the bytes.

    :param raw: the mail as received.
    :param envelope_recipient: the address it was delivered to (VERP); handed on
        in each finding, and the last resort for attributing it.
    """
    mail = Mail.read(raw)
    return tuple(_findings(mail, envelope_recipient))


def _findings(mail: Mail, envelope_recipient: str) -> Iterator[Finding]:
    if feedback.is_complaint(mail):
        yield from _complaints(mail, envelope_recipient)
    elif signs.is_report(mail):
        for evidence in bounce.read(mail):
            yield _bounced(evidence, mail, envelope_recipient)
    else:
        yield _answer(mail, envelope_recipient)


def _complaints(mail: Mail, envelope_recipient: str) -> Iterator[Finding]:
    for recipient in feedback.recipients(mail):
        yield Finding(
            kind=Kind.COMPLAINT,
            recipient=recipient,
            reason=Reason.FEEDBACK,
            original_message_id=_original(mail),
            envelope_recipient=envelope_recipient,
            feedback_type=feedback.feedback_type(mail),
        )


def _bounced(evidence: Evidence, mail: Mail, envelope_recipient: str) -> Finding:
    complete = judge.with_codes(evidence)
    reason, hard = judge.judge(complete)
    return Finding(
        kind=Kind.BOUNCE,
        recipient=complete.recipient,
        status=complete.status,
        reply_code=complete.reply_code,
        hard=hard,
        reason=reason,
        original_message_id=_original(mail),
        envelope_recipient=envelope_recipient,
    )


def _answer(mail: Mail, envelope_recipient: str) -> Finding:
    """A machine's or a person's answer: one finding, about its sender."""
    machine = automatic.is_answer(mail)
    return Finding(
        kind=Kind.AUTO if machine else Kind.HUMAN,
        recipient=mail.address("From"),
        reason=Reason.VACATION if machine else Reason.NONE,
        original_message_id=returned.answered(mail),
        envelope_recipient=envelope_recipient,
    )


def _original(mail: Mail) -> str:
    return notices.original_message_id(mail) or returned.message_id(mail)
