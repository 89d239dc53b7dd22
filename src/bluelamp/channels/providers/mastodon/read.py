"""From a stored payload to what was said: mentions, answers, quotes, boosts, deletions."""

from __future__ import annotations

import html
import json
import mimetypes
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from bluelamp.channels.contract import (
    Attachment,
    Change,
    InboundItem,
    InboundKind,
    RawInbound,
    Said,
    Visibility,
)

from .markup import html_to_text

GONE = "gone"
"""Names in ``RawInbound.meta``: id of the status that is gone,"""
SELF = "self"
"""id of our own account,"""
HOST = "host"
"""the host of the account's server,"""
ROOT = "conversation"
"""and the status that the thread began with."""

_OPEN = {"public", "unlisted"}
_HREF = re.compile(r"href=\"(https?://[^\"]+)\"")
_MEDIA = {"image": "image/*", "gifv": "video/mp4", "video": "video/*", "audio": "audio/*"}


def version_id(status: Mapping[str, Any]) -> str:
    """Return what names this version of a status: its id, with the time of the last edit."""
    edited = status.get("edited_at")
    return f"{status['id']}@{edited}" if edited else str(status["id"])


def boost_id(notification: Mapping[str, Any]) -> str:
    """Return what names a boost: the server gives it no id but the notification's."""
    return f"boost-{notification['id']}"


def read_payload(raw: RawInbound) -> InboundItem:
    """Say what a stored payload is: a notification, a status, or that a status is gone."""
    if gone := raw.meta.get(GONE):
        said = Said(gone, at=raw.received_at, change=Change.DELETED)
        return InboundItem(InboundKind.HUMAN, said=said)
    content = json.loads(raw.payload)
    if content.get("type") == "reblog":
        return _boost(content, raw.meta)
    return _status(content.get("status") or content, raw.meta)


def _boost(notification: dict[str, Any], meta: Mapping[str, str]) -> InboundItem:
    account, status = notification["account"], notification["status"]
    said = Said(
        boost_id(notification),
        at=_time(notification["created_at"]),
        author_id=str(account["id"]),
        url=status.get("url") or "",
        repeats=str(status["id"]),
        conversation=str(status["id"]),
        reach=_reach(account),
    )
    return InboundItem(
        InboundKind.HUMAN,
        sender=address(account, meta),
        sender_name=account.get("display_name") or "",
        said=said,
    )


def _status(status: dict[str, Any], meta: Mapping[str, str]) -> InboundItem:
    whole = "\n\n".join(_texts(status))
    account = status["account"]
    return InboundItem(
        InboundKind.HUMAN,
        sender=address(account, meta),
        sender_name=account.get("display_name") or "",
        subject=status.get("spoiler_text") or "",
        text=_unaddressed(whole, status, meta),
        full_text=whole,
        said=_said(status, meta),
        attachments=tuple(map(_attachment, status.get("media_attachments") or ())),
        profile="\n".join(_profile(account)),
        links=tuple(_verified(account)),
    )


def _profile(account: Mapping[str, Any]) -> Iterator[str]:
    """Return what a profile says to everybody: its text, and a line for each field."""
    if note := html_to_text(account.get("note") or ""):
        yield note
    for field in account.get("fields") or ():
        yield f"{field['name']}: {html_to_text(field['value'])}"


def _verified(account: Mapping[str, Any]) -> Iterator[str]:
    """Return the links whose pages lead back (``rel="me"``), as the server has checked."""
    for field in account.get("fields") or ():
        found = _HREF.search(field["value"]) if field.get("verified_at") else None
        if found:
            yield html.unescape(found[1])


def _texts(status: dict[str, Any]) -> Iterator[str]:
    """Return what was written: the text, and the choices of a poll."""
    if text := html_to_text(status.get("content") or ""):
        yield text
    choices = (status.get("poll") or {}).get("options") or ()
    if choices:
        yield "\n".join(f"- {choice['title']}" for choice in choices)


def _said(status: dict[str, Any], meta: Mapping[str, str]) -> Said:
    edited = status.get("edited_at")
    return Said(
        str(status["id"]),
        at=_time(edited or status["created_at"]),
        visibility=Visibility.PUBLIC if status["visibility"] in _OPEN else Visibility.PRIVATE,
        change=Change.EDITED if edited else Change.NEW,
        author_id=str(status["account"]["id"]),
        url=status.get("url") or status.get("uri") or "",
        answers=status.get("in_reply_to_id") or "",
        repeats=_quoted(status),
        conversation=_conversation(status, meta),
        reach=_reach(status["account"]),
        language=status.get("language") or "",
    )


def _conversation(status: dict[str, Any], meta: Mapping[str, str]) -> str:
    """Return the thread's beginning; nothing where the server was not asked for it."""
    return meta.get(ROOT) or ("" if status.get("in_reply_to_id") else str(status["id"]))


def _quoted(status: dict[str, Any]) -> str:
    quote = status.get("quote") or {}
    quoted = quote.get("quoted_status") or {}
    return str(quoted.get("id") or quote.get("quoted_status_id") or "")


def address(account: Mapping[str, Any], meta: Mapping[str, str]) -> str:
    """Return ``@name@host``: the server's own people come without their host."""
    name = str(account["acct"])
    return f"@{name}" if "@" in name or not meta.get(HOST) else f"@{name}@{meta[HOST]}"


def _unaddressed(text: str, status: dict[str, Any], meta: Mapping[str, str]) -> str:
    """Return ``text`` without our own name at its start."""
    ours = [one for one in status.get("mentions") or () if str(one["id"]) == meta.get(SELF)]
    if not ours:
        return text
    name, host = re.escape(ours[0]["username"]), re.escape(meta.get(HOST, ""))
    return re.sub(rf"^@{name}(?:@{host})?(?![\w@])[\s,:]*", "", text, flags=re.IGNORECASE)


def _reach(account: Mapping[str, Any]) -> int:
    return max(int(account.get("followers_count") or 0), 0)


def _attachment(media: dict[str, Any]) -> Attachment:
    url = media.get("url") or media.get("remote_url") or ""
    name = unquote(urlsplit(url).path.rpartition("/")[2]) or str(media["id"])
    guessed = mimetypes.guess_type(name)[0]
    return Attachment(
        name=name,
        media_type=guessed or _MEDIA.get(media["type"], "application/octet-stream"),
        url=url,
        description=media.get("description") or "",
    )


def _time(words: str) -> datetime:
    return datetime.fromisoformat(words)
