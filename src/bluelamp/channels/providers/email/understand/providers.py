"""Codes that large receivers publish for their own refusals.

Each table is what the provider's postmaster pages say, by the code in the
answer, whatever words stand around it.  Sources are named per table.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .values import Evidence
from .values import Reason as R

# postmaster.cox.net, "Error Codes"; the same filter (Cloudmark) serves Spectrum.
_COX: dict[str, R] = {
    "CXBL": R.BLOCKED,
    "CDRBL": R.BLOCKED,
    "CXTHRT": R.SECURITYERROR,
    "CXMJ": R.SECURITYERROR,
    "CXMXRT": R.TOOMANYCONN,
    "CXCNCT": R.TOOMANYCONN,
    "CXDNS": R.REQUIREPTR,
    "CXSNDR": R.REJECTED,
    "CXSMTP": R.BLOCKED,
    "CXPHISH": R.SPAMDETECTED,
}
# postmaster.orange.fr and postmaster.laposte.net: OFR_nnn, OFRnnn_nnn, LPNnnn_nnn.
_ORANGE: dict[str, R] = {
    "101": R.BLOCKED,
    "102": R.BLOCKED,
    "103": R.BLOCKED,
    "104": R.TOOMANYCONN,
    "105": R.TOOMANYCONN,
    "107": R.TOOMANYCONN,
    "108": R.BLOCKED,
    "109": R.BLOCKED,
    "305": R.SECURITYERROR,
    "401": R.REQUIREPTR,
    "402": R.REQUIREPTR,
    "403": R.REJECTED,
    "405": R.REJECTED,
    "415": R.REJECTED,
    "416": R.USERUNKNOWN,
    "417": R.MAILBOXFULL,
    "418": R.REJECTED,
    "420": R.SUSPEND,
    "421": R.REJECTED,
    "425": R.REJECTED,
    "426": R.SUSPEND,
    "427": R.SUSPEND,
    "505": R.SYSTEMERROR,
    "506": R.SPAMDETECTED,
    "510": R.BLOCKED,
    "513": R.MAILBOXFULL,
    "515": R.SPAMDETECTED,
    "517": R.SPAMDETECTED,
}
# mail.i.ua/err/N
_IUA: dict[str, R] = {
    "1": R.NORELAYING,
    "2": R.USERUNKNOWN,
    "3": R.SUSPEND,
    "4": R.MAILBOXFULL,
    "5": R.SPEEDING,
    "6": R.NORELAYING,
    "7": R.BLOCKED,
    "8": R.REJECTED,
    "9": R.BLOCKED,
    "10": R.FILTERED,
}
# GoDaddy "Fix rejected email with a bounce error": IBnnn.
_GODADDY: dict[str, R] = {
    "101": R.EXPIRED,
    "103": R.BLOCKED,
    "104": R.BLOCKED,
    "105": R.BLOCKED,
    "106": R.BLOCKED,
    "108": R.BLOCKED,
    "110": R.BLOCKED,
    "111": R.BLOCKED,
    "112": R.BLOCKED,
    "113": R.BLOCKED,
    "212": R.SPAMDETECTED,
    "401": R.SECURITYERROR,
    "501": R.NOTCOMPLIANTRFC,
    "502": R.NOTCOMPLIANTRFC,
    "504": R.POLICYVIOLATION,
    "506": R.REJECTED,
    "507": R.SPEEDING,
    "508": R.AUTHFAILURE,
    "510": R.POLICYVIOLATION,
    "607": R.TOOMANYCONN,
    "705": R.VIRUSDETECTED,
}
# postmaster.facebook.com/response_codes
_FACEBOOK: dict[str, R] = {
    "POL-P1": R.BLOCKED,
    "POL-P2": R.BLOCKED,
    "POL-P3": R.BLOCKED,
    "POL-P4": R.BLOCKED,
    "POL-P5": R.VIRUSDETECTED,
    "POL-P6": R.SPAMDETECTED,
    "POL-P7": R.SPAMDETECTED,
    "POL-P8": R.POLICYVIOLATION,
    "MSG-P1": R.MESGTOOBIG,
    "MSG-P2": R.CONTENTERROR,
    "MSG-P3": R.NOTCOMPLIANTRFC,
    "DNS-P1": R.REQUIREPTR,
    "DNS-P2": R.REQUIREPTR,
    "DNS-P3": R.REJECTED,
    "RCP-P1": R.USERUNKNOWN,
    "RCP-P2": R.FILTERED,
    "RCP-P3": R.FILTERED,
    "INT-P1": R.USERUNKNOWN,
    "INT-P2": R.SYSTEMERROR,
    "INT-P3": R.USERUNKNOWN,
    "INT-P4": R.USERUNKNOWN,
    "INT-P7": R.USERUNKNOWN,
    "INT-T1": R.SYSTEMERROR,
    "INT-T2": R.SYSTEMERROR,
    "INT-T4": R.SYSTEMERROR,
    "CON-T1": R.TOOMANYCONN,
    "CON-T2": R.TOOMANYCONN,
    "CON-T3": R.TOOMANYCONN,
    "CON-T4": R.TOOMANYCONN,
    "RCP-T4": R.SUSPEND,
}


def _spectrum(number: int) -> R | None:
    """Charter/Spectrum ``AUP#nnnn``: hundreds are classes, see its postmaster pages."""
    if number == 1530:
        return R.MESGTOOBIG
    if 1500 <= number < 1600:
        return R.SPEEDING
    if 1600 <= number < 1700:
        return R.REJECTED
    if 1300 <= number < 1500 or 1100 <= number < 1200:
        return R.TOOMANYCONN  # the filter makes a sender wait
    return R.BLOCKED if 1000 <= number < 1300 else None


def _exchange(status: str) -> R | None:
    """Exchange Online adds details of its own to 5.7 and 5.1 (its NDR documentation)."""
    subject, _, detail = status.partition(".")[2].partition(".")
    number = int(detail or 0)
    if subject == "7":
        return _exchange_policy(number)
    return {
        ("1", 90): R.SPEEDING,
        ("1", 91): R.BLOCKED,
        ("2", 121): R.SPEEDING,
        ("2", 122): R.SPEEDING,
        ("2", 123): R.EXCEEDLIMIT,
        ("4", 300): R.EXPIRED,
        ("4", 310): R.HOSTUNKNOWN,
        ("4", 311): R.HOSTUNKNOWN,
        ("4", 312): R.NETWORKERROR,
        ("4", 316): R.EXPIRED,
        ("4", 317): R.FAILEDSTARTTLS,
        ("0", 350): R.CONTENTERROR,
        ("6", 11): R.CONTENTERROR,
    }.get((subject, number))


def _exchange_policy(number: int) -> R | None:
    ranges = (
        (500, 500, R.BLOCKED),
        (12, 12, R.REJECTED),
        (64, 64, R.NORELAYING),
        (124, 136, R.REJECTED),
        (193, 193, R.REJECTED),
        (321, 325, R.FAILEDSTARTTLS),
        (501, 503, R.SPAMDETECTED),
        (504, 504, R.FILTERED),
        (505, 507, R.BLOCKED),
        (508, 508, R.TOOMANYCONN),
        (509, 509, R.AUTHFAILURE),
        (511, 512, R.BLOCKED),
        (513, 513, R.FILTERED),
        (514, 514, R.BLOCKED),
        (515, 515, R.AUTHFAILURE),
        (606, 649, R.BLOCKED),
        (700, 749, R.BLOCKED),
        (750, 750, R.SECURITYERROR),
        (850, 899, R.BLOCKED),
    )
    return next((reason for low, high, reason in ranges if low <= number <= high), None)


def published(evidence: Evidence) -> R | None:
    """The reason that a receiver's own code names, or ``None``."""
    text = f"{evidence.diagnostic}\n{evidence.prose}\n{evidence.rest}"
    for pattern, look_up in _TABLES:
        found = pattern.search(text)
        if found:
            reason = look_up(found.group(1).upper())
            if reason:
                return reason
    for sentence, reason in _SENTENCES:
        if sentence.search(text):
            return reason
    exchange = re.fullmatch(r"[45]\.\d\.\d{2,3}", evidence.status)
    return (
        _by_host(evidence)
        or _POWERMTA.get(evidence.category)
        or (_exchange(evidence.status) if exchange else None)
    )


def _by_host(evidence: Evidence) -> R | None:
    """Hosts whose stock answers mean something else than their words."""
    said = evidence.diagnostic.lower()
    if evidence.remote.endswith("docomo.ne.jp") and evidence.status != "5.2.0":
        return R.REJECTED if "unknown user" in said else None  # the recipient's own reject list
    hosts = f".{evidence.remote} .{evidence.recipient.rpartition('@')[2]} "
    if re.search(r"\.(?:ezweb\.ne\.jp|au\.com)\.? ", hosts):
        # KDDI names the address at RCPT, and leaves it out after DATA.
        named = re.search(r"<[^>]+>: user unknown", said)
        return R.USERUNKNOWN if named else R.FILTERED if ": user unknown" in said else None
    if re.match(r"inbound-smtp\..*\.amazonaws\.com", evidence.reporter):
        return R.FILTERED if "does not exist" in said else None  # a rule of the receiving account
    return None


# Words that a provider's documentation ties to one cause.
_SENTENCES: tuple[tuple[re.Pattern[str], R], ...] = (
    # Mimecast, "SMTP error codes"
    (re.compile(r"anti-spoofing policy|content examination policy", re.I), R.POLICYVIOLATION),
    (re.compile(r"(?:ip|address) temporarily blacklisted|known bad source", re.I), R.BADREPUTATION),
    (re.compile(r"internal resources? (?:are|is) temporarily unavailable", re.I), R.SYSTEMERROR),
    (re.compile(r"recipient temporarily unavailable", re.I), R.BLOCKED),
    (re.compile(r"outbound thread limit", re.I), R.TOOMANYCONN),
    (re.compile(r"email rejected due to security policies", re.I), R.VIRUSDETECTED),
    (re.compile(r"invalid recipient - .*mimecast", re.I), R.USERUNKNOWN),
    # Tencent QQ, service.mail.qq.com
    (re.compile(r"(?:connection|ip|domain|sender) frequency limited", re.I), R.TOOMANYCONN),
    (re.compile(r"mail is rejected by recipients", re.I), R.REJECTED),
    (re.compile(r"suspected (?:bounce attacks|spam ip)", re.I), R.BLOCKED),
    (re.compile(r"mailbox unavailable or access denied", re.I), R.TOOMANYCONN),
    # Yahoo, postmaster.yahooinc.com/error-codes
    (re.compile(r"\[(?:TSS?\d\d|TS\w+)\]"), R.BADREPUTATION),
    # Apple, support.apple.com/en-us/HT204137
    (re.compile(r"\[HME1\]"), R.AUTHFAILURE),
    (re.compile(r"inactive email address", re.I), R.USERUNKNOWN),
    # Exchange Online, directory-based edge blocking: no such recipient in the tenant
    (re.compile(r"5\.4\.1 .{0,40}recipient address rejected: access denied", re.I | re.S), R.USERUNKNOWN),
    # Outlook.com, sendersupport.olc.protection.outlook.com/pm/troubleshooting
    (re.compile(r"\b(?:SC|DY|OU)-00\d\b"), R.BLOCKED),
    (re.compile(r"\bRP-00\d\b"), R.TOOMANYCONN),
    # Google Groups says in every language that the group is closed to us or absent
    (re.compile(r"https://groups\.google\.com/support/"), R.REJECTED),
)
# PowerMTA User's Guide: X-PowerMTA-BounceCategory.
_POWERMTA: dict[str, R] = {
    "bad-configuration": R.SYSTEMERROR,
    "bad-connection": R.NETWORKERROR,
    "bad-domain": R.HOSTUNKNOWN,
    "bad-mailbox": R.USERUNKNOWN,
    "content-related": R.CONTENTERROR,
    "inactive-mailbox": R.SUSPEND,
    "invalid-sender": R.REJECTED,
    "message-expired": R.EXPIRED,
    "no-answer-from-host": R.NETWORKERROR,
    "policy-related": R.POLICYVIOLATION,
    "protocol-errors": R.SYNTAXERROR,
    "quota-issues": R.MAILBOXFULL,
    "relaying-issues": R.NORELAYING,
    "routing-errors": R.SYSTEMERROR,
    "spam-related": R.SPAMDETECTED,
    "virus-related": R.VIRUSDETECTED,
}
_TABLES: tuple[tuple[re.Pattern[str], Callable[[str], R | None]], ...] = (
    (re.compile(r"AUP#((?:CX|CD)[A-Z]+)", re.IGNORECASE), _COX.get),
    (re.compile(r"AUP#(IPBL\d+|RBL\w*)", re.IGNORECASE), lambda code: R.BLOCKED),
    (re.compile(r"AUP#(?:[A-Z]{1,3}-)?(\d{4})\b", re.IGNORECASE), lambda code: _spectrum(int(code))),
    (re.compile(r"\b(?:OFR|LPN)(?:\d{0,3})_(\d{3})\b"), _ORANGE.get),
    (re.compile(r"mail\.i\.ua/err/(\d+)"), _IUA.get),
    (re.compile(r"\bIB(\d{3})\b"), _GODADDY.get),
    (re.compile(r"\b((?:POL|MSG|DNS|RCP|INT|CON)-[PT]\d)\b"), _FACEBOOK.get),
)
