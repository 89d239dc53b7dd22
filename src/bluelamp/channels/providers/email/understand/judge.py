"""From evidence to a reason, and from the reason to hard or soft.

Order of evidence (see README.md): what the report calls a success; codes that
a receiving provider published; the remote system's words; a status code that
names one cause; the report's own sentences; a status code or reply code that
names a class; the action; the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from . import addresses, codes, dialogue
from .phrases import FAMILIES, LATE, REFUSED_HOST, UNKNOWN_FOR_SURE, UNKNOWN_USER, expand
from .providers import published
from .values import Evidence, Reason

HARD = frozenset({Reason.USERUNKNOWN, Reason.HOSTUNKNOWN, Reason.HASMOVED})
_BEFORE_RCPT = ("CONN", "EHLO", "MAIL")
_OUTRANK_UNKNOWN_STATUS = frozenset(
    {
        Reason.SUPPRESSED,
        Reason.MAILBOXFULL,
        Reason.SYSTEMFULL,
        Reason.MESGTOOBIG,
        Reason.EXCEEDLIMIT,
        Reason.SUSPEND,
        Reason.HASMOVED,
        Reason.NORELAYING,
        Reason.AUTHFAILURE,
        Reason.REJECTED,
        Reason.NOTACCEPT,
        Reason.BLOCKED,
        Reason.SPAMDETECTED,
        Reason.BADREPUTATION,
        Reason.REQUIREPTR,
        Reason.VIRUSDETECTED,
        Reason.POLICYVIOLATION,
        Reason.FILTERED,
    }
)
"""Words that weigh more than a bare "5.1.1": gateways send that status for everything."""

_ABOUT_MAILBOX = frozenset(
    {Reason.MAILBOXFULL, Reason.SUSPEND, Reason.HASMOVED, Reason.EXCEEDLIMIT}
)

MAX_WORDS = 6000
"""Characters of a text that are weighed: a refusal is said in its first lines."""

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w.])[245]\d\d(?:[- ]+#?[245]\.\d{1,3}\.\d{1,3})?(?=[\s\-:])")
_PREAMBLE = re.compile(
    r"""i'm\ sorry\ to\ have\ to\ inform\ you.{0,200}?it's\ attached\ below\.
      | this\ is\ the\ mail\ system\ at\ host\ \S+ | the\ mail\ system\s
      | this\ is\ the\ \w+\ (?:mail|program)\ [^\n]{0,80} | for\ further\ assistance[^\n]*
      | if\ you\ do\ so,\ please\ include.{0,160}?returned\ message\.
      | this\ message\ was\ created\ automatically[^\n]*
      | a\ message\ (?:that\ )?you\ sent\ could\ not
      | this\ is\ a\ permanent\ error\W | (?:google\ tried\ to\ deliver.{0,300}?returned\ was:)
      | delivery\ status\ notification(?:\ \(\w+\))? | this\ is\ a\ warning\ message\ only
      | \bhost\ \S+?(?:\ ?\[[^\]]*\])?\)?:?\s+(?:said:|(?=\[?\d))
      | giving\ up\ on\ [\d.]+\d
      | ^55\d\ (?:5\.0\.0\ )?(?:<[^>\n]*>\.\.\.\ )?
        (?:service\ unavailable|remote\ protocol\ error)\s*$
      | message\ will\ be\ (?:retried|deleted)[^\n]* """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL | re.MULTILINE,
)
"""Sentences every report of a program begins with: they are evidence of nothing."""
_EMPTY_PREFIX = re.compile(r"recipient address rejected: (?=\w)")
"""Postfix puts this before every refusal at RCPT, whatever its cause."""
_ABOUT_US = re.compile(
    r"\b(?:you|your|hold|permit\w*|den(?:y|ied)|polic\w+|access|server|host|message|session)\b"
)
"""No sentence that says only that a mailbox does not exist needs these."""
_BLOCKLIST_URL = re.compile(
    r"spamhaus|spamcop|sorbs|/blacklist|/blocklist|barracudacentral|/bl\?|rbl"
)
_AUTH_URL = re.compile(r"openspf|spf\.pobox|dmarc|dkim|/spf")


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expand(pattern)})" for pattern in patterns))


def words(text: str) -> str:
    """What phrases are matched against: no addresses, URLs, codes, line breaks or preamble."""
    text = _PREAMBLE.sub(" ", text[:MAX_WORDS])
    plain = addresses.without(_URL.sub(" ", text))
    plain = _CODE.sub(" ", plain).replace("\u2019", "'").lower()
    plain = " ".join(re.sub(r"[<>\"*]|\.{3,}", " ", plain).split())
    return _EMPTY_PREFIX.sub(
        "", plain.replace("mail-box", "mailbox").replace("mail box", "mailbox")
    )


def judge(evidence: Evidence) -> tuple[Reason, bool]:
    """The reason, and whether writing again cannot help."""
    reason = _reason(evidence)
    return reason, is_hard(reason, evidence)


def is_hard(reason: Reason, evidence: Evidence) -> bool:
    """Hard: unknown user or host, moved, or a host that takes no mail at all.

    While the reporter still tries, nothing is hard; "takes no mail" is soft as
    well where the answer was temporary (RFC 7505 wants a permanent one).
    """
    if evidence.action == "delayed":
        return False
    if reason is Reason.NOTACCEPT:
        return not _temporary(evidence)
    return reason in HARD


def _temporary(evidence: Evidence) -> bool:
    return evidence.status.startswith("4.") or 400 <= evidence.reply_code < 500


def _reason(evidence: Evidence) -> Reason:
    if evidence.status.startswith("2.") or evidence.action in ("delivered", "relayed", "expanded"):
        return Reason.DELIVERED
    said = words(evidence.diagnostic)
    return (
        published(evidence)
        or _by_program(evidence)
        or _by_words(said, evidence)
        or _by_precise_status(evidence)
        or _by_words(words(evidence.prose), evidence)
        or _by_words(words(evidence.rest), evidence)
        or _by_class(evidence)
        or _by_command(evidence, said)
        or _last_resort(evidence, said)
    )


def _by_program(evidence: Evidence) -> Reason | None:
    """``Diagnostic-Code: x-unix``: a program behind the mailbox answered, not SMTP."""
    if evidence.diagnostic_type != "x-unix":
        return None
    full = _family(words(evidence.diagnostic), FAMILIES[:3])
    return full or Reason.MAILERERROR


def _by_words(said: str, evidence: Evidence) -> Reason | None:
    if not said:
        return None
    found = _at_its_time(_family(said, FAMILIES), evidence)
    if codes.precise(evidence.status) is Reason.USERUNKNOWN:
        found = found or _family(said, [REFUSED_HOST])
        return found if found in _OUTRANK_UNKNOWN_STATUS else Reason.USERUNKNOWN
    if found is Reason.MESGTOOBIG and evidence.status.endswith(".2.3"):
        return Reason.EXCEEDLIMIT  # RFC 3463: a limit of this mailbox
    return (
        found
        or _surely_unknown(said, evidence)
        or _strong_status(evidence)
        or _unknown_user(said, evidence)
        or _at_its_time(_family(said, LATE), evidence)
    )


def _at_its_time(found: Reason | None, evidence: Evidence) -> Reason | None:
    """What words can mean at this point of the session, and beside this status."""
    if evidence.command in _BEFORE_RCPT and found in _ABOUT_MAILBOX:
        return None  # no mailbox had been named yet
    if evidence.command in ("CONN", "EHLO") and found in (
        Reason.HOSTUNKNOWN,
        Reason.SECURITYERROR,
    ):
        return Reason.BLOCKED  # none but our host had been named
    if found is Reason.NETWORKERROR and codes.precise(evidence.status) is Reason.HOSTUNKNOWN:
        return Reason.HOSTUNKNOWN  # the status says what could not be looked up
    return found


def _strong_status(evidence: Evidence) -> Reason | None:
    """A status whose cause stands even beside "user unknown"."""
    reason = codes.precise(evidence.status)
    return reason if reason in _OUTRANK_UNKNOWN_STATUS - {Reason.SUSPEND} else None


def _surely_unknown(said: str, evidence: Evidence) -> Reason | None:
    """Words of a directory or provider, not of a filter that pretends."""
    if evidence.command in _BEFORE_RCPT:
        return None
    return Reason.USERUNKNOWN if _compiled(UNKNOWN_FOR_SURE).search(said) else None


def _unknown_user(said: str, evidence: Evidence) -> Reason | None:
    """Refused at RCPT the user is unknown; after DATA a filter may only pretend so."""
    if evidence.command in _BEFORE_RCPT or not _compiled(UNKNOWN_USER).search(said):
        return None
    sure = evidence.command == "RCPT" or evidence.status.endswith(".1.0")
    return Reason.USERUNKNOWN if sure else Reason.FILTERED


def _family(said: str, families: Iterable[tuple[Reason, tuple[str, ...]]]) -> Reason | None:
    for reason, patterns in families:
        if _compiled(patterns).search(said):
            return reason
    return None


def _by_precise_status(evidence: Evidence) -> Reason | None:
    urls = " ".join(_URL.findall(evidence.diagnostic)).lower()
    if _AUTH_URL.search(urls):
        return Reason.AUTHFAILURE
    if _BLOCKLIST_URL.search(urls):
        return Reason.BLOCKED
    return codes.precise(evidence.status)


def _by_class(evidence: Evidence) -> Reason | None:
    if evidence.action == "delayed":
        return Reason.EXPIRED
    if evidence.command in ("CONN", "EHLO"):
        return Reason.BLOCKED
    return codes.vague(evidence.status) or codes.by_reply(evidence.reply_code)


def _by_command(evidence: Evidence, said: str) -> Reason | None:
    """Words that nobody knows: what was being asked tells who was refused.

    RFC 5321, 4.2.3 and 4.3.2: at RCPT 550 is "mailbox unavailable", 551 "not local",
    553 "name not allowed".  They speak for themselves only where no status narrows them,
    and no word in them is about us.
    """
    if evidence.command == "MAIL" and evidence.reply_code >= 500:
        return Reason.REJECTED
    at_recipient = evidence.command == "RCPT" and evidence.reply_code in codes.NO_SUCH_MAILBOX
    if not at_recipient or codes.is_telling(evidence.status) or _ABOUT_US.search(said):
        return None
    return Reason.USERUNKNOWN


def _last_resort(evidence: Evidence, said: str) -> Reason:
    return Reason.ONHOLD if said or evidence.reply_code else Reason.UNDEFINED


def with_codes(evidence: Evidence) -> Evidence:
    """Fill in status, reply code and command from the words where fields lack them."""
    said = codes.status_in(evidence.diagnostic)
    status = said if codes.is_telling(said) else evidence.status
    if not codes.is_telling(status):
        spoken = codes.status_in(evidence.prose, labelled=True)
        status = spoken if codes.is_telling(spoken) else status or said or spoken
    reply = evidence.reply_code or codes.reply_in(evidence.diagnostic)
    heard = f"{evidence.diagnostic}\n{evidence.prose}"
    return replace(
        evidence,
        status=status,
        reply_code=reply or codes.reply_in(evidence.prose),
        command=evidence.command
        or dialogue.command_in(heard)
        or dialogue.command_of_program(evidence.rest),
    )
