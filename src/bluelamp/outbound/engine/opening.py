"""Opening what a delivery needs: the frozen message, the provider's sessions, the terms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bluelamp.channels import registry
from bluelamp.channels.contract import Adapter, Capability, Content
from bluelamp.channels.vault import settings_of
from bluelamp.kit import clock
from bluelamp.kit.config import config
from bluelamp.outbound.engine.ledger import Recording
from bluelamp.outbound.engine.letters import Addresser
from bluelamp.outbound.engine.pump import Sessions
from bluelamp.outbound.engine.settle import Lookup, Terms
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules.retries import agreed_policy
from bluelamp.outbound.values import UnknownPolicy


@dataclass(frozen=True, slots=True)
class Job:
    """A frozen message with all that sending it takes, free of the ORM."""

    message: int
    force: int
    month: date
    purpose: str
    started: datetime
    policy: UnknownPolicy
    frozen: Mapping[str, Any]
    adapter: Adapter
    settings: Mapping[str, Any]

    @property
    def recording(self) -> Recording:
        """Return what the ledger's lines share."""
        return Recording(self.message, self.month)

    def addresser(self) -> Addresser:
        """Return what turns contact points into recipients."""
        return Addresser(
            message=self.message, force=self.force, channel=self.adapter.channel,
            purpose=self.purpose, domain=config().mail_domain, slots=self.frozen["slots"],
        )  # fmt: skip

    def terms(self) -> Terms:
        """Return what decides about failures."""
        policy = agreed_policy(self.policy, str(self.settings.get("reconcile", "")))
        can_ask = Capability.LOOKUP in self.adapter.capabilities
        return Terms(policy, self.started, self._lookup() if can_ask else None)

    def _lookup(self) -> Lookup:
        async def lookup(message_ids: Sequence[str]) -> frozenset[str]:
            found = await asyncio.to_thread(self.adapter.lookup, message_ids, self.settings)
            return frozenset(found)

        return lookup

    async def open(self) -> Sessions:
        """Open the provider's sessions, one for each template.

        :raises bluelamp.channels.contract.ChannelError: it cannot be reached or refuses.
        """
        plain = await self._session(self.frozen)
        tracked = self.frozen.get("tracked")
        if not tracked:
            return Sessions(plain)
        return Sessions(plain, await self._session({**self.frozen, **tracked}))

    async def _session(self, frozen: Mapping[str, Any]) -> Any:
        content = Content(frozen["subject"], frozen["text"], frozen["html"], frozen["headers"])
        return await self.adapter.open_bulk(content, tuple(frozen["slots"]), self.settings)


def job_of(message_id: int) -> Job | None:
    """Read a message that is being sent; ``None`` where it is not (any more)."""
    message = Message.objects.select_related("account").filter(pk=message_id).first()
    if message is None or message.account is None or not message.frozen or not message.month:
        return None
    return Job(
        message.pk, message.force_id, message.month, message.purpose,
        message.started_at or clock.now(), UnknownPolicy(message.unknown_policy),
        message.frozen, registry.adapter(message.account.provider), settings_of(message.account),
    )  # fmt: skip
