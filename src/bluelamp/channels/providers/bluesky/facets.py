"""What in a text leads somewhere: links, topics and names, by where their bytes stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atproto_client.utils.facet_detection import detect_facets, detect_mentions

from bluelamp.channels.contract import ChannelError

from .wire import Wire


def facets(wire: Wire, text: str) -> list[dict[str, Any]]:
    """Return the facets of ``text``; a name that nobody has leads nowhere.

    :raises ChannelError: a name could not be looked up.
    """
    found = [one.model_dump(by_alias=True, exclude_none=True) for one in detect_facets(text)]
    return sorted([*found, *_names(wire, text)], key=lambda one: int(one["index"]["byteStart"]))


def _names(wire: Wire, text: str) -> Iterator[dict[str, Any]]:
    for mention in detect_mentions(text):
        did = _did(wire, mention.handle)
        if did:
            yield {
                "$type": "app.bsky.richtext.facet",
                "index": {"byteStart": mention.byte_start, "byteEnd": mention.byte_end},
                "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}],
            }


def _did(wire: Wire, handle: str) -> str:
    try:
        found: str = wire.ask("com.atproto.identity.resolveHandle", handle=handle)["did"]
    except ChannelError as error:
        if error.permanent:
            return ""
        raise
    return found
