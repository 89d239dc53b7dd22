"""The simulated Salesforce keeps the rules that it claims to keep."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bluelamp.cases.connectors.contract import ConnectorError, Told
from bluelamp.cases.connectors.salesforce import CONNECTOR, _logged_in
from simulators.salesforce import App, Fault, Server, Service
from simulators.salesforce.service import EXTERNAL_ID

_KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = _KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip
CASE = "/services/data/v62.0/sobjects/Case"


@pytest.fixture
def server() -> Iterator[Server]:
    _logged_in.cache_clear()
    with Server(Service(App(public_key=PUBLIC))) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    app = server.service.app
    form = {
        "grant_type": "password", "client_id": app.consumer_key, "username": app.username,
        "client_secret": app.consumer_secret, "password": app.password,
    }  # fmt: skip
    session = httpx.post(f"{server.url}/services/oauth2/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {session}"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as made:
        yield made


def test_an_upsert_makes_then_changes_one_case(client: httpx.Client) -> None:
    path = f"{CASE}/{EXTERNAL_ID}/7K3C-9QX2"
    made = client.patch(path, json={"Subject": "Shed"})
    assert (made.status_code, made.json()["created"], len(made.json()["id"])) == (201, True, 18)
    changed = client.patch(path, json={"Subject": "Barn"})
    assert (changed.status_code, changed.json()["id"]) == (200, made.json()["id"])
    assert client.patch(path.replace("62", "45"), json={}).status_code == 204
    assert client.get(path).json()["Subject"] == "Barn"
    assert client.get(f"{CASE}/{made.json()['id']}").json()[EXTERNAL_ID] == "7K3C-9QX2"


@pytest.mark.parametrize(("data", "code"), [
    ({"Subjekt": "x"}, "INVALID_FIELD"),
    ({EXTERNAL_ID: "B"}, "INVALID_FIELD"),
    ({"Subject": "x" * 256}, "STRING_TOO_LONG"),
    ({"Status": "open"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ({"CaseNumber": "1"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_in_their_form(
    client: httpx.Client, data: dict[str, str], code: str
) -> None:
    answer = client.patch(f"{CASE}/{EXTERNAL_ID}/A", json=data)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_the_external_id_is_unique_and_the_only_one(client: httpx.Client) -> None:
    client.patch(f"{CASE}/{EXTERNAL_ID}/A", json={})
    other = client.patch(f"{CASE}/{EXTERNAL_ID}/B", json={}).json()["id"]
    twice = client.patch(f"{CASE}/{other}", json={EXTERNAL_ID: "A"})
    assert twice.json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert client.patch(f"{CASE}/Subject/A", json={}).status_code == 404
    assert client.get(f"{CASE}/5003z0000000000AAA").status_code == 404


def test_nobody_comes_in_without_a_session_that_lasts(server: Server) -> None:
    answer = httpx.get(f"{server.url}{CASE}/1")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def assertion(app: App, key: str = PRIVATE, **claims: object) -> dict[str, str]:
    said = {
        "iss": app.consumer_key, "sub": app.username, "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,
    } | claims  # fmt: skip
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(said, key, algorithm="RS256"),
    }


@pytest.mark.parametrize(("claims", "status"), [
    ({}, 200), ({"sub": "who@example.test"}, 400), ({"aud": "https://example.test"}, 400),
    ({"exp": 1}, 400), ({"exp": 9_999_999_999}, 400), ({"iss": "another"}, 400),
])  # fmt: skip
def test_an_assertion_is_checked(server: Server, claims: dict[str, object], status: int) -> None:
    form = assertion(server.service.app, **claims)
    assert httpx.post(f"{server.url}/services/oauth2/token", data=form).status_code == status


def test_the_connector_logs_in_by_key_and_by_client(server: Server) -> None:
    app = server.service.app
    by_key = {"username": app.username, "private_key": PRIVATE, "domain": "login"}
    by_client = {"consumer_secret": app.consumer_secret, "domain": "force.my"}
    for number, more in enumerate((by_key, by_client)):
        settings = {"url": server.url, "consumer_key": app.consumer_key} | more
        assert CONNECTOR.tell(Told(f"R{number}", "", {"Subject": "x"}), settings)
    server.service.faults.order(Fault.LOCK)
    with pytest.raises(ConnectorError, match="UNABLE_TO_LOCK_ROW") as found:
        CONNECTOR.tell(Told("R0", "", {}), settings)
    assert (found.value.permanent, found.value.whole) == (False, False)
