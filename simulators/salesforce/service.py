"""One Salesforce organisation: who may come in, and its Cases."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt

from simulators.salesforce.errors import ApiError, TokenError
from simulators.salesforce.faults import Faults

EXTERNAL_ID = "Bluelamp_Reference__c"
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LATEST = 180
"""Seconds that an assertion may still be good for."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

LENGTHS: dict[str, int] = {
    "Subject": 255, "Description": 32_000, "SuppliedName": 80, "Comments": 4_000, EXTERNAL_ID: 20,
    "Status": 40, "Priority": 40, "Origin": 40,
}  # fmt: skip
PICKLISTS: dict[str, frozenset[str]] = {
    "Status": frozenset({"New", "Working", "Waiting", "Escalated", "Closed"}),
    "Priority": frozenset({"High", "Medium", "Low"}),
    "Origin": frozenset({"Phone", "Email", "Web", "Bluelamp"}),
}
READ_ONLY = frozenset({"Id", "CaseNumber", "CreatedDate", "IsClosed", "LastModifiedDate"})


@dataclass(frozen=True, slots=True)
class App:
    """The connected app and the user that it logs in."""

    consumer_key: str = "3MVG9.example"
    consumer_secret: str = "not-a-secret"  # noqa: S105
    username: str = "bluelamp@force.example.test"
    password: str = "not-a-password"  # noqa: S105
    public_key: str = ""
    """PEM, for JWT bearer."""


@dataclass(slots=True)
class Service:
    """What the organisation holds; safe from several threads."""

    app: App = field(default_factory=App)
    faults: Faults = field(default_factory=Faults)
    clock: Callable[[], float] = time.time
    cases: dict[str, dict[str, object]] = field(default_factory=dict)
    made: int = 0
    """Cases that were ever made."""
    _sessions: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # --- log-in

    def token(self, form: Mapping[str, str], authorization: str) -> str:
        """Return a session for a log-in.

        :raises TokenError: it is refused.
        """
        grants = {
            _JWT: self._by_jwt, "password": self._by_password,
            "client_credentials": self._by_client,
        }  # fmt: skip
        check = grants.get(form.get("grant_type", ""))
        if check is None:
            raise TokenError("unsupported_grant_type", "grant type not supported")
        check(form, authorization)
        session = f"00D!{secrets.token_urlsafe(24)}"
        self._sessions.add(session)
        return session

    def _by_jwt(self, form: Mapping[str, str], authorization: str) -> None:
        options: dict[str, object] = {"require": ["iss", "sub", "aud", "exp"]}
        try:
            claims = jwt.decode(
                form.get("assertion", ""), self.app.public_key, algorithms=["RS256"],
                audience=["https://login.salesforce.com", "https://test.salesforce.com"],
                issuer=self.app.consumer_key, options=options,  # type: ignore[arg-type]
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise TokenError("invalid_grant", "invalid assertion") from error
        if claims["sub"] != self.app.username:
            raise TokenError("invalid_grant", "user hasn't approved this consumer")
        if float(claims["exp"]) > self.clock() + _LATEST + 5:
            raise TokenError("invalid_grant", "expiry is too far ahead")

    def _by_password(self, form: Mapping[str, str], authorization: str) -> None:
        self._check_client(form.get("client_id", ""), form.get("client_secret", ""))
        if (form.get("username"), form.get("password")) != (self.app.username, self.app.password):
            raise TokenError("invalid_grant", "authentication failure")

    def _by_client(self, form: Mapping[str, str], authorization: str) -> None:
        kind, _, encoded = authorization.partition(" ")
        plain = base64.b64decode(encoded).decode() if kind == "Basic" else ""
        self._check_client(*(plain.partition(":")[::2]))

    def _check_client(self, key: str, secret: str) -> None:
        if key != self.app.consumer_key:
            raise TokenError("invalid_client_id", "client identifier invalid")
        if secret != self.app.consumer_secret:
            raise TokenError("invalid_client", "invalid client credentials")

    def check_session(self, authorization: str) -> None:
        """Refuse who brings no session that lasts."""
        if authorization.removeprefix("Bearer ") not in self._sessions:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def end_session(self, authorization: str) -> None:
        """End a session before its time."""
        self._sessions.discard(authorization.removeprefix("Bearer "))

    # --- cases

    def find(self, name: str, value: str) -> dict[str, object]:
        """Return the Case of an id, or of an external id.

        :raises ApiError: there is none, or the field is no external id.
        """
        if name not in {"Id", EXTERNAL_ID}:
            raise ApiError(404, "NOT_FOUND", f"Provided external ID field does not exist or "
                           f"is not accessible: {name}")  # fmt: skip
        found = self._of(name, value)
        if found is None:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return found

    def upsert(self, name: str, value: str, data: Mapping[str, object]) -> tuple[str, bool]:
        """Make or change the Case of an external id; return its id, and whether it was made."""
        with self._lock:
            if name != "Id" and name in data:
                raise ApiError(400, "INVALID_FIELD", f"The {name} field should not be specified "
                               "in the sobject data.", name)  # fmt: skip
            _check({**data, **({name: value} if name != "Id" else {})})
            try:
                found = self.find(name, value)
            except ApiError:
                if name != EXTERNAL_ID:
                    raise
                return self._make({**data, name: value}), True
            self._keep_unique(found, data)
            found.update(data)
            return str(found["Id"]), False

    def _make(self, data: Mapping[str, object]) -> str:
        self.made += 1
        made = _id_of(self.made)
        self.cases[made] = {"Status": "New", **data, "Id": made, "CaseNumber": f"{self.made:08d}"}
        return made

    def _keep_unique(self, mine: dict[str, object], data: Mapping[str, object]) -> None:
        other = self._of(EXTERNAL_ID, str(data[EXTERNAL_ID])) if EXTERNAL_ID in data else None
        if other is not None and other is not mine:
            raise ApiError(400, "DUPLICATE_VALUE", f"duplicate value found: {EXTERNAL_ID} "
                           f"duplicates value on record with id: {other['Id']}")  # fmt: skip

    def _of(self, name: str, value: str) -> dict[str, object] | None:
        if name == "Id":
            return self.cases.get(value)
        return next((one for one in list(self.cases.values()) if one.get(name) == value), None)


def _check(data: Mapping[str, object]) -> None:
    for name, value in data.items():
        if name in READ_ONLY:
            raise ApiError(400, "INVALID_FIELD_FOR_INSERT_UPDATE",
                           f"Unable to create/update fields: {name}.", name)  # fmt: skip
        if name not in LENGTHS:
            raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type Case",
                           name)  # fmt: skip
        if isinstance(value, str) and len(value) > LENGTHS[name]:
            raise ApiError(400, "STRING_TOO_LONG", f"{name}: data value too large: {value[:80]} "
                           f"(max length={LENGTHS[name]})", name)  # fmt: skip
        if name in PICKLISTS and value not in PICKLISTS[name]:
            raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                           f"bad value for restricted picklist field: {value}", name)  # fmt: skip


def _id_of(number: int) -> str:
    """Return the 18 characters of a Case's id: 15, and three that tell their letters' case."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    short = "5003z" + digits.rjust(10, "0")
    parts = (short[0:5], short[5:10], short[10:15])
    return short + "".join(
        _ALPHABET[sum(1 << place for place, one in enumerate(part) if one.isupper())]
        for part in parts
    )
