"""What a person wrote: their own words, without what they quote or sign with."""

from __future__ import annotations

import re

from mailparser_reply import EmailMessage

from . import returned
from .message import Mail, bare_id
from .values import HumanMail

MAX_CHARACTERS = 40_000
"""Longer answers are cut before quotes are looked for."""

_LANGUAGES = ["en", "de", "fr", "es", "it", "pl", "nl", "cs", "sv", "da", "ja", "ko", "zh"]
_ATTRIBUTION = re.compile(
    r"wrote|writes|schrieb|[ée]crit|escribi|scritto|escreveu|napisa|schreef|skrev|kirjoitti|"
    r"написал|пише|書き|写道|の投稿|@|\d{4}|\d\d:\d\d",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"^(?:sent (?:from|via) (?:my )?(?:\w+ ){0,3}(?:iphone|ipad|android|blackberry|samsung|galaxy|phone|"
    r"mobile|tablet|device|outlook|yahoo|mail|huawei|pixel)\b.{0,40}|get outlook for .{1,60})$",
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
    own = _without_signature(_without_quotes(cut))
    return own or _without_quotes(cut) or cut


def _without_quotes(text: str) -> str:
    """Drop ``>`` lines, and the "On such a day X wrote:" paragraph above them.

    Words below or between quotes are the person's own and stay.
    """
    kept: list[str] = []
    for line in text.split("\n"):
        if not line.lstrip().startswith(">"):
            kept.append(line)
        elif kept and _is_attribution(kept):
            _drop_paragraph(kept)
    return "\n".join(kept).strip()


def _last_paragraph(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip() and end - start < 4:
        start -= 1
    return lines[start:end]


def _is_attribution(kept: list[str]) -> bool:
    paragraph = _last_paragraph(kept)
    text = " ".join(paragraph)
    return (
        bool(paragraph)
        and len(paragraph) < 4
        and text.rstrip("* ").endswith((":", "："))
        and bool(_ATTRIBUTION.search(text))
    )


def _drop_paragraph(kept: list[str]) -> None:
    while kept and not kept[-1].strip():
        kept.pop()
    while kept and kept[-1].strip():
        kept.pop()


def _without_signature(text: str) -> str:
    """Cut unmarked history ("From: ... Sent: ...") and the signature."""
    message = EmailMessage(text=text, languages=list(_LANGUAGES), keep_hyphen_lists=True)
    replies = message.read().replies
    first = next((reply.body for reply in replies if reply.body.strip()), "")
    return _PHONE.split(first)[0].strip()
