"""What a person wrote: their own words, without what they quote or sign with."""

from __future__ import annotations

import re

from mailparser_reply import EmailMessage

from . import returned
from .message import Mail, bare_id
from .values import HumanMail

_SPACE, _JOINT = "\x01", "\x02"
MAX_CHARACTERS = 40_000
"""Longer answers are cut before quotes are looked for."""

_LANGUAGES = ["en", "de", "fr", "es", "it", "pl", "nl", "cs", "sv", "da", "ja", "ko", "zh"]
_ATTRIBUTION = re.compile(
    r"(?:wrote|writes|schrieb|[ée]crit|escribi|scritto|escreveu|napisa|schreef|skrev|kirjoitti|"
    r"написал|пише|書き|写道|の投稿).{0,40}$|@.*\d|\d.*@|\d{4}.*\d\d:\d\d",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:on|am|le|el|il|em|op|den|dnia|w dniu|at|von|de|\d{1,4}[-/.年])\b", re.IGNORECASE
)
_RULE = re.compile(r"^[ \t]*_{20,}[ \t]*$.*", re.MULTILINE | re.DOTALL)
"""A line of underscores: Outlook's history or a mailing list's footer follows."""
_PHONE = re.compile(
    r"^(?:sent (?:from|via) (?:my )?(?:\w+ ){0,3}(?:iphone|ipad|android|blackberry|samsung|galaxy|"
    r"phone|mobile|tablet|device|outlook|yahoo|mail|huawei|pixel)\b.{0,40}"
    r"|get outlook for .{1,60})$",
    re.IGNORECASE | re.MULTILINE,
)


def read_human(raw: bytes) -> HumanMail:
    """Sender, subject and words of a mail that a person wrote."""
    mail = Mail.read(raw)
    name = next((name for name, address in mail.addresses("From") if "@" in address), "")
    return HumanMail(
        sender=mail.address("From"),
        sender_name=name,
        subject=mail.header("Subject"),
        text=own_words(mail.prose),
        full_text=mail.prose.strip(),
        message_id=bare_id(mail.header("Message-ID")),
        in_reply_to=returned.answered(mail),
        references=returned.references(mail),
    )


def reply_text(raw: bytes) -> str:
    """The words that the person wrote: no quoted history, no signature."""
    return own_words(Mail.read(raw).prose)


def own_words(text: str) -> str:
    """``text`` without quotes and signature; all of it where nothing would remain."""
    cut = text.strip()[:MAX_CHARACTERS]
    unquoted = _without_quotes(cut)
    return _without_signature(unquoted) or unquoted or cut


def _without_quotes(text: str) -> str:
    """Drop ``>`` lines, and the "On such a day X wrote:" lines above them.

    Words below or between quotes are the person's own and stay.
    """
    kept: list[str] = []
    for line in text.split("\n"):
        if not line.lstrip().startswith(">"):
            kept.append(line)
        else:
            _drop_attribution(kept)
    return "\n".join(kept).strip()


def _drop_attribution(kept: list[str]) -> None:
    """Remove the last one to three lines where they introduce a quotation."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    for count in (1, 2, 3):
        lines = kept[max(0, end - count) : end]
        text = " ".join(lines).strip()
        if not text.rstrip("* ").endswith((":", "：")) or not all(line.strip() for line in lines):
            return
        if _ATTRIBUTION.search(text.rstrip("*: ：")) and _OPENING.search(text):
            del kept[max(0, end - count) :]
            return


def _without_signature(text: str) -> str:
    """Cut unmarked history ("From: ... Sent: ...") and the signature."""
    above = _RULE.sub("", text).strip() or text
    message = EmailMessage(text=_folded(above), languages=list(_LANGUAGES), keep_hyphen_lists=True)
    replies = message.read().replies
    first = _unfolded(next((reply.body for reply in replies if reply.body.strip()), ""))
    return _PHONE.split(first)[0].rstrip("-_=* \t\n").strip()


def _folded(text: str) -> str:
    """Long lines cut and marked: the library's patterns cost the square of a line's length."""
    plain = text.replace(_SPACE, "").replace(_JOINT, "")
    spaced = re.sub(r"([^\n]{200,300}) (?=[^\n])", rf"\1\n{_SPACE}", plain)
    return re.sub(r"([^\n]{320})(?=[^\n])", rf"\1\n{_JOINT}", spaced)


def _unfolded(text: str) -> str:
    return text.replace(f"\n{_SPACE}", " ").replace(f"\n{_JOINT}", "").strip(_SPACE + _JOINT)
