"""Reports written only for human eyes: whose address failed, and which lines are about it."""

from __future__ import annotations

import re

from . import addresses
from .addresses import ADDRESS


def _forms(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)


_LINES = _forms(
    # As in: <a@b>: (qmail, Postfix), a@b: 550 why (OpenSMTPD), "a@b": (GMX)
    rf"""^[ \t]*["<']?({ADDRESS})[">']?(?:[ \t]\((?:expanded|generated)[^)]*\))?[ \t]*:""",
    # The address alone on its line, bulleted or bracketed: Exim, Gmail, Exchange, sendmail
    rf"""^[ \t]*[*\-•]?[ \t]*["<'\[]?({ADDRESS})[">'\]]?(?:[ \t]*<mailto:[^>]*>)?[.,;]?[ \t]*$""",
    # As in: a@b  [User unknown], <a@b> (no such user), a@b... why, a@b on 1/1/01 12:00
    rf"""^[ \t]*["<']?({ADDRESS})[">']?"""
    r"""(?:[ \t]*\[|[ \t]*\(|[ ]?\.\.\.|[ \t]+on[ \t](?:\d|\w\w\w,)|[ \t]*,|[ \t]+[-–])""",
    # A transcript: what was asked, and what was answered
    rf"""^[ \t]*>>>[ \t]*RCPT[ \t]+TO:[ \t]*<?({ADDRESS})""",
    rf"""^[ \t]*(?:<<<[ \t]*)?[45]\d\d[ \-](?:[45]\.\d+\.\d+[ \t])?<({ADDRESS})>""",
    # Zoho: the address, then its fate in the same line
    rf"""^[ \t]*<?({ADDRESS})>?[ \t]+(?:[A-Z]\w|\d)""",
)
_SENTENCES = _forms(
    # "could not be delivered to: a@b", or "Invalid final delivery userid: a@b"
    r"""\b(?:to|recipients?|recipient[ ]address(?:es)?|address(?:es)?|addressee|user|userid|"""
    r"""mailbox|for|errors?|attempts|RCPT[ ]TO|unknown)[ \t]*(?:\([^)]*\))?"""
    rf"""(?:[ \t]*[:=][ \t\n]*|[ \t]+)["<'\[]?({ADDRESS})""",
    rf"""["<'(]({ADDRESS})[">')]""",
)
_ANY = _forms(rf"({ADDRESS})")
_NOT_ABOUT = re.compile(
    r"""^[ \t>]*(?:From|Sender|Reply-To|Return-Path|Message-ID|MAIL[ ]FROM|X-[\w-]+)[ \t]*:
      | message[ ]sent[ ]by | \bcontact\b | \bassistance\b | send[ ](?:e-?)?mail[ ]to | questions
      | please[ ](?:e-?mail|write|forward|send) | envelope-from | >>>[ ]MAIL
      | (?:generated|expanded)[ ](?:by|from) | \bFrom:\ ?< """,
    re.IGNORECASE | re.VERBOSE,
)
_OFFICE = re.compile(
    r"^(?:postmaster|mailer-daemon|abuse|support|helpdesk|hostmaster|root)@", re.IGNORECASE
)
_AFTER_SENT_BY = re.compile(r"message (?:sent by|from)\s*:?\s*\n[^\n]*\n", re.IGNORECASE)


def in_lines(report: str, ours: set[str]) -> list[str]:
    """Failed addresses in the places where programs put them."""
    return _find(report, ours, _LINES)


def in_sentences(report: str, ours: set[str]) -> list[str]:
    """Failed addresses wherever a sentence names them."""
    return _find(report, ours, _SENTENCES)


def anywhere(report: str, ours: set[str]) -> list[str]:
    """The first address that may have failed, whatever stands around it."""
    return _find(report, ours, _ANY)[:1]


def _find(report: str, ours: set[str], forms: tuple[re.Pattern[str], ...]) -> list[str]:
    """Addresses by the first form that names any.

    :param ours: addresses that are unlikely to be the failed one (sender, receiver of
        the report); they count only where nothing else is found.
    """
    kept = _relevant(report)
    mine = {address.casefold() for address in ours}
    spare: list[str] = []
    for form in forms:
        found = [addresses.tidy(match) for match in form.findall(kept)]
        found = [a for a in dict.fromkeys(found) if a and not _OFFICE.match(a)]
        strangers = [address for address in found if address.casefold() not in mine]
        if strangers:
            return strangers
        spare += found
    return list(dict.fromkeys(spare))[:1]


def _relevant(report: str) -> str:
    text = _AFTER_SENT_BY.sub("\n", report)
    return "\n".join(line for line in text.split("\n") if not _NOT_ABOUT.search(line))


def section(report: str, recipient: str, others: list[str]) -> str:
    """The lines about one recipient: from where it is named to where another one is."""
    if not recipient:
        return report
    mine, theirs = recipient.casefold(), [other.casefold() for other in others]
    taken: list[str] = []
    inside = False
    for line in report.split("\n"):
        lowered = line.casefold()
        if mine in lowered:
            inside = True
        elif any(other in lowered for other in theirs):
            inside = False
        if inside:
            taken.append(line)
    return "\n".join(taken)
