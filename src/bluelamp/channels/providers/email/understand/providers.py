"""Codes that large receivers publish for their own refusals.

Each table is what the provider's postmaster pages say, by the code in the
answer, whatever words stand around it.  Sources are named per table.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .values import Evidence, Reason

# postmaster.cox.net, "Error Codes"; the same filter (Cloudmark) serves Spectrum.
_COX: dict[str, Reason] = {
    "CXBL": Reason.BLOCKED,
    "CDRBL": Reason.BLOCKED,
    "CXTHRT": Reason.SECURITYERROR,
    "CXMJ": Reason.SECURITYERROR,
    "CXMXRT": Reason.TOOMANYCONN,
    "CXCNCT": Reason.TOOMANYCONN,
    "CXDNS": Reason.REQUIREPTR,
    "CXSNDR": Reason.AUTHFAILURE,  # SPF, DomainKeys or DKIM of the sending domain
    "CXSMTP": Reason.BLOCKED,
    "CXPHISH": Reason.SPAMDETECTED,
}
# postmaster.orange.fr and postmaster.laposte.net: OFR_nnn, OFRnnn_nnn, LPNnnn_nnn.
_ORANGE: dict[str, Reason] = {
    "101": Reason.BLOCKED,
    "102": Reason.BLOCKED,
    "103": Reason.BLOCKED,
    "104": Reason.TOOMANYCONN,
    "105": Reason.TOOMANYCONN,
    "107": Reason.TOOMANYCONN,
    "108": Reason.BLOCKED,
    "109": Reason.BLOCKED,
    "305": Reason.SECURITYERROR,
    "401": Reason.REQUIREPTR,
    "402": Reason.REQUIREPTR,
    "403": Reason.REJECTED,
    "405": Reason.REJECTED,
    "415": Reason.REJECTED,
    "416": Reason.USERUNKNOWN,
    "417": Reason.MAILBOXFULL,
    "418": Reason.REJECTED,
    "420": Reason.SUSPEND,
    "421": Reason.REJECTED,
    "425": Reason.REJECTED,
    "426": Reason.SUSPEND,
    "427": Reason.SUSPEND,
    "505": Reason.SYSTEMERROR,
    "506": Reason.SPAMDETECTED,
    "510": Reason.BLOCKED,
    "513": Reason.MAILBOXFULL,
    "515": Reason.SPAMDETECTED,
    "517": Reason.AUTHFAILURE,
}
# mail.i.ua/err/N
_IUA: dict[str, Reason] = {
    "1": Reason.NORELAYING,
    "2": Reason.USERUNKNOWN,
    "3": Reason.SUSPEND,
    "4": Reason.MAILBOXFULL,
    "5": Reason.SPEEDING,
    "6": Reason.NORELAYING,
    "7": Reason.BLOCKED,
    "8": Reason.REJECTED,
    "9": Reason.BLOCKED,
    "10": Reason.FILTERED,
}
# GoDaddy "Fix rejected email with a bounce error": IBnnn.
_GODADDY: dict[str, Reason] = {
    "101": Reason.EXPIRED,
    "103": Reason.BLOCKED,
    "104": Reason.BLOCKED,
    "105": Reason.BLOCKED,
    "106": Reason.BLOCKED,
    "108": Reason.BLOCKED,
    "110": Reason.BLOCKED,
    "111": Reason.BLOCKED,
    "112": Reason.BLOCKED,
    "113": Reason.BLOCKED,
    "212": Reason.SPAMDETECTED,
    "401": Reason.SECURITYERROR,
    "501": Reason.NOTCOMPLIANTRFC,
    "502": Reason.NOTCOMPLIANTRFC,
    "504": Reason.POLICYVIOLATION,
    "506": Reason.REJECTED,
    "507": Reason.SPEEDING,
    "508": Reason.AUTHFAILURE,
    "510": Reason.POLICYVIOLATION,
    "607": Reason.TOOMANYCONN,
    "705": Reason.VIRUSDETECTED,
}
# postmaster.facebook.com/response_codes
_FACEBOOK: dict[str, Reason] = {
    "POL-P1": Reason.BLOCKED,
    "POL-P2": Reason.BLOCKED,
    "POL-P3": Reason.BLOCKED,
    "POL-P4": Reason.BLOCKED,
    "POL-P5": Reason.VIRUSDETECTED,
    "POL-P6": Reason.SPAMDETECTED,
    "POL-P7": Reason.SPAMDETECTED,
    "POL-P8": Reason.POLICYVIOLATION,
    "MSG-P1": Reason.MESGTOOBIG,
    "MSG-P2": Reason.CONTENTERROR,
    "MSG-P3": Reason.NOTCOMPLIANTRFC,
    "DNS-P1": Reason.REQUIREPTR,
    "DNS-P2": Reason.REQUIREPTR,
    "DNS-P3": Reason.REJECTED,
    "RCP-P1": Reason.USERUNKNOWN,
    "RCP-P2": Reason.FILTERED,
    "RCP-P3": Reason.FILTERED,
    "INT-P1": Reason.USERUNKNOWN,
    "INT-P2": Reason.SYSTEMERROR,
    "INT-P3": Reason.USERUNKNOWN,
    "INT-P4": Reason.USERUNKNOWN,
    "INT-P7": Reason.USERUNKNOWN,
    "INT-T1": Reason.SYSTEMERROR,
    "INT-T2": Reason.SYSTEMERROR,
    "INT-T4": Reason.SYSTEMERROR,
    "CON-T1": Reason.TOOMANYCONN,
    "CON-T2": Reason.TOOMANYCONN,
    "CON-T3": Reason.TOOMANYCONN,
    "CON-T4": Reason.TOOMANYCONN,
    "RCP-T4": Reason.SUSPEND,
}

# help.163.com, the list of refusals: two letters for the filter, three for its finding
_NETEASE: dict[str, Reason] = {
    "HL:REP": Reason.BLOCKED,
    "HL:MEP": Reason.BLOCKED,
    "HL:IHU": Reason.BLOCKED,
    "HL:IPB": Reason.BLOCKED,
    "HL:ICC": Reason.TOOMANYCONN,
    "HL:IFC": Reason.SPEEDING,
    "HL:IFQ": Reason.SPEEDING,
    "MI:DMC": Reason.SPEEDING,
    "MI:SFQ": Reason.SPEEDING,
    "RP:DRC": Reason.TOOMANYCONN,
    "DT:RBL": Reason.BLOCKED,
    "DT:SPM": Reason.SPAMDETECTED,
    "WM:BLI": Reason.BLOCKED,
    "WM:BLU": Reason.REJECTED,
}
# postmaster.comcast.net, "Mail delivery error codes"
_COMCAST: dict[str, Reason] = {"BL": Reason.BLOCKED, "ES": Reason.BLOCKED}

# postmaster.aol.com, "SMTP error codes": (AAA:xx)
_AOL: dict[str, Reason] = {
    "RTR": Reason.BLOCKED,
    "RLY": Reason.BLOCKED,
    "CON": Reason.BLOCKED,
    "DYN": Reason.BADREPUTATION,
    "HVU": Reason.SPAMDETECTED,
    "DNS": Reason.REQUIREPTR,
}


def _spectrum(number: int) -> Reason | None:
    """Charter/Spectrum ``AUP#nnnn``: hundreds are classes, see its postmaster pages."""
    if number == 1530:
        return Reason.MESGTOOBIG
    if 1500 <= number < 1600:
        return Reason.SPEEDING
    if 1600 <= number < 1700:
        return Reason.REJECTED
    if 1300 <= number < 1500 or 1100 <= number < 1200:
        return Reason.TOOMANYCONN  # the filter makes a sender wait
    return Reason.BLOCKED if 1000 <= number < 1300 else None


def _exchange(status: str) -> Reason | None:
    """Exchange Online adds details of its own to 5.7 and 5.1 (its NDR documentation)."""
    subject, _, detail = status.partition(".")[2].partition(".")
    number = int(detail or 0)
    if subject == "7":
        return _exchange_policy(number)
    return {
        ("1", 90): Reason.SPEEDING,
        ("1", 91): Reason.BLOCKED,
        ("2", 121): Reason.SPEEDING,
        ("2", 122): Reason.SPEEDING,
        ("2", 123): Reason.EXCEEDLIMIT,
        ("4", 300): Reason.EXPIRED,
        ("4", 310): Reason.HOSTUNKNOWN,
        ("4", 311): Reason.HOSTUNKNOWN,
        ("4", 312): Reason.NETWORKERROR,
        ("4", 316): Reason.EXPIRED,
        ("4", 317): Reason.FAILEDSTARTTLS,
        ("0", 350): Reason.CONTENTERROR,
        ("6", 11): Reason.CONTENTERROR,
    }.get((subject, number))


def _exchange_policy(number: int) -> Reason | None:
    ranges = (
        (500, 500, Reason.BLOCKED),
        (12, 12, Reason.REJECTED),
        (64, 64, Reason.NORELAYING),
        (124, 136, Reason.REJECTED),
        (193, 193, Reason.REJECTED),
        (321, 325, Reason.FAILEDSTARTTLS),
        (501, 503, Reason.SPAMDETECTED),
        (504, 504, Reason.FILTERED),
        (505, 507, Reason.BLOCKED),
        (508, 508, Reason.TOOMANYCONN),
        (509, 509, Reason.AUTHFAILURE),
        (511, 512, Reason.BLOCKED),
        (513, 513, Reason.FILTERED),
        (514, 514, Reason.BLOCKED),
        (515, 515, Reason.AUTHFAILURE),
        (606, 649, Reason.BLOCKED),
        (700, 749, Reason.BLOCKED),
        (750, 750, Reason.SECURITYERROR),
        (850, 899, Reason.BLOCKED),
    )
    return next((reason for low, high, reason in ranges if low <= number <= high), None)


def published(evidence: Evidence) -> Reason | None:
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


def _by_host(evidence: Evidence) -> Reason | None:
    """Hosts whose stock answers mean something else than their words."""
    said = evidence.diagnostic.lower()
    if evidence.remote.endswith("docomo.ne.jp") and evidence.status != "5.2.0":
        return (
            Reason.REJECTED if "unknown user" in said else None
        )  # the recipient's own reject list
    hosts = f".{evidence.remote} .{evidence.recipient.rpartition('@')[2]} "
    if re.search(r"\.(?:ezweb\.ne\.jp|au\.com)\.? ", hosts):
        # KDDI names the address at RCPT, and leaves it out after DATA.
        named = re.search(r"<[^>]+>: user unknown", said)
        return (
            Reason.USERUNKNOWN if named else Reason.FILTERED if ": user unknown" in said else None
        )
    if re.match(r"inbound-smtp\..*\.amazonaws\.com", evidence.reporter):
        return (
            Reason.FILTERED if "does not exist" in said else None
        )  # a rule of the receiving account
    return None


# Words that a provider's documentation ties to one cause.
_SENTENCES: tuple[tuple[re.Pattern[str], Reason], ...] = (
    # Mimecast, "SMTP error codes"
    (
        re.compile(r"anti-spoofing policy|content examination policy", re.IGNORECASE),
        Reason.POLICYVIOLATION,
    ),
    (
        re.compile(r"(?:ip|address) temporarily blacklisted|known bad source", re.IGNORECASE),
        Reason.BADREPUTATION,
    ),
    (
        re.compile(r"internal resources? (?:are|is) temporarily unavailable", re.IGNORECASE),
        Reason.SYSTEMERROR,
    ),
    (re.compile(r"recipient temporarily unavailable", re.IGNORECASE), Reason.BLOCKED),
    (re.compile(r"outbound thread limit", re.IGNORECASE), Reason.TOOMANYCONN),
    (re.compile(r"email rejected due to security policies", re.IGNORECASE), Reason.VIRUSDETECTED),
    (re.compile(r"invalid recipient - .*mimecast", re.IGNORECASE), Reason.USERUNKNOWN),
    # Tencent QQ, service.mail.qq.com
    (
        re.compile(r"(?:connection|ip|domain|sender) frequency limited", re.IGNORECASE),
        Reason.TOOMANYCONN,
    ),
    (re.compile(r"mail is rejected by recipients", re.IGNORECASE), Reason.REJECTED),
    (re.compile(r"suspected (?:bounce attacks|spam ip)", re.IGNORECASE), Reason.BLOCKED),
    (re.compile(r"mailbox unavailable or access denied", re.IGNORECASE), Reason.TOOMANYCONN),
    # Yahoo, postmaster.yahooinc.com/error-codes
    (re.compile(r"\[(?:TSS?\d\d|TS\w+)\]"), Reason.BADREPUTATION),
    # Apple, support.apple.com/en-us/HT204137
    (re.compile(r"\[HME1\]"), Reason.AUTHFAILURE),
    (re.compile(r"inactive email address", re.IGNORECASE), Reason.USERUNKNOWN),
    # Exchange Online, directory-based edge blocking: no such recipient in the tenant
    (
        re.compile(
            r"5\.4\.1 .{0,40}recipient address(?:es)? rejected ?: access denied",
            re.IGNORECASE | re.DOTALL,
        ),
        Reason.USERUNKNOWN,
    ),
    # Outlook.com, sendersupport.olc.protection.outlook.com/pm/troubleshooting
    (re.compile(r"\b(?:SC|DY|OU)-00\d\b"), Reason.BLOCKED),
    (re.compile(r"\bRP-00\d\b"), Reason.TOOMANYCONN),
    # fml, the list manager
    (
        re.compile(r"not member article|you .{0,40}are not (?:a )?member", re.IGNORECASE),
        Reason.REJECTED,
    ),
    # Google Groups says in every language that the group is closed to us or absent
    (re.compile(r"https://groups\.google\.com/support/"), Reason.REJECTED),
)
# PowerMTA User's Guide: X-PowerMTA-BounceCategory.
_POWERMTA: dict[str, Reason] = {
    "bad-configuration": Reason.SYSTEMERROR,
    "bad-connection": Reason.NETWORKERROR,
    "bad-domain": Reason.HOSTUNKNOWN,
    "bad-mailbox": Reason.USERUNKNOWN,
    "content-related": Reason.CONTENTERROR,
    "inactive-mailbox": Reason.SUSPEND,
    "invalid-sender": Reason.REJECTED,
    "message-expired": Reason.EXPIRED,
    "no-answer-from-host": Reason.NETWORKERROR,
    "policy-related": Reason.POLICYVIOLATION,
    "protocol-errors": Reason.SYNTAXERROR,
    "quota-issues": Reason.MAILBOXFULL,
    "relaying-issues": Reason.NORELAYING,
    "routing-errors": Reason.SYSTEMERROR,
    "spam-related": Reason.SPAMDETECTED,
    "virus-related": Reason.VIRUSDETECTED,
}
_TABLES: tuple[tuple[re.Pattern[str], Callable[[str], Reason | None]], ...] = (
    (re.compile(r"AUP#((?:CX|CD)[A-Z]+)", re.IGNORECASE), _COX.get),
    (re.compile(r"AUP#(IPBL\d+|RBL\w*)", re.IGNORECASE), lambda _: Reason.BLOCKED),
    (
        re.compile(r"AUP#(?:[A-Z]{1,3}-)?(\d{4})\b", re.IGNORECASE),
        lambda code: _spectrum(int(code)),
    ),
    (re.compile(r"\b(?:OFR|LPN)(?:\d{0,3})_(\d{3})\b"), _ORANGE.get),
    (re.compile(r"\((RTR|RLY|CON|DYN|HVU|DNS):[A-Z0-9]{2}\)"), _AOL.get),
    (re.compile(r"\b((?:HL|MI|RP|DT|WM):[A-Z]{3})\b"), _NETEASE.get),
    (re.compile(r"smtp-error-codes\.php#([A-Z]{2})\d", re.IGNORECASE), _COMCAST.get),
    (re.compile(r"mail\.i\.ua/err/(\d+)"), _IUA.get),
    (re.compile(r"\bIB(\d{3})\b"), _GODADDY.get),
    (re.compile(r"\b((?:POL|MSG|DNS|RCP|INT|CON)-[PT]\d)\b"), _FACEBOOK.get),
)
