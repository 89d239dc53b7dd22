"""From a stored payload to what was said: posts, answers, quotes, re-posts, messages, deletions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from bluelamp.channels.contract import (
    Attachment,
    Change,
    InboundItem,
    InboundKind,
    RawInbound,
    Said,
    Visibility,
)

from .names import MessageName, Uri
from .values import REPOST

GONE = "gone"
"""Names in ``RawInbound.meta``: the post that is gone,"""
AGAIN = "again"
"""that a post was looked at again,"""
CONVERSATION = "conversation"
"""the conversation of a message,"""
SELF, SELF_HANDLE = "self", "self_handle"
"""who we are,"""
HANDLE, NAME, REACH = "handle", "name", "reach"
"""and what is known of the author."""

_LINK = "app.bsky.richtext.facet#link"
_PICTURE = "https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"
_VIDEO = "https://video.bsky.app/watch/{did}/{cid}/playlist.m3u8"
"""Films are served in pieces only, to be played there;"""
_STILL = "https://video.bsky.app/watch/{did}/{cid}/thumbnail.jpg"
"""a still of each is a picture like others."""
MEDIA_HOSTS = frozenset({"cdn.bsky.app", "video.bsky.app"})


def read_payload(raw: RawInbound) -> InboundItem:
    """Say what a stored payload is: a notification, a post, a message, or that a post is gone."""
    if gone := raw.meta.get(GONE):
        said = Said(gone, at=raw.received_at, change=Change.DELETED)
        return InboundItem(InboundKind.HUMAN, said=said)
    content = json.loads(raw.payload)
    if CONVERSATION in raw.meta:
        return _message(content, raw.meta)
    return _repost(content, raw.meta) if _is_repost(content) else _post(content, raw.meta)


def _is_repost(content: dict[str, Any]) -> bool:
    return bool(content["record"].get("$type") == REPOST)


# Records --------------------------------------------------------------------


def _repost(row: dict[str, Any], meta: Mapping[str, str]) -> InboundItem:
    repeated = row["record"]["subject"]["uri"]
    said = Said(
        row["uri"],
        at=_time(row["indexedAt"]),
        author_id=row["author"]["did"],
        url=Uri.read(repeated).page,
        repeats=repeated,
        conversation=repeated,
        reach=_reach(meta),
    )
    return InboundItem(
        InboundKind.HUMAN,
        sender=_sender(row["author"]["did"], row["author"].get("handle", "")),
        sender_name=row["author"].get("displayName") or "",
        said=said,
    )


def _post(post: dict[str, Any], meta: Mapping[str, str]) -> InboundItem:
    record, author = post["record"], post["author"]
    whole = "\n\n".join(_texts(record))
    return InboundItem(
        InboundKind.HUMAN,
        sender=_sender(author["did"], author.get("handle", "")),
        sender_name=author.get("displayName") or "",
        text=_unaddressed(whole, meta),
        full_text=whole,
        said=_said(post, meta),
        attachments=tuple(_attachments(author["did"], record.get("embed") or {})),
    )


def _said(post: dict[str, Any], meta: Mapping[str, str]) -> Said:
    record, uri = post["record"], post["uri"]
    reply = record.get("reply") or {}
    return Said(
        uri,
        at=_time(post["indexedAt"]),
        change=Change.EDITED if AGAIN in meta else Change.NEW,
        author_id=post["author"]["did"],
        url=Uri.read(uri).page,
        answers=reply.get("parent", {}).get("uri", ""),
        repeats=_quoted(record.get("embed") or {}),
        conversation=reply.get("root", {}).get("uri", uri),
        reach=_reach(meta),
        language=next(iter(record.get("langs") or ()), ""),
    )


def _texts(record: dict[str, Any]) -> Iterator[str]:
    """Return what was written, and where a card leads that the text does not name."""
    text = spelt_out(record.get("text", ""), record.get("facets") or ())
    if text:
        yield text
    card = _part(record.get("embed") or {}, "external").get("external", {})
    if card.get("uri") and card["uri"] not in text:
        yield "\n".join(filter(None, (card.get("title"), card["uri"])))


def _part(embed: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the part of an embed that is of a kind; media may stand beside a quote."""
    whole = f"app.bsky.embed.{kind}"
    for part in (embed, embed.get("media") or {}):
        if part.get("$type") == whole:
            return part
    return {}


def _quoted(embed: dict[str, Any]) -> str:
    """Return the post that is quoted, alone or beside media."""
    record = embed.get("record") or {}
    uri = str(record.get("uri") or (record.get("record") or {}).get("uri") or "")
    return uri if "/app.bsky.feed.post/" in uri else ""


def _attachments(did: str, embed: dict[str, Any]) -> Iterator[Attachment]:
    for image in _part(embed, "images").get("images", ()):
        yield _attachment(did, image["image"], image.get("alt", ""), _PICTURE)
    if video := _part(embed, "video"):
        yield _attachment(did, video["video"], video.get("alt", ""), _VIDEO)
        still = video["video"] | {"mimeType": "image/jpeg"}
        yield _attachment(did, still, video.get("alt", ""), _STILL)


def _attachment(did: str, blob: dict[str, Any], alt: str, served: str) -> Attachment:
    cid = str(blob.get("ref", {}).get("$link", ""))
    url = served.format(did=did, cid=cid)
    return Attachment(cid, blob.get("mimeType", ""), url=url, description=alt)


# Messages -------------------------------------------------------------------


def _message(log: dict[str, Any], meta: Mapping[str, str]) -> InboundItem:
    message = log["message"]
    name = MessageName(meta[CONVERSATION], message["id"])
    did, text = message["sender"]["did"], _message_text(message)
    answered = (message.get("replyTo") or {}).get("id", "")
    said = Said(
        str(name),
        at=_time(message["sentAt"]),
        visibility=Visibility.PRIVATE,
        author_id=did,
        url=name.page,
        answers=str(MessageName(name.conversation, answered)) if answered else "",
        conversation=name.conversation,
        reach=_reach(meta),
    )
    return InboundItem(
        InboundKind.HUMAN,
        sender=_sender(did, meta.get(HANDLE, "")),
        sender_name=meta.get(NAME, ""),
        text=text,
        full_text=text,
        said=said,
    )


def _message_text(message: dict[str, Any]) -> str:
    """Return the words, and the address of a post that was sent along."""
    text = spelt_out(message.get("text", ""), message.get("facets") or ())
    shared = ((message.get("embed") or {}).get("record") or {}).get("uri", "")
    return f"{text}\n\n{shared}".strip() if shared else text


# Words ----------------------------------------------------------------------


def spelt_out(text: str, facets: Any) -> str:
    """Return ``text`` with where its links lead; a shortened address is written in full.

    Facets count bytes of UTF-8, and anybody may write what they like into them: one that
    does not stand on characters of the text is passed over.
    """
    data = text.encode()
    for start, end, address in sorted(_links(facets), reverse=True):
        if not 0 <= start < end <= len(data):
            continue
        with suppress(UnicodeDecodeError):
            shown = data[start:end].decode()
            data = data[:start] + _linked(shown, address).encode() + data[end:]
    return data.decode(errors="replace")


def _links(facets: Any) -> Iterator[tuple[int, int, str]]:
    for facet in facets:
        place = facet.get("index", {})
        for feature in facet.get("features", ()):
            if feature.get("$type") == _LINK:
                yield int(place["byteStart"]), int(place["byteEnd"]), str(feature["uri"])


def _linked(shown: str, address: str) -> str:
    begun = _bare(shown).removesuffix("...").removesuffix("…")
    if _bare(shown) == _bare(address):
        return shown
    if begun != _bare(shown) and _bare(address).startswith(begun):
        return address
    return f"{shown} ({address})"


def _bare(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", address.lower()).rstrip("/")


def _unaddressed(text: str, meta: Mapping[str, str]) -> str:
    """Return ``text`` without our own name at its start."""
    ours = meta.get(SELF_HANDLE)
    if not ours:
        return text
    return re.sub(rf"^@{re.escape(ours)}(?![\w.@-])[\s,:]*", "", text, flags=re.IGNORECASE)


def _sender(did: str, handle: str) -> str:
    """Return ``@handle``; the lasting id where the handle is not the author's."""
    return f"@{handle}" if handle and handle != "handle.invalid" else did


def _reach(meta: Mapping[str, str]) -> int:
    return int(meta.get(REACH) or 0)


def _time(words: str) -> datetime:
    return datetime.fromisoformat(words)
