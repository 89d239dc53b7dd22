"""A provider inside the process: for tests, demos and benches of what stands above it.

Everything sent lies in :data:`STORE`.  Faults are injected by address: what to
refuse, what to defer, and after how many sends the connection is lost.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bluelamp.channels.contract import (
    Attachment,
    Capability,
    Change,
    ChannelError,
    Content,
    Envelope,
    Fit,
    InboundItem,
    InboundKind,
    Limits,
    Outcome,
    OutcomeKind,
    Polled,
    Posted,
    RawInbound,
    Receipt,
    ReceiptKind,
    Recipient,
    Said,
    Utterance,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as the receiver would have it."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    return_path: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Store:
    """What was sent, and which faults are to happen next."""

    sent: list[Sent] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    """Addresses answered with 550."""
    defer: dict[str, int] = field(default_factory=dict)
    """Address -> how many more attempts are answered with 451."""
    defer_status: str = "4.2.0"
    """What a deferral is about: 4.2.x a mailbox, 4.7.x the domain (RFC 3463)."""
    lose_after: int | None = None
    """The connection is lost after so many more messages, once."""
    down: bool = False
    """Nothing can be reached at all."""
    posts: dict[str, Utterance] = field(default_factory=dict)
    """External id -> what the platform shows now."""
    lose_answer: bool = False
    """The next post is taken, but its answer never comes."""
    said: list[RawInbound] = field(default_factory=list)
    """What was said to the account, for polls; a cursor is how many were fetched."""
    gone: set[str] = field(default_factory=set)
    """External ids of things that their authors have taken down."""
    asks_for_rest: timedelta | None = None
    """How long a poll is told to wait while the store is down."""

    def clear(self) -> None:
        """Forget everything and heal every fault."""
        self.sent.clear()
        self.refuse.clear()
        self.defer.clear()
        self.posts.clear()
        self.said.clear()
        self.gone.clear()
        self.lose_answer, self.asks_for_rest = False, None
        self.lose_after, self.down, self.defer_status = None, False, "4.2.0"

    def to(self, address: str) -> list[Sent]:
        """Return what this address got."""
        return [one for one in self.sent if one.to == address]

    def answer(self, one: Sent, contact_point: int) -> Outcome:
        """Take one message in, or not, as the faults say."""
        if self._lost():
            return Outcome(contact_point, OutcomeKind.DEFERRED, 0, "4.4.2", "connection lost")
        if one.to in self.refuse:
            return Outcome(contact_point, OutcomeKind.REFUSED, 550, "5.1.1", "no such mailbox")
        if self.defer.get(one.to, 0) > 0:
            self.defer[one.to] -= 1
            return Outcome(contact_point, OutcomeKind.DEFERRED, 451, self.defer_status, "not now")
        self.sent.append(one)
        return Outcome(contact_point, OutcomeKind.ACCEPTED, 250)

    def _lost(self) -> bool:
        if self.lose_after is None:
            return False
        if self.lose_after > 0:
            self.lose_after -= 1
            return False
        self.lose_after = None
        return True


PAGE = 100
"""Things that one poll brings."""

STORE = Store()
"""What this process has sent."""


class MemorySettings(BaseModel):
    """What an account of this provider needs: a sender, and a secret to keep."""

    model_config = ConfigDict(extra="ignore")
    sender_name: str = Field("Demo", title="Name that people see")
    sender_address: str = Field("alerts@example.test", title="Address that people see")
    token: SecretStr | None = Field(None, title="A secret, to try the vault with")


class MemorySession:
    """A bulk session that fills slots by replacing them, plainly."""

    def __init__(self, content: Content, slot_names: tuple[str, ...], store: Store) -> None:
        self._content, self._names, self._store = content, slot_names, store
        self._halted = False

    async def send_window(self, recipients: Sequence[Recipient]) -> list[Outcome]:
        """Give the store each recipient's message."""
        await asyncio.sleep(0)
        return [self._one(recipient) for recipient in recipients]

    def _one(self, recipient: Recipient) -> Outcome:
        if self._halted:
            return Outcome(recipient.contact_point, OutcomeKind.SKIPPED)
        values = {
            name: value.decode() for name, value in zip(self._names, recipient.slots, strict=True)
        }
        content = self._content
        made = Sent(
            recipient.address,
            filled(content.subject, values),
            filled(content.text, values),
            filled(content.html, values),
            recipient.message_id,
            recipient.return_path,
            {name: filled(value, values) for name, value in content.headers.items()},
        )
        return self._store.answer(made, recipient.contact_point)

    def halt(self) -> None:
        """Skip what has not been handed over yet."""
        self._halted = True

    async def close(self) -> None:
        """Nothing is open."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with every ``[[name]]`` replaced."""
    for name, value in values.items():
        text = text.replace(f"[[{name}]]", value)
    return text


class MemoryAdapter:
    """The contract, spoken without a network."""

    name = "memory"
    label = "Memory"
    icon = "box"
    fake = True
    """What it takes reaches nobody."""
    channel = "email"
    capabilities = frozenset(
        {
            Capability.SEND,
            Capability.BULK,
            Capability.PARSE,
            Capability.HEALTH,
            Capability.LOOKUP,
            Capability.POST,
            Capability.REPLY,
            Capability.EDIT,
            Capability.DELETE,
            Capability.POLL,
            Capability.REVISIT,
        }
    )
    limits = Limits()
    settings_model: type[BaseModel] = MemorySettings

    def __init__(self, store: Store) -> None:
        self.store = store

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Remember one envelope."""
        self._reach()
        content = envelope.content
        made = Sent(
            envelope.to, content.subject, content.text, content.html,
            envelope.message_id, envelope.return_path, dict(content.headers),
        )  # fmt: skip
        return self.store.answer(made, 0)

    async def open_bulk(
        self, content: Content, slot_names: tuple[str, ...], settings: Mapping[str, Any]
    ) -> MemorySession:
        """Open a session onto the store."""
        self._reach()
        return MemorySession(content, slot_names, self.store)

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those of ``message_ids`` that arrived."""
        arrived = {one.message_id for one in self.store.sent}
        return frozenset(arrived & set(message_ids))

    def parse(self, raw: RawInbound) -> InboundItem:
        """Read a payload of JSON: the fields of :class:`InboundItem`."""
        content = json.loads(raw.payload)
        receipts = tuple(_receipt(row) for row in content.pop("receipts", ()))
        said, files = content.pop("said", None), content.pop("attachments", ())
        return InboundItem(
            kind=InboundKind(content.pop("kind")), receipts=receipts,
            said=_said(said) if said else None,
            attachments=tuple(Attachment(**one) for one in files), **content,
        )  # fmt: skip

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count characters; anything fits."""
        return Fit(len(utterance.text), None, "characters")

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Show a post; the same key shows it once."""
        self._reach()
        if utterance.to in self.store.refuse:
            raise ChannelError("The receiver is not known.", permanent=True)
        name = f"post-{utterance.key}"
        self.store.posts.setdefault(name, utterance)
        if self.store.lose_answer:
            self.store.lose_answer = False
            raise ChannelError("The answer never came.", permanent=False)
        return Posted(name, datetime.now(UTC))

    def edit(self, external_id: str, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Change a post."""
        self._reach()
        if external_id not in self.store.posts:
            raise ChannelError("There is no such post.", permanent=True)
        self.store.posts[external_id] = utterance
        return Posted(external_id, datetime.now(UTC))

    def delete(self, external_id: str, settings: Mapping[str, Any]) -> None:
        """Take a post down."""
        self._reach()
        self.store.posts.pop(external_id, None)

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Bring what was said after the first ``cursor`` things, a page of it."""
        self._reach()
        begin = int(cursor or 0)
        end = min(begin + PAGE, len(self.store.said))
        return Polled(tuple(self.store.said[begin:end]), str(end), end < len(self.store.said))

    def revisit(
        self, external_ids: Collection[str], settings: Mapping[str, Any]
    ) -> tuple[RawInbound, ...]:
        """Say which of these things are gone."""
        self._reach()
        return tuple(_taken_down(name) for name in sorted(self.store.gone & set(external_ids)))

    def health(self, settings: Mapping[str, Any]) -> str:
        """Say that memory works, unless it is down."""
        self._reach()
        return "Memory works."

    def _reach(self) -> None:
        if self.store.down:
            raise ChannelError(
                "Memory cannot be reached.", permanent=False, retry_after=self.store.asks_for_rest
            )


def _taken_down(name: str) -> RawInbound:
    at = datetime.now(UTC)
    said = {"external_id": name, "at": at.isoformat(), "change": Change.DELETED}
    payload = json.dumps({"kind": InboundKind.HUMAN, "said": said}).encode()
    return RawInbound("memory", f"{name} gone", at, payload)


def _said(row: dict[str, Any]) -> Said:
    at = datetime.fromisoformat(row.pop("at"))
    visibility = Visibility(row.pop("visibility", Visibility.PUBLIC))
    return Said(at=at, visibility=visibility, change=Change(row.pop("change", Change.NEW)), **row)


def _receipt(row: dict[str, Any]) -> Receipt:
    kind, at = ReceiptKind(row.pop("kind")), datetime.fromisoformat(row.pop("at"))
    return Receipt(kind=kind, at=at, **row)


ADAPTER = MemoryAdapter(STORE)
