"""Our own message inside a report: where it begins, and its identifier."""

from __future__ import annotations

import re

from .message import Mail, bare_id

_HEADS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "text/rfc822-header",
          "text/rfc822", "message/global", "message/global-headers", "message/partial")  # fmt: skip

_BOUNDARY = re.compile(
    r"""^[-_=*.|>\ \t]{0,90}(?:
        (?:below\ this\ line|below|included|enclosed)\ is\ a\ copy
      | (?:this\ is\ a|here\ is\ a|the\ following\ is\ a)\ copy\ of\ (?:the|your|my)
      | (?:begin|start)\ of\ (?:returned|original|the)\ (?:message|mail)
      | (?:the\ )?(?:headers?\ of\ the\ |full\ |top\ of\ )?(?:original|returned|unsent|undelivered|
          failed|rejected|bounced)\ (?:message|mail|e-?mail)(?:\ (?:headers?|text|body))?
          \ *(?:follows?|is\ following|[:.\-_=*|]|$)
      | (?:message|mail)\ (?:headers?|header\ fields?|text|body)\ follows?
      | (?:original\ |returned\ )?message\ (?:text|body|attached)\ (?:follows|below|is\ attached)
      | the\ (?:original\ )?message\ (?:headers?|text)\ follows?
      | --+\ *(?:message|mail)\ (?:header|content)s?
      | the\ header\ of\ the\ original
      | original\ (?:message|mail)\ (?:follows|headers)
      | received\ message\ follows?
    )""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_HEADER_BLOCK = re.compile(
    r"^(?:Return-Path|Received|Delivered-To|DKIM-Signature|Message-ID|MIME-Version|X-[\w-]+):.*\n"
    r"(?:[ \t]+\S.*\n){0,9}"
    r"(?:Return-Path|Received|Delivered-To|DKIM-Signature|Message-ID|MIME-Version|From|To|Date|Subject|X-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(
    r"^[ \t>]*(?:Original-|X-Original-|X-)?Message-?ID:[ \t]*(?:\n[ \t]+)?(<?[^\s<>]{3,998}>?)",
    re.IGNORECASE | re.MULTILINE,
)


def split(prose: str) -> tuple[str, str]:
    """The report and the returned message of a text that holds both."""
    cuts = [
        found.start()
        for pattern in (_BOUNDARY, _HEADER_BLOCK)
        for found in [pattern.search(prose, 1)]
        if found
    ]
    if not cuts:
        return prose, ""
    return prose[: min(cuts)], prose[min(cuts) :]


def source(mail: Mail) -> str:
    """Source text of the returned message or of its headers; empty where absent."""
    for part in mail.parts:
        if part.type in _HEADS and part.text.strip():
            return part.text
    return split(mail.report)[1]


def message_id(mail: Mail) -> str:
    """Message-ID of the message that this mail returns or answers.

    The returned part comes first, then the report's sentences, then
    ``In-Reply-To`` and the last of ``References``, so that a report that
    carries nothing but our identifier can still be attributed.  Of a report that
    wraps another one the inner one counts: the outer's message is a report.
    """
    mail = mail.nested_report() or mail
    for text in (source(mail), *(part.text for part in mail.parts if part.type != "text/html")):
        if found := _MESSAGE_ID.search(text):
            return bare_id(str(found.group(1)))
    return bare_id(mail.inner("Message-ID")) or answered(mail)


def answered(mail: Mail) -> str:
    """The identifier in ``In-Reply-To``, else the last of ``References``."""
    direct: list[str] = re.findall(r"<([^<>\s]{1,998})>", mail.header("In-Reply-To"))
    if direct:
        return direct[0]
    thread = references(mail)
    return thread[-1] if thread else ""


def references(mail: Mail) -> tuple[str, ...]:
    """All identifiers of ``References``, oldest first."""
    return tuple(re.findall(r"<([^<>\s]{1,998})>", mail.header("References")))


def header(text: str, name: str) -> str:
    """One header of the returned message's source, unfolded."""
    found = re.search(
        rf"^{re.escape(name)}:[ \t]*(.*(?:\n[ \t]+.*)*)", text, re.IGNORECASE | re.MULTILINE
    )
    return " ".join(found.group(1).split()) if found else ""
