"""The signs by which a report on a delivery is known."""

from __future__ import annotations

import re

from . import codes, notices, returned
from .message import Mail

_DAEMON = re.compile(
    r"""^(?:mail(?:er)?[-_.]?(?:daemon|delivery|robot|system|admin)|post[-_.]?master|mdaemon|
        mmdf|double-?bounce|bounces?|mailadm(?:in)?|nobody|maildelivery|mail[-_.]?gateway|mailgw|
        delivery|smtp|uucp)(?:[+\-=\\@].*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_MACHINE = re.compile(r"^(?:do[-_.]?)?no(?:t)?[-_.]?reply|^autoreply", re.IGNORECASE)
_SURELY_DAEMON = re.compile(r"\bmail(?:er)?[-_]?daemon\b", re.IGNORECASE)
_DAEMON_NAME = re.compile(
    r"mail(?:er)? ?(?:delivery|deliver|daemon|administrator|system)|delivery (?:sub)?system|"
    r"postmaster|system administrator|mta\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"""undeliver|not\ deliver|non[- ]?deliver|unable\ to\ deliver|returned?\ (?:e-?)?mail|
        return(?:ed|ing)\ (?:message|mail)|cannot\ send|user\ unknown|host\ unknown|
        deliver\w*\ (?:status|failure|failed|problem|error|report|notification|has\ failed|
            delayed|unsuccessful|incomplete)|
        fail\w*\ (?:notice|deliver)|mail\ (?:failure|failed|system\ error|error|delivery)|
        could\ not\ (?:be\ )?(?:send|sent|deliver)|
        message\ (?:delayed|blocked|you\ sent\ blocked|delivery)|error\ (?:sending|in\ your)\ your|
        sending\ your\ mail|warning:\ (?:message|could)|bounce|see\ transcript|notice:\ mail|
        недоставлен|не\ доставлен|не\ удалось|unzustellbar|nicht\ zugestellt|
        non\ (?:remis|distribu)|no\ entregad|no\ se\ (?:puede|pudo|ha\ podido)\ entregar|
        entrega\ (?:fallida|falhou)|
        n[ãa]o\ (?:foi\ poss[íi]vel|p[ôo]de)\b.*entreg|onbestelbaar|niet\ (?:bezorgd|afgeleverd)|
        niedostarczon|nie\ dostarczon|non\ recapitat|mancata\ consegna|
        [ée]chec\ de\ (?:la\ )?remise|
        配信|配送|送信(?:でき|エラー|失敗)|宛先|届け|退信|无法投递|投递失败""",
    re.IGNORECASE | re.VERBOSE,
)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|antw|odp|fwd?|wg|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_BODY = re.compile(
    r"""(?:could|can)\s?not\ be\ (?:delivered|sent|completed)|undeliver|
        (?:unable|failed|wasn't\ able|not\ able)\ to\ (?:deliver|send)|
        delivery\ (?:to\ the\ following|has\ failed|failed|error|failure|attempt)|
        not\ (?:been\ |yet\ been\ )?delivered|permanent\ (?:fatal\ )?(?:error|failure)|
        did\ not\ reach|returned\ to\ (?:you|sender)|transcript\ of\ session|
        was\ (?:not\ delivered|rejected|blocked|undeliverable)|
        has\ (?:not\ been\ delivered|been\ rejected)|mail\ (?:delivery|system)|
        user\ unknown|unknown\ user|no\ such\ user|mailbox\ (?:is\ )?full|
        had\ (?:delivery|trouble|permanent)|delayed|postponed|address(?:es)?\ failed|
        recipients?\ failed|returned\ message|failure\ reasons|error\ message\ below|
        invalid\ (?:user|recipient|address|final)|may\ not\ exist|account\ is\ disabled|quota|
        rejected|unavailable|(?<!\d)[45]\d\d[ -][45]\.\d\.\d|
        送信できません|配信でき|届け|доставлен|zugestellt|remis""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN_BODY = re.compile(
    r"could\s?not\s+be\s+delivered\s+to|unable\s+to\s+deliver|undeliverable|delivery\s+(?:has\s+)?failed|"
    r"was\s+not\s+delivered\s+to|returned\s+to\s+sender|送信できません",
    re.IGNORECASE,
)
"""Said by nobody but a mail system; enough where any machine writes."""
_LIST_SUBJECT = re.compile(
    r"not member|reject|spam mail|security alert|loop (?:back|condition)", re.IGNORECASE
)
_FORWARD = re.compile(
    r"^(\W*(?:begin )?forwarded message\W*|-+ ?(?:original message|forwarded).{0,20}-+)$",
    re.IGNORECASE | re.MULTILINE,
)
_OWN_WORDS = 40
"""Characters; whoever writes more above what they forward has something to say."""


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


def from_machine(mail: Mail) -> bool:
    """Whether the sender says that nobody reads answers."""
    return bool(_MACHINE.match(mail.address("From")))


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
    if _SURELY_DAEMON.search(mail.header("From")) or _list_refuses(mail):
        return True
    return _sounds_like_report(mail) or bool(forwarded(mail))


def _list_refuses(mail: Mail) -> bool:
    """fml, a list manager, answers under the list's own name."""
    return bool(mail.header("X-MLServer") and _LIST_SUBJECT.search(mail.header("Subject")))


def _sounds_like_report(mail: Mail) -> bool:
    subject = mail.header("Subject")
    titled = bool(_SUBJECT.search(subject)) and not _ANSWER.match(subject)
    spoken = bool(_BODY.search(mail.report))
    if from_daemon(mail):
        return titled or spoken
    if from_machine(mail):
        return (titled and spoken) or bool(_PLAIN_BODY.search(mail.report))
    path = mail.header("Return-Path").strip("<> ").partition("@")[0]
    if null_sender(mail) or _DAEMON.match(path):
        return titled and (spoken or not mail.header("Auto-Submitted"))
    return titled and spoken and _looks_made(mail)


def _looks_made(mail: Mail) -> bool:
    """No answer to anything, with a message returned or an SMTP code quoted."""
    if mail.header("In-Reply-To") or mail.header("References"):
        return False
    quotes = codes.reply_in(mail.report) >= 400 or codes.status_in(mail.report, labelled=True)
    return bool(quotes or returned.source(mail))


def forwarded(mail: Mail) -> str:
    """The report that a person forwards without a word of their own; else empty.

    Whoever adds words wants an answer and stays a person.
    """
    subject = mail.header("Subject")
    title = _ANSWER.sub("", subject)
    pieces = _FORWARD.split(mail.report, maxsplit=1)
    if title == subject or not _SUBJECT.search(title) or len(pieces) != 3:
        return ""
    text = re.sub(r"^> ?", "", pieces[2], flags=re.MULTILINE)
    writer = re.search(r"^From: .*", text, re.MULTILINE)
    if len(pieces[0].strip()) > _OWN_WORDS or not writer:
        return ""
    return text.partition("\n\n")[2] if _SURELY_DAEMON.search(writer.group(0)) else ""
