"""The words in which incoming mail is understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a mail is."""

    BOUNCE = "bounce"  # a mail system speaks about a message of ours
    COMPLAINT = "complaint"  # the receiver does not want our mail (RFC 5965, unsubscribe buttons)
    AUTO = "auto"  # a machine answers for a person (RFC 3834)
    HUMAN = "human"  # a person writes


class Reason(StrEnum):
    """Why a message did not arrive.  The vocabulary is the one sisimai publishes."""

    AUTHFAILURE = "authfailure"  # SPF, DKIM or DMARC failed
    BADREPUTATION = "badreputation"  # the sending address or domain is ill thought of
    BLOCKED = "blocked"  # refused because of the sending host
    CONTENTERROR = "contenterror"  # the form of the content
    DELIVERED = "delivered"
    EXCEEDLIMIT = "exceedlimit"  # larger than this recipient accepts
    EXPIRED = "expired"  # the sending queue gave up, or is still trying
    FAILEDSTARTTLS = "failedstarttls"
    FEEDBACK = "feedback"  # a complaint
    FILTERED = "filtered"  # refused after the whole message was read
    HASMOVED = "hasmoved"
    HOSTUNKNOWN = "hostunknown"
    MAILBOXFULL = "mailboxfull"
    MAILERERROR = "mailererror"  # a program behind the mailbox failed
    MESGTOOBIG = "mesgtoobig"
    NETWORKERROR = "networkerror"
    NORELAYING = "norelaying"
    NOTACCEPT = "notaccept"  # the host takes no mail at all
    NOTCOMPLIANTRFC = "notcompliantrfc"
    ONHOLD = "onhold"  # there are words, and nobody knows what they mean
    POLICYVIOLATION = "policyviolation"
    REJECTED = "rejected"  # refused because of the sending address
    REQUIREPTR = "requireptr"  # the sending host lacks reverse DNS
    SECURITYERROR = "securityerror"
    SPAMDETECTED = "spamdetected"
    SPEEDING = "speeding"
    SUPPRESSED = "suppressed"  # the relay keeps this address on a list
    SUSPEND = "suspend"  # the mailbox exists and is switched off
    SYNTAXERROR = "syntaxerror"
    SYSTEMERROR = "systemerror"
    SYSTEMFULL = "systemfull"
    TOOMANYCONN = "toomanyconn"
    UNDEFINED = "undefined"  # no words at all
    USERUNKNOWN = "userunknown"
    VACATION = "vacation"
    VIRUSDETECTED = "virusdetected"
    NONE = ""  # a person wrote


_NO_WISH = frozenset({"auth-failure", "not-spam", "dmarc", "virus"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a mail says about one address."""

    kind: Kind
    recipient: str
    """The address the mail is about as the report names it; the sender of a human
    or automatic mail.  Empty where none could be found."""
    status: str = ""
    """Enhanced status (RFC 3463), ``5.1.1``, or empty."""
    reply_code: int = 0
    """SMTP reply code, 0 where there is none."""
    hard: bool | None = None
    """Writing again cannot help; ``None`` for whatever is not a bounce."""
    reason: Reason = Reason.NONE
    original_message_id: str = ""
    """Message-ID of the message this answers or returns, without brackets."""
    envelope_recipient: str = ""
    """The address the mail was delivered to (VERP), as the caller gave it."""
    feedback_type: str = ""
    """RFC 5965 and the values it registered: ``abuse``, ``opt-out`` ..."""

    @property
    def wants_out(self) -> bool:
        """Whether the receiver wants no more mail.

        True for complaints, except technical reports (RFC 6591 ``auth-failure``)
        and ``not-spam``.
        """
        return self.kind is Kind.COMPLAINT and self.feedback_type not in _NO_WISH


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a report says about one recipient, before anyone judges it."""

    recipient: str = ""
    action: str = ""
    """RFC 3464 ``Action``, lower case."""
    status: str = ""
    reply_code: int = 0
    command: str = ""
    """The SMTP command that was answered: CONN, EHLO, MAIL, RCPT, DATA or empty."""
    diagnostic_type: str = ""
    diagnostic: str = ""
    """The remote system's words."""
    prose: str = ""
    """What the report says in sentences about this recipient."""
    remote: str = ""
    """The host that refused."""
    reporter: str = ""
    """The host or program that wrote the report."""
    category: str = ""
    """``X-PowerMTA-BounceCategory`` and its kind: the reporter's own judgement."""
    rest: str = ""
    """The whole report and its subject, for when the recipient's own lines are silent."""


@dataclass(frozen=True, slots=True)
class HumanMail:
    """What a person wrote to us."""

    sender: str
    sender_name: str
    subject: str
    text: str
    """Their own words: quoted history and signature removed."""
    full_text: str
    message_id: str
    in_reply_to: str
    """Message-ID of the message answered, without brackets, or empty."""
    references: tuple[str, ...] = ()
