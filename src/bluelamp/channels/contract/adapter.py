"""The methods of a provider."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from pydantic import BaseModel

from bluelamp.channels.contract.base import Capability, Limits
from bluelamp.channels.contract.delivery import BulkSession, Content, Envelope, Outcome
from bluelamp.channels.contract.inbound import InboundItem, Polled, RawInbound
from bluelamp.channels.contract.speech import Fit, Posted, Utterance


class Adapter(Protocol):
    """The face of a provider.  Methods outside ``capabilities`` are never called."""

    name: str
    label: str
    icon: str
    channel: str
    """The kind of contact point it reaches: ``email``, ``sms`` ..."""
    capabilities: frozenset[Capability]
    limits: Limits
    settings_model: type[BaseModel]
    """What an account of this provider needs: the setup form and the check of it."""

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Send one envelope now.

        :raises ChannelError: if the provider cannot be reached or refuses us.
        """
        ...

    async def open_bulk(
        self,
        content: Content,
        slot_names: tuple[str, ...],
        settings: Mapping[str, Any],
    ) -> BulkSession:
        """Render ``content`` once and open a session for it.

        :raises ChannelError: if the content cannot be rendered (permanent), or the
            provider cannot be reached or refuses us.
        """
        ...

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those of our Message-IDs that the provider has accepted.

        Asked after a worker died or a connection was lost: it waits until what
        was on the wire has been taken or dropped before it answers.
        """
        ...

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a stored payload is; never called before it is stored."""
        ...

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count ``utterance`` the way the platform does (POST or REPLY)."""
        ...

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Publish, or answer publicly or in private; exactly once for a key.

        Where the platform has no idempotency key the adapter looks whether the
        post is there before it says that it failed.

        :raises ChannelError: ``permanent`` where the same call cannot succeed later.
        """
        ...

    def edit(self, external_id: str, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Change a post of ours.

        :raises ChannelError: if it is not there, not ours, or cannot be changed.
        """
        ...

    def delete(self, external_id: str, settings: Mapping[str, Any]) -> None:
        """Take a post of ours down; one that is gone already is no error.

        :raises ChannelError: if the platform refuses or cannot be reached.
        """
        ...

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Fetch what was said to the account since ``cursor`` (empty: begin now).

        :raises ChannelError: if the platform cannot be reached; the cursor stays good.
        """
        ...

    def revisit(
        self, external_ids: Collection[str], settings: Mapping[str, Any]
    ) -> tuple[RawInbound, ...]:
        """Look again at things said earlier, for platforms that do not tell of changes.

        What is brought is stored and parsed as what :meth:`poll` brings: a thing as
        it now stands (under the external id it was stored with already, where nothing
        changed), or a payload that says :attr:`Change.DELETED` where it is gone.
        What cannot be looked at again (a re-post) is left out.

        :param external_ids: :attr:`Said.external_id` of each.
        :raises ChannelError: if the platform cannot be reached: nothing is gone then.
        """
        ...

    def media_hosts(self, settings: Mapping[str, Any]) -> frozenset[str]:
        """Return the hosts on which the platform keeps what comes with things.

        Nothing is fetched from any other.  One that begins with a dot stands for all below it.

        :raises ChannelError: permanent, if the account is not set up.
        """
        ...

    def verify(
        self, body: bytes, headers: Mapping[str, str], settings: Mapping[str, Any]
    ) -> RawInbound:
        """Check a pushed payload's signature and name it; nothing else is read of it.

        :param headers: names in lower case.
        :raises ChannelError: permanent, if it was not signed by the platform.
        """
        ...

    def health(self, settings: Mapping[str, Any]) -> str:
        """Say in one sentence how the account works.

        :raises ChannelError: if it does not, with the sentence that says why.
        """
        ...
