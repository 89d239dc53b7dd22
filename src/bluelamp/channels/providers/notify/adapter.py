"""Notify's face: what the contract asks, each in a line or two."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from bluelamp.channels.contract import (
    Capability,
    ChannelError,
    Envelope,
    Fit,
    InboundItem,
    Limits,
    Outcome,
    OutcomeKind,
    Polled,
    Posted,
    RawInbound,
    Utterance,
)
from bluelamp.kit import sms

from . import inbound
from .client import Client
from .errors import BusyPhoneError, RefusedTextError
from .sending import Sleep, problem_of, send_once, settled
from .values import NotifySettings

_CREATED = 201
_TOO_MANY = 429


class NotifyAdapter:
    """Text messages: out and in by GOV.UK Notify.

    :param sleep: waits between two looks for a text message whose answer was lost.
    """

    name = inbound.PROVIDER
    label = "Text message (GOV.UK Notify)"
    icon = "phone"
    channel = "sms"
    capabilities = frozenset(
        {
            Capability.SEND,
            Capability.LOOKUP,
            Capability.HEALTH,
            Capability.PARSE,
            Capability.VERIFY,
            Capability.POLL,
            Capability.REPLY,
        }
    )
    limits = Limits(subject_characters=0, body_characters=sms.LONGEST)  # read November 2026
    essential = ("api_key", "template_id", "callback_token", "pence_per_part")
    """The settings that every account fills in; the rest is folded away in its form."""
    settings_model: type[BaseModel] = NotifySettings

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Send the plain text of one envelope, once, whoever asks again.

        :raises ChannelError: Notify cannot be reached, refuses the account, or does
            not say what became of the text (temporary: the next call finds out).
        """
        try:
            self._send(envelope.to, envelope.content.text, envelope.message_id, account(settings))
        except RefusedTextError as error:
            return Outcome(0, OutcomeKind.REFUSED, error.code, error.status, str(error))
        except BusyPhoneError as error:
            return Outcome(0, OutcomeKind.DEFERRED, _TOO_MANY, "", str(error))
        return Outcome(0, OutcomeKind.ACCEPTED, _CREATED)

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those that Notify has taken in the last seven days.

        :raises ChannelError: Notify cannot be reached or refuses the account.
        """
        model = account(settings)
        with self._client(model) as client:
            wanted = frozenset(message_ids)
            return frozenset(settled(client, wanted, model.settle_seconds, self._sleep))

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count characters as Notify limits them and parts as it charges for them."""
        model, counted = account(settings), sms.count(utterance.text)
        front = f"{model.name_in_front}: " if model.name_in_front else ""
        paid = sms.count(front + utterance.text)
        return Fit(
            length=counted.characters,
            limit=sms.LONGEST,
            unit="characters",
            parts=paid.parts,
            cost_pence=paid.cost(model.pence_per_part),
            problem=problem_of(counted),
        )

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Text an answer to the number in ``utterance.to``, once for its key.

        :raises ChannelError: permanent where this text cannot be sent to this number.
        """
        text_id = self._send(utterance.to, utterance.text, utterance.key, account(settings))
        return Posted(text_id, self._clock())

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Fetch the text messages that were received since ``cursor``.

        :raises ChannelError: Notify cannot be reached or refuses the account.
        """
        with self._client(account(settings)) as client:
            return inbound.polled(client, cursor, now=self._clock())

    def verify(
        self, body: bytes, headers: Mapping[str, str], settings: Mapping[str, Any]
    ) -> RawInbound:
        """Check a callback's bearer token.

        :raises ChannelError: permanent, if it is not the account's.
        """
        token = account(settings).callback_token.get_secret_value()
        return inbound.pushed(body, headers, token, now=self._clock())

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a payload is: a receipt, or what somebody texted."""
        return inbound.read(raw)

    def health(self, settings: Mapping[str, Any]) -> str:
        """Ask for the template: that proves key, clock and set-up together.

        :raises ChannelError: with the sentence that says what is wrong.
        """
        with self._client(account(settings)) as client:
            template = client.template()
        if template.type != "sms" or "((body))" not in template.body:
            raise ChannelError(
                "The template is not one for text messages that says ((body)).", permanent=True
            )
        return f"GOV.UK Notify answers, and has our template “{template.name}”."

    def _send(self, to: str, text: str, reference: str, model: NotifySettings) -> str:
        with self._client(model) as client:
            return send_once(
                client, model, to=to, text=text, reference=reference, sleep=self._sleep
            )

    def _client(self, model: NotifySettings) -> Client:
        return Client(model, clock=self._clock)


def account(settings: Mapping[str, Any]) -> NotifySettings:
    """Return the checked settings of an account.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    try:
        return NotifySettings.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = " ".join(str(part) for part in first["loc"]) or "account"
        words = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise ChannelError(
            f"The account on GOV.UK Notify is not set up: {place}: {words}.", permanent=True
        ) from None


ADAPTER = NotifyAdapter()
"""What the registry hands out."""
