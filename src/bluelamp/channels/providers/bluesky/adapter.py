"""The Bluesky provider's face: what the contract asks, each in a line or two."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bluelamp.channels.contract import (
    Capability,
    Fit,
    Handles,
    InboundItem,
    Limits,
    Polled,
    Posted,
    RawInbound,
    Utterance,
)
from bluelamp.channels.setup import checked

from . import listen, speak
from .errors import GoneError
from .read import MEDIA_HOSTS, read_payload
from .values import PICTURE_BYTES, POST_GRAPHEMES, BlueskySettings

if TYPE_CHECKING:
    from .wire import Wire

Clock = Callable[[], datetime]


class BlueskyAdapter:
    """Bluesky, and any other host of the AT Protocol with its application."""

    name = "bluesky"
    label = "Bluesky"
    icon = "bluesky"
    channel = "bluesky"
    handles = Handles(channel, ".", re.compile(r"/profile/([\w.-]+)/?"), host="bsky.app")
    capabilities = frozenset(
        {
            Capability.POST,
            Capability.REPLY,
            Capability.DELETE,
            Capability.POLL,
            Capability.REVISIT,
            Capability.PARSE,
            Capability.MEDIA,
            Capability.LOOKUP,
            Capability.HEALTH,
        }
    )
    limits = Limits(body_characters=POST_GRAPHEMES, attachment_bytes=PICTURE_BYTES)
    settings_model: type[BaseModel] = BlueskySettings

    def __init__(self, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count graphemes, and bytes beside them."""
        return speak.fit(utterance)

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Publish, answer or send a direct message; once for a key.

        :raises ChannelError: if it does not fit, or the service refuses or is away.
        """
        with self._wire(settings) as wire:
            return speak.post(wire, utterance)

    def delete(self, external_id: str, settings: Mapping[str, Any]) -> None:
        """Take a post of ours down; one that is gone already is no error.

        :raises ChannelError: if it is a message or not ours, or the service is away.
        """
        with self._wire(settings) as wire:
            speak.delete(wire, external_id)

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those utterances' keys under which there is a public post.

        :raises ChannelError: if the service refuses or is away.
        """
        with self._wire(settings) as wire:
            return speak.lookup(wire, message_ids)

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Fetch mentions, answers, quotes, re-posts and messages since ``cursor``.

        :raises ChannelError: if the service refuses or is away; the cursor stays good.
        """
        with self._wire(settings) as wire:
            return listen.poll(wire, cursor)

    def media_hosts(self, settings: Mapping[str, Any]) -> frozenset[str]:
        """Return the hosts of pictures and of what is shown of films."""
        del settings
        return MEDIA_HOSTS

    def revisit(
        self, external_ids: Collection[str], settings: Mapping[str, Any]
    ) -> tuple[RawInbound, ...]:
        """Look again at posts: as they stand now, or gone.

        :raises ChannelError: if the service refuses or is away.
        """
        with self._wire(settings) as wire:
            return listen.revisit(wire, external_ids)

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a notification, a post or a message is."""
        return read_payload(raw)

    def health(self, settings: Mapping[str, Any]) -> str:
        """Log in and look at the messages; say who may write them.

        :raises ChannelError: with the sentence that says what is wrong.
        """
        with self._wire(settings) as wire:
            return _sentence(wire)

    def _wire(self, settings: Mapping[str, Any]) -> AbstractContextManager[Wire]:
        from .wire import speaking

        return speaking(account(settings), self._clock())


def account(settings: Mapping[str, Any]) -> BlueskySettings:
    """Return the checked settings of an account.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    return checked(BlueskySettings, settings, "Bluesky")


def _sentence(wire: Wire) -> str:
    wire.ask("com.atproto.server.getSession")
    sentence = f"{wire.settings.host} knows us as @{wire.handle}."
    if not wire.settings.direct_messages:
        return f"{sentence} Direct messages are neither read nor sent."
    wire.ask("chat.bsky.convo.listConvos", chat=True, limit=1)
    return f"{sentence} Direct messages come from {_writers(wire)}."


def _writers(wire: Wire) -> str:
    """Return who may write to the account; unless it says otherwise, those whom it follows."""
    try:
        declared = wire.ask(
            "com.atproto.repo.getRecord",
            repo=wire.did, collection="chat.bsky.actor.declaration", rkey="self",
        )["value"]["allowIncoming"]  # fmt: skip
    except GoneError:
        declared = "following"
    return {"all": "everybody", "none": "nobody"}.get(declared, "people whom we follow alone")


ADAPTER = BlueskyAdapter()
"""What the registry hands out."""
