"""The webhook's face: what the contract asks, each in a line or two."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from bluelamp.channels import written
from bluelamp.channels.contract import (
    Capability,
    Envelope,
    Fit,
    InboundItem,
    Limits,
    Outcome,
    OutcomeKind,
    Posted,
    RawInbound,
    Utterance,
)
from bluelamp.channels.setup import checked

from .posting import RefusedPostError, post
from .signing import check
from .values import WebhookSettings

_ACCEPTED = 202


class WebhookAdapter:
    """Another system of the force: it tells us what was said, and takes answers and notices."""

    name = "webhook"
    label = "Another system (signed webhook)"
    icon = "plug"
    takes_written = True
    channel = "webhook"
    capabilities = frozenset(
        {
            Capability.SEND,
            Capability.REPLY,
            Capability.VERIFY,
            Capability.PARSE,
            Capability.HEALTH,
        }
    )
    limits = Limits(body_characters=written.LONGEST_TEXT)
    settings_model: type[BaseModel] = WebhookSettings

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def verify(
        self, body: bytes, headers: Mapping[str, str], settings: Mapping[str, Any]
    ) -> RawInbound:
        """Check the signature; the same body posted again has the same name.

        :raises ChannelError: permanent; unsigned, changed or too old.
        """
        now = self._clock()
        check(account(settings).secret.get_secret_value(), body, headers, now=now)
        return RawInbound(self.name, f"sha256 {hashlib.sha256(body).hexdigest()}", now, body)

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what was said.

        :raises ChannelError: permanent; it does not have the form.
        """
        return written.read(raw)

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Post a notice.

        :raises ChannelError: the other system cannot be reached or does not know us.
        """
        content = envelope.content
        facts = {
            "type": "notice", "id": envelope.message_id, "to": envelope.to,
            "subject": content.subject, "text": content.text,
        }  # fmt: skip
        try:
            post(account(settings), facts, now=self._clock())
        except RefusedPostError as error:
            return Outcome(0, OutcomeKind.REFUSED, error.status, "", str(error))
        return Outcome(0, OutcomeKind.ACCEPTED, _ACCEPTED)

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count characters; as many as we take ourselves."""
        length, limit = len(utterance.text), written.LONGEST_TEXT
        problem = f"An answer has at most {limit} characters." if length > limit else ""
        return Fit(length, limit, "characters", problem=problem)

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Post an answer to something that the other system told us.

        :raises ChannelError: it is refused, or the other system cannot be reached.
        """
        facts = {
            "type": "reply", "id": utterance.key, "to": utterance.to, "answers": utterance.answers,
            "subject": utterance.subject, "text": utterance.text,
            "visibility": utterance.visibility.value,
        }  # fmt: skip
        given = post(account(settings), facts, now=self._clock())
        return Posted(given or utterance.key, self._clock())

    def health(self, settings: Mapping[str, Any]) -> str:
        """Post a ping, where there is an address to post to.

        :raises ChannelError: with the sentence that says what is wrong.
        """
        model, now = account(settings), self._clock()
        if not model.url:
            return "The account takes what is signed with its secret."
        post(model, {"type": "ping", "id": f"ping {int(now.timestamp())}"}, now=now)
        return "The other system answers, and takes our signature."


def account(settings: Mapping[str, Any]) -> WebhookSettings:
    """Return the checked settings of an account.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    return checked(WebhookSettings, settings, "webhook")


ADAPTER = WebhookAdapter()
"""What the registry hands out."""
