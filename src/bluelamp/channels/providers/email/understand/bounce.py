"""Is it a report about a delivery, and what does it say about whom?"""

from __future__ import annotations

import re
from dataclasses import replace

from flufl.bounce import all_failures

from . import addresses, codes, dialogue, notices, prose, report, returned
from .message import Mail
from .values import Evidence

_DAEMON = re.compile(
    r"""^(?:mail(?:er)?[-_.]?(?:daemon|delivery|robot|system|admin)|post[-_.]?master|mdaemon|mmdf|
        double-?bounce|bounces?|mailadm(?:in)?|nobody|no-?reply.*|do-?not-?reply.*|maildelivery|
        mail[-_.]?gateway|mailgw|delivery|smtp|uucp|autoreply)(?:[+\-=].*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_SURELY_DAEMON = re.compile(r"\bmail(?:er)?[-_]?daemon\b", re.IGNORECASE)
_DAEMON_NAME = re.compile(
    r"mail(?:er)? ?(?:delivery|deliver|daemon|administrator|system)|delivery (?:sub)?system|"
    r"postmaster|system administrator|mail delivery|mta\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"""undeliver|not\ deliver|non[- ]?deliver|unable\ to\ deliver|returned?\ (?:e-?)?mail|
        return(?:ed|ing)\ (?:message|mail)|deliver\w*\ (?:status|failure|failed|problem|error|report|
        notification|has\ failed|delayed|unsuccessful|incomplete)|fail\w*\ (?:notice|deliver)|
        mail\ (?:failure|failed|system\ error|error|delivery)|could\ not\ (?:be\ )?(?:send|sent|deliver)|
        message\ (?:delayed|blocked|you\ sent\ blocked|delivery)|error\ (?:sending|in\ your)\ your|
        sending\ your\ mail|warning:\ (?:message|could)|bounce|see\ transcript|notice:\ mail|
        cannot\ send|user\ unknown|host\ unknown|delivery\ notification|nondeliverable|
        (?:pi[čc]hy|недоставлен|не\ доставлен|Не\ удалось)|unzustellbar|nicht\ zugestellt|
        non\ (?:remis|distribu)|no\ entregad|配信|配送|送信(?:でき|エラー|失敗)|宛先|届け|退信""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = re.compile(r"[^\W\d_]{3,}")
_FORWARD = re.compile(
    r"^(\W*(?:begin )?forwarded message\W*|-+ ?(?:original message|forwarded).{0,20}-+)$",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|odp|fwd?|wg|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_BODY = re.compile(
    r"""(?:could|can)\s?not\ be\ (?:delivered|sent|completed)|(?:unable|failed|wasn't\ able|not\ able)\ to\ (?:deliver|send)|
        undeliver|delivery\ (?:to\ the\ following|has\ failed|failed|error|failure|attempt)|not\ (?:been\ |yet\ been\ )?delivered|
        permanent\ (?:fatal\ )?(?:error|failure)|did\ not\ reach|returned\ to\ (?:you|sender)|
        transcript\ of\ session|was\ (?:not\ delivered|rejected|blocked|undeliverable)|has\ (?:not\ been\ delivered|been\ rejected)|
        mail\ (?:delivery|system)|user\ unknown|unknown\ user|no\ such\ user|mailbox\ (?:is\ )?full|
        had\ (?:delivery|trouble|permanent)|delayed|cannot\ be\ delivered|address(?:es)?\ failed|
        recipients?\ failed|returned\ message|failure\ reasons|invalid\ (?:user|recipient|address|final)|
        (?<!\d)[45]\d\d[ -][45]\.\d\.\d|送信できません|配信でき|届け|доставлен|zugestellt|remis|
        may\ not\ exist|error\ message\ below|account\ is\ disabled|quota|rejected|unavailable""",
    re.IGNORECASE | re.VERBOSE,
)


def null_sender(mail: Mail) -> bool:
    """RFC 5321, 4.5.5: reports travel with the null return path."""
    path = mail.message.get("Return-Path")
    return path is not None and mail.header("Return-Path").strip() in ("<>", "")


def from_daemon(mail: Mail) -> bool:
    """Whether a mail system, not a person, claims to have written it."""
    value = mail.header("From")
    if not value.strip() or "<>" in value:
        return True
    named = mail.addresses("From")
    return any(
        _DAEMON.match(address.partition("@")[0]) or _DAEMON_NAME.search(name)
        for name, address in named
    ) or bool(_DAEMON.match(value.strip()))


def is_report(mail: Mail) -> bool:
    """Whether the mail reports on a delivery.

    Fields and structure decide; where there are none, a mail system must have
    written it *and* its words must be those of a report, so that a person who
    quotes a bounce stays a person.
    """
    if notices.is_notice(mail) or any(p.type.endswith("delivery-status") for p in mail.parts):
        return True
    if mail.parameter("report-type") == "delivery-status" or mail.header("X-Failed-Recipients"):
        return True
    path = mail.header("Return-Path").strip("<> ").partition("@")[0]
    mechanical = from_daemon(mail) or null_sender(mail) or bool(_DAEMON.match(path))
    if not mechanical:
        return bool(forwarded(mail))
    subject = mail.header("Subject")
    titled = bool(_SUBJECT.search(subject)) and not _ANSWER.match(subject)
    spoken = bool(_BODY.search(mail.prose))
    if _SURELY_DAEMON.search(mail.header("From")):
        return True
    if from_daemon(mail):
        return titled or spoken
    return titled and (spoken or not mail.header("Auto-Submitted"))


def forwarded(mail: Mail) -> str:
    """The report that a person forwards without a word of their own; else empty.

    Whoever adds words wants an answer and stays a person.
    """
    title = _ANSWER.sub("", mail.header("Subject"))
    if title == mail.header("Subject") or not _SUBJECT.search(title):
        return ""
    own, marker, inner = _FORWARD.split(mail.prose, maxsplit=1) if _FORWARD.search(mail.prose) else ("",) * 3
    text = re.sub(r"^> ?", "", inner, flags=re.MULTILINE)
    daemon = re.search(r"^From: .*", text, re.MULTILINE)
    if not marker or len(own.strip()) > 40 or not (daemon and _SURELY_DAEMON.search(daemon.group(0))):
        return ""
    return text.partition("\n\n")[2]


def read(mail: Mail) -> list[Evidence]:
    """Evidence for every recipient the report names, at least one entry."""
    found = notices.read(mail)
    if found:
        return found
    spoken, _ = returned.split(forwarded(mail) or mail.prose)
    found = _unique(_failures(report.read(mail))) or [
        Evidence(recipient=address) for address in _named(mail, spoken)
    ]
    names = [entry.recipient for entry in found]
    # A gateway may return the report of the next system in place of our message.
    nested = dialogue.refusals(returned.source(mail))
    rest = f"{spoken}\n{mail.header('Subject')}\n{nested}"
    return [_completed(entry, spoken, names, rest) for entry in found] or [
        Evidence(diagnostic=spoken, rest=rest)
    ]


def _failures(found: list[Evidence]) -> list[Evidence]:
    """Recipients that were reached are news only where no other failed."""
    bad = [entry for entry in found if entry.action not in ("delivered", "relayed", "expanded")]
    return bad or found


def _unique(found: list[Evidence]) -> list[Evidence]:
    """One entry an address: reports repeat themselves when they are forwarded."""
    kept: dict[str, Evidence] = {}
    for entry in found:
        kept.setdefault(entry.recipient.casefold(), entry)
    return list(kept.values())


def _named(mail: Mail, spoken: str) -> list[str]:
    """Recipients without fields: header, flufl.bounce, our own eyes, the returned message."""
    header = addresses.all_in(mail.header("X-Failed-Recipients"))
    if header:
        return header
    ours = {mail.address("From"), mail.address("To"), mail.address("Return-Path")} - {""}
    return (
        prose.in_lines(spoken, ours)
        or [name for name in _flufl(mail) if name.casefold() in spoken.casefold()]
        or prose.in_sentences(spoken, ours)
        or addresses.all_in(returned.header(returned.source(mail), "To"))[:1]
    )


def _flufl(mail: Mail) -> list[str]:
    try:
        temporary, permanent = all_failures(mail.message)
    except Exception:  # its detectors raise on mail that is malformed in new ways
        return []
    names = {name.decode("ascii", "replace") for name in temporary | permanent}
    return [name for name in sorted(names) if "@" in name]


def _completed(entry: Evidence, spoken: str, names: list[str], rest: str) -> Evidence:
    others = [name for name in names if not addresses.same(name, entry.recipient)]
    about = prose.section(spoken, entry.recipient, others)
    if not others and not about.strip():
        about = spoken
    said = entry.diagnostic
    if not _WORDS.search(said):
        quoted = dialogue.refusals(spoken, entry.recipient if others else "")
        quoted = quoted or codes.answer_in(about)
        said = f"{said} {quoted if _WORDS.search(quoted) else about}".strip()
    return replace(entry, diagnostic=said, prose=about, rest=rest)
