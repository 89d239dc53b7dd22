"""The Mastodon provider's face: what the contract asks, each in a line or two."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

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
from .read import read_payload
from .values import MastodonSettings
from .wire import Wire, speaking

Clock = Callable[[], datetime]


class MastodonAdapter:
    """Mastodon, and what speaks its client API."""

    name = "mastodon"
    label = "Mastodon"
    icon = "mastodon"
    channel = "mastodon"
    handles = Handles(channel, "@", re.compile(r"/(?:@|users/)([\w.-]+)/?"))
    capabilities = frozenset(
        {
            Capability.POST,
            Capability.REPLY,
            Capability.EDIT,
            Capability.DELETE,
            Capability.POLL,
            Capability.REVISIT,
            Capability.PARSE,
            Capability.MEDIA,
            Capability.HEALTH,
        }
    )
    limits = Limits(body_characters=500, attachment_bytes=16_000_000)
    settings_model: type[BaseModel] = MastodonSettings

    def __init__(self, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count graphemes, a link as 23 and a mention without its host."""
        return speak.fit(utterance, account(settings))

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Publish or answer, once for a key within the hour that servers keep keys.

        :raises ChannelError: if it does not fit, or the server refuses or is away.
        """
        with self._wire(settings) as wire:
            return speak.post(wire, utterance)

    def edit(self, external_id: str, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Change a status of ours.

        :raises ChannelError: if it is not there, not ours, or does not fit.
        """
        with self._wire(settings) as wire:
            return speak.edit(wire, external_id, utterance)

    def delete(self, external_id: str, settings: Mapping[str, Any]) -> None:
        """Take a status of ours down; one that is gone already is no error.

        :raises ChannelError: if the server refuses or is away.
        """
        with suppress(GoneError), self._wire(settings) as wire:
            speak.delete(wire, external_id)

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Fetch mentions, answers, quotes and boosts since ``cursor``.

        :raises ChannelError: if the server refuses or is away; the cursor stays good.
        """
        with self._wire(settings) as wire:
            return listen.poll(wire, cursor, self._clock())

    def revisit(
        self, external_ids: Collection[str], settings: Mapping[str, Any]
    ) -> tuple[RawInbound, ...]:
        """Look again at statuses: as they stand now, or gone.

        :raises ChannelError: if the server refuses or is away.
        """
        with self._wire(settings) as wire:
            return listen.revisit(wire, external_ids, self._clock())

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a notification or a status is."""
        return read_payload(raw)

    def media_hosts(self, settings: Mapping[str, Any]) -> frozenset[str]:
        """Return the server, the names below it, and where else it says it keeps media."""
        model = account(settings)
        name = urlsplit(model.instance).hostname or ""
        return frozenset({name, f".{name}", *filter(None, [model.media_host.lower()])})

    def health(self, settings: Mapping[str, Any]) -> str:
        """Ask the server who we are and how long a post may be.

        :raises ChannelError: with the sentence that says what is wrong.
        """
        with self._wire(settings) as wire:
            return _sentence(wire)

    def _wire(self, settings: Mapping[str, Any]) -> AbstractContextManager[Wire]:
        return speaking(account(settings), self._clock())


def account(settings: Mapping[str, Any]) -> MastodonSettings:
    """Return the checked settings of an account.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    return checked(MastodonSettings, settings, "Mastodon")


def _sentence(wire: Wire) -> str:
    name, host = wire.api.me().acct, wire.settings.host
    wire.api.instance()
    configured = wire.said().get("configuration", {}).get("statuses", {}).get("max_characters")
    sentence = f"{host} knows us as @{name}."
    if configured and configured != wire.settings.max_characters:
        ours = wire.settings.max_characters
        return f"{sentence} It takes {configured} characters a post; this account is set to {ours}."
    return sentence


ADAPTER = MastodonAdapter()
"""What the registry hands out."""
