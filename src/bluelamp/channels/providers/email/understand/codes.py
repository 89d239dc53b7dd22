"""Reply codes (RFC 5321) and enhanced status codes (RFC 3463, 5248, 7372, 7505).

What a code alone says about the reason is in :data:`PRECISE` (the detail names
one cause) and :data:`VAGUE` (it names a class of causes and yields to words).
"""

from __future__ import annotations

import re

from .values import Reason

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_STATUS_LABELLED = re.compile(
    r"(?:\b[245]\d\d[ -]+|\(?#|(?:status|code)\s?:?\s*|^\W*)#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)",
    re.IGNORECASE | re.MULTILINE,
)
_REPLY_AND_STATUS = re.compile(r"(?<![\d.])([245][0-5]\d)[ -]+#?[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(
    r"""(?:^\s*(?:<<<\s*)?|[\[("'<:;,\#=]\s*|\bcode\s:?\s?|\bsaid\s|\s(?=\d\d\d-'))  # may begin
        ([45][0-5]\d)
        (?=[\s\-:]\s*[^\d\s]|[\s\-:]+[45]\.\d|[\s:)\],]*$|[ -]\s?\d{3}[ -]|,\s*ERROR|,[ ,])""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_SAYS_NOTHING = (".0.0", ".0.350")
"""Exchange Online wraps whatever another system said in 5.0.350."""
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
    telling = [status for status in found if is_telling(status) and status[0] != "2"]
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
        return ""  # a success is no refusal
    return text[found.start(1) :].split("\n\n")[0][:1500]


def is_telling(status: str) -> bool:
    """Whether the status says more than its class."""
    return bool(status) and not status.endswith(_SAYS_NOTHING)


# Keyed by subject.detail: the class (4 or 5) changes hardness, not the cause.
PRECISE: dict[str, Reason] = {
    "1.1": Reason.USERUNKNOWN,
    "1.2": Reason.HOSTUNKNOWN,
    "1.3": Reason.USERUNKNOWN,
    "1.4": Reason.FILTERED,
    "1.6": Reason.HASMOVED,
    "1.7": Reason.REJECTED,
    "1.8": Reason.REJECTED,
    "1.9": Reason.SYSTEMERROR,
    "1.10": Reason.NOTACCEPT,  # RFC 7505: null MX
    "2.1": Reason.SUSPEND,
    "2.2": Reason.MAILBOXFULL,
    "2.3": Reason.EXCEEDLIMIT,
    "2.4": Reason.FILTERED,
    "3.1": Reason.SYSTEMFULL,
    "3.2": Reason.NOTACCEPT,
    "3.3": Reason.SYSTEMERROR,
    "3.4": Reason.MESGTOOBIG,
    "3.5": Reason.SYSTEMERROR,
    "4.1": Reason.EXPIRED,
    "4.2": Reason.NETWORKERROR,
    "4.3": Reason.SYSTEMERROR,
    "4.4": Reason.HOSTUNKNOWN,
    "4.5": Reason.EXPIRED,
    "4.6": Reason.NETWORKERROR,
    "4.7": Reason.EXPIRED,
    "5.3": Reason.TOOMANYCONN,
    "6.0": Reason.CONTENTERROR,
    "6.1": Reason.CONTENTERROR,
    "6.2": Reason.CONTENTERROR,
    "6.3": Reason.CONTENTERROR,
    "6.5": Reason.CONTENTERROR,
    "6.6": Reason.CONTENTERROR,
    "6.7": Reason.CONTENTERROR,
    "6.9": Reason.CONTENTERROR,
    "7.7": Reason.SYSTEMERROR,
    "7.13": Reason.SUSPEND,  # RFC 5248: user account disabled
    "7.17": Reason.HASMOVED,  # RFC 7293: mailbox owner has changed
    "7.18": Reason.HASMOVED,
    "7.20": Reason.AUTHFAILURE,  # RFC 7372
    "7.21": Reason.AUTHFAILURE,
    "7.22": Reason.AUTHFAILURE,
    "7.23": Reason.AUTHFAILURE,
    "7.24": Reason.AUTHFAILURE,
    "7.25": Reason.REQUIREPTR,
    "7.26": Reason.AUTHFAILURE,
    "7.27": Reason.NOTACCEPT,
    "7.28": Reason.SPEEDING,
    "7.29": Reason.AUTHFAILURE,
    "7.30": Reason.FAILEDSTARTTLS,
}
VAGUE: dict[str, Reason] = {
    "1.0": Reason.USERUNKNOWN,
    "2.0": Reason.FILTERED,
    "3.0": Reason.SYSTEMERROR,
    "4.0": Reason.NETWORKERROR,
    "4.8": Reason.NETWORKERROR,
    "5.1": Reason.SYNTAXERROR,
    "5.2": Reason.SYNTAXERROR,
    "5.4": Reason.SYNTAXERROR,
    "5.5": Reason.SYNTAXERROR,
}
VAGUE_SUBJECT: dict[str, Reason] = {"6": Reason.CONTENTERROR, "7": Reason.SECURITYERROR}
REPLIES: dict[int, Reason] = {
    521: Reason.NOTACCEPT,  # RFC 7504
    556: Reason.NOTACCEPT,
    523: Reason.EXCEEDLIMIT,
    530: Reason.SECURITYERROR,
    534: Reason.SECURITYERROR,
    535: Reason.SECURITYERROR,
    538: Reason.SECURITYERROR,
    551: Reason.HASMOVED,
    451: Reason.SYSTEMERROR,
    452: Reason.SYSTEMFULL,
    511: Reason.USERUNKNOWN,
    512: Reason.HOSTUNKNOWN,
    552: Reason.MAILBOXFULL,
}


NO_SUCH_MAILBOX = frozenset({550, 551, 553})
"""Replies to RCPT that mean the mailbox, unless their words say otherwise."""


def precise(status: str) -> Reason | None:
    """The cause a status names, or ``None`` where it leaves it open."""
    return PRECISE.get(status.partition(".")[2])


def vague(status: str) -> Reason | None:
    """The class of causes a status names."""
    rest = status.partition(".")[2]
    return VAGUE.get(rest) or VAGUE_SUBJECT.get(rest.partition(".")[0])


def by_reply(code: int) -> Reason | None:
    """The cause a reply code names by itself."""
    if 500 <= code <= 509 or 400 <= code <= 409:
        return Reason.SYNTAXERROR
    return REPLIES.get(code)
