"""Reply codes (RFC 5321) and enhanced status codes (RFC 3463, 5248, 7372, 7505).

What a code alone says about the reason is in :data:`PRECISE` (the detail names
one cause) and :data:`VAGUE` (it names a class of causes and yields to words).
"""

from __future__ import annotations

import re

from .values import Reason as R

_STATUS = re.compile(r"(?<![\d.:])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_STATUS_LABELLED = re.compile(
    r"(?:\b[245]\d\d[ -]+|\(?#|(?:status|code)\s?:?\s*|^\W*)#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)",
    re.IGNORECASE | re.MULTILINE,
)
_REPLY_AND_STATUS = re.compile(r"(?<![\d.])([245][0-5]\d)[ -]+#?[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(
    r"""(?:^|[\[("'\s:;<#,]|smtp;|code )      # where a reply may begin
        ([245][0-5]\d)
        (?=[\s\-:]\s*[^\d\s]|[\s\-]+[245]\.\d|[\s:)\]]*$|[ -]\s?\d{3}[ -])""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


_SUMMARY = re.compile(
    r"^55\d (?:5\.0\.0 )?(?:<[^>\n]*>\.\.\. )?(?:Service unavailable|Remote protocol error)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""sendmail's own last line, which repeats no cause."""


def status_in(text: str, *, labelled: bool = False) -> str:
    """The most telling enhanced status of a text: ``5.1.1`` before ``5.0.0``.

    :param labelled: only where a reply code, ``#`` or ``Status`` introduces it,
        for prose in which other dotted numbers stand.
    """
    found: list[str] = (_STATUS_LABELLED if labelled else _STATUS).findall(text)
    telling = [status for status in found if not status.endswith(".0.0") and status[0] != "2"]
    return (telling or found or [""])[0]


def reply_in(text: str) -> int:
    """The first SMTP reply code of a text, 0 where there is none."""
    found = _REPLY_AND_STATUS.search(text) or _REPLY.search(text)
    return int(found.group(1)) if found else 0


def answer_in(text: str) -> str:
    """The remote system's answer quoted in a text: from its code to the paragraph's end."""
    text = _SUMMARY.sub("", text)
    found = _REPLY_AND_STATUS.search(text) or _REPLY.search(text)
    if not found or found.group(1)[0] == "2":
        return ""
    return text[found.start(1) :].split("\n\n")[0][:1500]


def is_telling(status: str) -> bool:
    """Whether the status says more than its class."""
    return bool(status) and not status.endswith(".0.0")


# Keyed by subject.detail: the class (4 or 5) changes hardness, not the cause.
PRECISE: dict[str, R] = {
    "1.0": R.USERUNKNOWN,
    "1.1": R.USERUNKNOWN,
    "1.2": R.HOSTUNKNOWN,
    "1.3": R.USERUNKNOWN,
    "1.4": R.FILTERED,
    "1.6": R.HASMOVED,
    "1.7": R.REJECTED,
    "1.8": R.REJECTED,
    "1.9": R.SYSTEMERROR,
    "1.10": R.NOTACCEPT,  # RFC 7505: null MX
    "2.1": R.SUSPEND,
    "2.2": R.MAILBOXFULL,
    "2.3": R.EXCEEDLIMIT,
    "2.4": R.FILTERED,
    "3.1": R.SYSTEMFULL,
    "3.2": R.NOTACCEPT,
    "3.3": R.SYSTEMERROR,
    "3.4": R.MESGTOOBIG,
    "3.5": R.SYSTEMERROR,
    "4.1": R.EXPIRED,
    "4.2": R.NETWORKERROR,
    "4.3": R.SYSTEMERROR,
    "4.4": R.HOSTUNKNOWN,
    "4.5": R.EXPIRED,
    "4.6": R.NETWORKERROR,
    "4.7": R.EXPIRED,
    "5.3": R.TOOMANYCONN,
    "6.0": R.CONTENTERROR,
    "6.1": R.CONTENTERROR,
    "6.2": R.CONTENTERROR,
    "6.3": R.CONTENTERROR,
    "6.5": R.CONTENTERROR,
    "6.6": R.CONTENTERROR,
    "6.7": R.CONTENTERROR,
    "6.9": R.CONTENTERROR,
    "7.7": R.SYSTEMERROR,
    "7.13": R.SUSPEND,  # RFC 5248: user account disabled
    "7.17": R.HASMOVED,  # RFC 7293: mailbox owner has changed
    "7.18": R.HASMOVED,
    "7.20": R.AUTHFAILURE,  # RFC 7372
    "7.21": R.AUTHFAILURE,
    "7.22": R.AUTHFAILURE,
    "7.23": R.AUTHFAILURE,
    "7.24": R.AUTHFAILURE,
    "7.25": R.REQUIREPTR,
    "7.26": R.AUTHFAILURE,
    "7.27": R.NOTACCEPT,
    "7.28": R.SPEEDING,
    "7.29": R.AUTHFAILURE,
    "7.30": R.FAILEDSTARTTLS,
}
VAGUE: dict[str, R] = {
    "2.0": R.FILTERED,
    "3.0": R.SYSTEMERROR,
    "4.0": R.NETWORKERROR,
    "4.8": R.NETWORKERROR,
    "5.1": R.SYNTAXERROR,
    "5.2": R.SYNTAXERROR,
    "5.4": R.SYNTAXERROR,
    "5.5": R.SYNTAXERROR,
}
VAGUE_SUBJECT: dict[str, R] = {"6": R.CONTENTERROR, "7": R.SECURITYERROR}
REPLIES: dict[int, R] = {
    521: R.NOTACCEPT,  # RFC 7504
    556: R.NOTACCEPT,
    523: R.EXCEEDLIMIT,
    530: R.SECURITYERROR,
    534: R.SECURITYERROR,
    535: R.SECURITYERROR,
    538: R.SECURITYERROR,
    551: R.HASMOVED,
    452: R.SYSTEMFULL,
}


def precise(status: str) -> R | None:
    """The cause a status names, or ``None`` where it leaves it open."""
    return PRECISE.get(status.partition(".")[2])


def vague(status: str) -> R | None:
    """The class of causes a status names."""
    rest = status.partition(".")[2]
    return VAGUE.get(rest) or VAGUE_SUBJECT.get(rest.partition(".")[0])


def by_reply(code: int) -> R | None:
    """The cause a reply code names by itself."""
    if 500 <= code <= 509 or 400 <= code <= 409:
        return R.SYNTAXERROR
    return REPLIES.get(code)
