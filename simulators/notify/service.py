"""One service on Notify: its key, its template, what it sent and what it received."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulators.notify import numbers
from simulators.notify.errors import ApiError, bad_request, invalid
from simulators.notify.faults import Faults
from simulators.notify.limits import Limits, Meter

LONGEST = 918
KEEP = 10_000
"""Texts kept each way; the oldest go first."""
_HOLE = re.compile(r"\(\((.+?)\)\)")
_REFERENCE_LENGTH = 1_000
_KNOWN = {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"}
_FAILS = {"+447700900003": "temporary-failure", "+447700900002": "permanent-failure"}
"""Numbers that fail, as the documentation of test keys names them."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template for text messages, with its placeholders in double brackets."""

    id: str
    name: str = "Free text"
    body: str = "((body))"
    version: int = 1

    def filled(self, values: Mapping[str, object]) -> str:
        """Return the text with every placeholder filled.

        :raises ApiError: a value is missing.
        """
        if missing := [name for name in _HOLE.findall(self.body) if values.get(name) is None]:
            raise bad_request(f"Missing personalisation: {', '.join(missing)}")
        return _HOLE.sub(lambda hole: str(values[hole[1]]), self.body).strip()


@dataclass(slots=True)
class Sent:
    """A text message that was taken."""

    id: str
    reference: str | None
    phone_number: str
    body: str
    created_at: float
    status: str = "created"
    completed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A text message that somebody sent to the service."""

    id: str
    user_number: str
    content: str
    created_at: float


@dataclass
class Service:
    """The state behind the API; safe from several threads."""

    service_id: str
    secret: str
    template: Template
    sender_ids: frozenset[str] = frozenset()
    number: str = "447700900500"
    """The number that people write to."""
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.time
    faults: Faults = field(default_factory=Faults)
    sent: list[Sent] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self._meter = Meter(self.limits)

    @property
    def key(self) -> str:
        """The API key as an account holds it."""
        return f"simulated-{self.service_id}-{self.secret}"

    def meter(self) -> None:
        """Count one request to send, before anything of it is read."""
        with self.lock:
            self._meter.request(self.clock())

    def send(self, request: Mapping[str, object]) -> Sent:
        """Take one text message.

        :raises ApiError: as Notify refuses it.
        """
        phone = self._checked(request)
        values = request.get("personalisation", {})
        body = self.template.filled(values if isinstance(values, Mapping) else {})
        if not body:
            raise bad_request("Your message is empty.")
        if len(body) > LONGEST:
            raise bad_request(
                f"Text messages cannot be longer than {LONGEST} characters."
                f" Your message is {len(body)} characters"
            )
        reference = request.get("reference")
        with self.lock:
            self._meter.text(phone, body, self.clock())
            named = None if reference is None else str(reference)
            one = Sent(str(uuid.uuid4()), named, phone, body, self.clock())
            self.sent.append(one)
            del self.sent[:-KEEP]
        return one

    def _checked(self, request: Mapping[str, object]) -> str:
        _check_shape(request)
        phone = numbers.checked(str(request["phone_number"]))
        template, sender = str(request["template_id"]), str(request.get("sms_sender_id", ""))
        if not is_uuid(template):
            raise invalid("template_id is not a valid UUID")
        if template != self.template.id:
            raise bad_request("Template not found")
        if sender and sender not in self.sender_ids:
            raise bad_request(
                f"sms_sender_id {sender} does not exist in database"
                f" for service id {self.service_id}"
            )
        return phone

    def complete(self, one: Sent) -> None:
        """Let a text message reach its phone, or not."""
        with self.lock:
            one.status = _FAILS.get(one.phone_number, "delivered")
            one.completed_at = self.clock()

    def receive(self, phone: str, words: str) -> Received:
        """Take in what somebody texts to the service."""
        with self.lock:
            number = phone.removeprefix("+")
            one = Received(str(uuid.uuid4()), number, words, self.clock())
            self.received.append(one)
            del self.received[:-KEEP]
        return one

    def find(self, notification_id: str) -> Sent:
        """Return what was sent under an id.

        :raises ApiError: there is no such thing.
        """
        if not is_uuid(notification_id):
            raise invalid("id is not a valid UUID")
        with self.lock:
            for one in self.sent:
                if one.id == notification_id:
                    return one
        raise ApiError(404, "NoResultFound", "No result found")


def _check_shape(request: Mapping[str, object]) -> None:
    for name in ("phone_number", "template_id"):
        if name not in request:
            raise invalid(f"{name} is a required property")
    for name in sorted(set(request) - _KNOWN):
        raise invalid(f"Additional properties are not allowed ({name} was unexpected)")
    for name in sorted(set(request) - {"personalisation"}):
        if not isinstance(request[name], str):
            raise invalid(f"{name} {request[name]} is not of type string")
    if len(str(request.get("reference", ""))) > _REFERENCE_LENGTH:
        raise invalid("reference is too long")
    if not isinstance(request.get("personalisation", {}), Mapping):
        raise invalid("personalisation should contain key value pairs")


def is_uuid(text: str) -> bool:
    """Say whether ``text`` is a UUID as Notify writes them."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def moment(at: float) -> str:
    """Return a time as the API writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
