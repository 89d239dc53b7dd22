"""From a refusal's words and codes to its reason."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.channels.providers.email.understand import Reason, codes, dialogue, judge, phrases
from bluelamp.channels.providers.email.understand.values import Evidence


def reason_of(said: str, **known: object) -> Reason:
    evidence = Evidence(recipient="a@example.org", diagnostic=said, **known)  # type: ignore[arg-type]
    return judge.judge(judge.with_codes(evidence))[0]


REFUSALS = """
550 5.1.2 Bad destination system address = hostunknown
551 5.1.6 Destination mailbox has moved, no forwarding address = hasmoved
550 5.1.8 Bad sender's system address = rejected
556 5.1.10 Recipient address has null MX = notaccept
525 5.7.13 User account disabled = suspend
552 5.2.2 Mailbox full = mailboxfull
552 5.2.3 Message length exceeds administrative limit = exceedlimit
452 4.3.1 Mail system full = systemfull
521 5.3.2 System not accepting network messages = notaccept
554 5.3.4 Message too big for system = mesgtoobig
451 4.3.5 Server configuration error = systemerror
554 5.4.6 Routing loop detected = networkerror
450 4.4.7 Delivery time expired = expired
500 5.5.2 Syntax error = syntaxerror
452 4.5.3 Too many recipients = toomanyconn
550 5.6.1 Media not supported = contenterror
530 5.7.0 Must issue a STARTTLS command first = failedstarttls
535 5.7.8 Authentication credentials invalid = securityerror
550 5.7.23 SPF validation failed = authfailure
550 5.7.25 Reverse DNS validation failed = requireptr
450 4.2.1 The user you are trying to contact is receiving mail too quickly = speeding
550 5.7.1 Messages with multiple addresses in From: header are not accepted = notcompliantrfc
550 5.7.1 Suspicious due to the very low reputation of the sending IP = badreputation
550 5.7.1 Message not accepted for policy reasons = policyviolation
550 5.7.1 Our system has detected that this message is likely unsolicited mail = spamdetected
552 Message contains a virus = virusdetected
554 5.7.1 <a@example.org>: Relay access denied = norelaying
550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org = blocked
550 5.1.1 This address is on the suppression list for your account = suppressed
550 5.4.1 Recipient address rejected: Access denied. AS(201806281) = userunknown
550 5.7.509 Access denied, sending domain does not pass DMARC verification = authfailure
550 5.7.606 Access denied, banned sending IP = blocked
550 5.1.0 sender rejected. Refer to Error Codes section. AUP#CXBL = blocked
421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred = badreputation
550 Mailbox is frozen. See http://mail.i.ua/err/3/ = suspend
554 DT:SPM 1,mx7,AAAA please look it up = spamdetected
421 Refused, see https://postmaster.example.net/smtp-error-codes.php#BL000001 = blocked
550 5.0.350 Remote server returned an error -> 552 5.2.2 No room left, over quota = mailboxfull
450 4.7.0 Closing connection, TLS required = failedstarttls
550 Your server's IP is on a list of spammers: blocked using rbl.example.net = blocked
550 Daily sending quota exceeded = speeding
550 5.7.1 The quota of the mailbox is exceeded = mailboxfull
550 Account is closed = suspend
550 User has been blocked = suspend
550 Blocked by the recipient's own settings = filtered
550 Access from your IP address has been blocked = blocked
550 El buzon esta lleno = mailboxfull
550 5.1.1 Refused because of the recipient's own preferences = filtered
550 4.4.316 Message expired, connection refused = expired
550 5.1.1 Message expired in a queue; your host was blocked by them = blocked
5.1.2 Bad destination host, NXDOMAIN = hostunknown
451 We cannot say what went wrong = systemerror
552 It does not fit = mailboxfull
550 Requested action was not understood by anybody = onhold
"""


@pytest.mark.parametrize("line", [line for line in REFUSALS.splitlines() if line])
def test_refusal(line: str) -> None:
    said, _, reason = line.rpartition(" = ")
    assert reason_of(said) == reason


def test_an_unknown_user_is_believed_before_the_message_was_sent() -> None:
    assert reason_of("550 no such user", command="RCPT") is Reason.USERUNKNOWN
    assert reason_of("550 no such user", command="DATA") is Reason.FILTERED
    assert reason_of("550 no such user") is Reason.FILTERED
    assert reason_of("550 5.1.1 no such user", command="DATA") is Reason.USERUNKNOWN


@pytest.mark.parametrize(
    ("said", "command", "reason"),
    [
        ("550 nobody of that kind lives here", "RCPT", Reason.USERUNKNOWN),
        ("553 nobody of that kind lives here", "RCPT", Reason.USERUNKNOWN),
        ("554 nobody of that kind lives here", "RCPT", Reason.ONHOLD),
        ("550 5.7.1 nobody of that kind lives here", "RCPT", Reason.SECURITYERROR),
        ("550 we put you on hold", "RCPT", Reason.ONHOLD),
        ("550 nobody of that kind lives here", "DATA", Reason.ONHOLD),
        ("550 nobody of that kind lives here", "MAIL", Reason.REJECTED),
        ("450 nobody of that kind lives here", "MAIL", Reason.ONHOLD),
        ("550 nobody of that kind lives here", "CONN", Reason.BLOCKED),
        ("501 Invalid domain name", "EHLO", Reason.BLOCKED),
    ],
)
def test_words_that_nobody_knows_mean_what_was_asked(
    said: str, command: str, reason: Reason
) -> None:
    assert reason_of(said, command=command) is reason


@pytest.mark.parametrize(
    "line",
    [
        "Giving up on 192.0.2.55.",
        "554 5.0.0 Service unavailable",
        "This is the mail system at host mx.example.org.",
    ],
)
def test_what_every_report_of_a_program_says_is_no_evidence(line: str) -> None:
    assert judge.words(line).strip(". ") == ""


def test_words_about_the_mailbox_outrank_a_stock_status() -> None:
    assert reason_of("552 5.1.1 sorry, mailbox is over quota") is Reason.MAILBOXFULL
    assert reason_of("550 5.1.1 your host is on a blacklist") is Reason.BLOCKED


def test_before_a_mailbox_was_named_none_can_be_full() -> None:
    assert reason_of("554 you reached your quota", command="CONN") is not Reason.MAILBOXFULL


def test_no_phrase_reaches_beyond_its_sentence() -> None:
    assert reason_of("550 We wrote to that mailbox. Sunday is full") is not Reason.MAILBOXFULL
    assert reason_of("550 That mailbox on Sunday is full") is Reason.MAILBOXFULL


def test_addresses_and_urls_are_no_evidence() -> None:
    said = "550 5.7.1 <mailboxfull@virus.example.org> see https://example.org/#userunknown"
    assert reason_of(said) is Reason.SECURITYERROR


def test_no_words_at_all_are_undefined() -> None:
    assert reason_of("") is Reason.UNDEFINED


@pytest.mark.parametrize(
    ("reason", "evidence", "hard"),
    [
        (Reason.USERUNKNOWN, Evidence(status="5.1.1"), True),
        (Reason.USERUNKNOWN, Evidence(status="4.1.1", action="delayed"), False),
        (Reason.HOSTUNKNOWN, Evidence(), True),
        (Reason.HASMOVED, Evidence(), True),
        (Reason.NOTACCEPT, Evidence(status="5.1.10"), True),
        (Reason.NOTACCEPT, Evidence(status="4.3.2"), False),
        (Reason.NOTACCEPT, Evidence(reply_code=450), False),
        (Reason.MAILBOXFULL, Evidence(status="5.2.2"), False),
        (Reason.FILTERED, Evidence(status="5.0.0"), False),
    ],
)
def test_hard_or_soft(reason: Reason, evidence: Evidence, *, hard: bool) -> None:
    assert judge.is_hard(reason, evidence) is hard


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("550 no (in reply to RCPT TO command)", "RCPT"),
        ("550 no (in reply to end of DATA command)", "DATA"),
        ("SMTP error from remote mail server after initial connection:", "CONN"),
        ("SMTP error from remote mail server after MAIL FROM:<a@example.org> SIZE=1:", "MAIL"),
        ("198.51.100.7 does not like recipient.", "RCPT"),
        ("198.51.100.7 failed after I sent the message.", "DATA"),
        (">>> RCPT TO:<a@example.org>\n<<< 550 no", "RCPT"),
        ("--> RCPT TO:<a@example.org>\n<-- 550 no", "RCPT"),
        ("hMailServer sent: RCPT TO:<a@example.org>", "RCPT"),
        (">>> HELO x\n<<< 554 no", "EHLO"),
        ("mail.example.org [198.51.100.7] did not like our final DATA:", "DATA"),
        ("nothing of the kind", ""),
    ],
)
def test_command(text: str, command: str) -> None:
    assert dialogue.command_in(text) == command


@pytest.mark.parametrize(
    ("text", "status", "reply"),
    [
        ("550 5.1.1 unknown", "5.1.1", 550),
        ("550-5.7.26 first line 550 5.7.26 last", "5.7.26", 550),
        ("554 5.0.0 Service unavailable (552 5.2.2 full)", "5.2.2", 554),
        ("sorry (#5.1.1)", "5.1.1", 0),
        ("host 192.0.2.55 said nothing in version 4.94.2.1", "", 0),
        ("ERROR_CODE :550, ERROR_CODE :5.2.1 no", "5.2.1", 550),
        ("smtp;552 full", "", 552),
        ("we have 550 members", "", 0),
    ],
)
def test_codes(text: str, status: str, reply: int) -> None:
    assert codes.status_in(text) == status
    assert codes.reply_in(text) == reply


def test_every_phrase_is_a_regular_expression_of_its_own() -> None:
    families = (*phrases.FAMILIES, *phrases.LATE)
    lines = [phrase for _, family in families for phrase in family]
    lines += [*phrases.UNKNOWN_FOR_SURE, *phrases.UNKNOWN_USER]
    for phrase in lines:
        assert not re.search(phrases.expand(phrase), ""), f"{phrase} matches nothing at all"
        assert phrase == phrase.lower() or "\\" in phrase, f"{phrase} cannot match lower case"


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["", "CONN", "MAIL", "RCPT", "DATA"]))
def test_any_words_have_a_reason(said: str, command: str) -> None:
    evidence = judge.with_codes(Evidence(diagnostic=said, command=command))
    reason, hard = judge.judge(evidence)
    assert reason in Reason
    assert reason is not Reason.NONE
    assert not (hard and reason not in {*judge.HARD, Reason.NOTACCEPT})
