"""The simulated Notify itself, spoken to by hand: tokens, refusals, limits, callbacks, phones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from simulators.notify import Fault, Limits, Server, Service, Template

PHONE = "+447700900123"
HEADER = {"typ": "JWT", "alg": "HS256"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def a_service(**more: Any) -> Service:
    return Service(str(uuid.uuid4()), str(uuid.uuid4()), Template(str(uuid.uuid4())), **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[Server]:
    few = Limits(a_minute=5, a_day=8, identical_an_hour=2, an_hour=4)
    with Server(a_service(limits=few, clock=clock)) as running:
        yield running


def part(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(server: Server, header: Mapping[str, str] = HEADER, **claims: object) -> str:
    service = server.service
    told = {"iss": service.service_id, "iat": int(service.clock())} | claims
    signed = f"{part(dict(header))}.{part({k: v for k, v in told.items() if v is not None})}"
    return f"{signed}.{part(hmac.digest(service.secret.encode(), signed.encode(), hashlib.sha256))}"


def ask(server: Server, path: str, body: object = None, auth: str | None = None) -> tuple[int, Any]:
    raw = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, raw)
    auth = f"Bearer {token(server)}" if auth is None else auth
    if auth:
        request.add_header("Authorization", auth)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def text(server: Server, to: str = PHONE, words: str = "Hello", **more: Any) -> dict[str, Any]:
    request = {
        "phone_number": to,
        "template_id": server.service.template.id,
        "personalisation": {"body": words},
    }
    return {name: value for name, value in (request | more).items() if value is not None}


def send(server: Server, *args: Any, **more: Any) -> tuple[int, Any]:
    return ask(server, "/v2/notifications/sms", text(server, *args, **more))


def test_a_text_is_taken_listed_and_found(server: Server) -> None:
    status, taken = send(server, reference="ours")
    assert (status, taken["reference"], taken["content"]["body"]) == (201, "ours", "Hello")
    _, one = ask(server, f"/v2/notifications/{taken['id']}")
    _, page = ask(server, "/v2/notifications?reference=ours")
    assert page["notifications"] == [one]
    assert (one["phone_number"], one["status"], one["type"]) == (PHONE, "delivered", "sms")
    assert ask(server, "/v2/notifications?reference=another")[1]["notifications"] == []


@pytest.mark.parametrize(
    ("make", "status", "words"),
    [
        (lambda s: "", 401, "must be provided"),
        (lambda s: f"Basic {token(s)}", 401, "bearer scheme"),
        (lambda s: "Bearer nonsense", 403, "Invalid token"),
        (lambda s: "Bearer a.b.c.d", 403, "Invalid token"),
        (lambda s: f"Bearer {token(s)[:-4]}AAAA", 403, "API key not found"),
        (lambda s: f"Bearer {token(s, {'typ': 'JWT', 'alg': 'none'})}", 403, "HS256"),
        (lambda s: f"Bearer {token(s, iss=None)}", 403, "iss"),
        (lambda s: f"Bearer {token(s, iss=str(uuid.uuid4()))}", 403, "service not found"),
        (lambda s: f"Bearer {token(s, iat=None)}", 403, "iat"),
        (lambda s: f"Bearer {token(s, iat=int(s.service.clock()) - 31)}", 403, "clock"),
        (lambda s: f"Bearer {token(s, iat=int(s.service.clock()) + 31)}", 403, "clock"),
    ],
)
def test_a_token_that_is_not_right_is_refused(
    server: Server, make: Any, status: int, words: str
) -> None:
    got, body = ask(server, "/v2/notifications", auth=make(server) or "")
    assert (got, body["errors"][0]["error"]) == (status, "AuthError")
    assert words in body["errors"][0]["message"]


def test_a_clock_may_be_half_a_minute_wrong(server: Server) -> None:
    late = token(server, iat=int(server.service.clock()) - 30)
    assert ask(server, "/v2/notifications", auth=f"Bearer {late}")[0] == 200


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"phone_number": None}, "ValidationError", "phone_number is a required property"),
        ({"template_id": None}, "ValidationError", "template_id is a required property"),
        ({"phone_number": "0770"}, "ValidationError", "Not enough digits"),
        ({"phone_number": "077009001234567"}, "ValidationError", "Too many digits"),
        ({"phone_number": "07OO"}, "ValidationError", "letters or symbols"),
        ({"phone_number": "0161 496 0000"}, "ValidationError", "Not a UK mobile number"),
        ({"phone_number": 7}, "ValidationError", "not of type string"),
        ({"template_id": "x"}, "ValidationError", "not a valid UUID"),
        ({"template_id": str(uuid.uuid4())}, "BadRequestError", "Template not found"),
        ({"personalisation": {}}, "BadRequestError", "Missing personalisation: body"),
        ({"personalisation": "x"}, "ValidationError", "personalisation"),
        ({"personalisation": {"body": " "}}, "BadRequestError", "empty"),
        ({"personalisation": {"body": "a" * 919}}, "BadRequestError", "longer than 918"),
        ({"sms_sender_id": str(uuid.uuid4())}, "BadRequestError", "sms_sender_id"),
        ({"reference": "r" * 1001}, "ValidationError", "reference"),
        ({"colour": "blue"}, "ValidationError", "colour was unexpected"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(
    server: Server, change: dict[str, Any], error: str, words: str
) -> None:
    status, body = send(server, **change)
    assert (status, body["status_code"], body["errors"][0]["error"]) == (400, 400, error)
    assert words in body["errors"][0]["message"]
    assert server.service.sent == []


def error_of(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["errors"][0]["error"] if "errors" in body else ""


def test_the_minute_rolls(server: Server, clock: Clock) -> None:
    for number in range(5):
        assert send(server, f"+4477009002{number:02}")[0] == 201
        clock.now += 10
    assert error_of(send(server)) == (429, "RateLimitError")
    clock.now += 10.1  # the first of them is a minute old now
    assert send(server)[0] == 201
    assert error_of(send(server)) == (429, "RateLimitError")


def test_the_day_ends_at_midnight(server: Server, clock: Clock) -> None:
    for number in range(8):
        assert send(server, f"+4477009002{number:02}")[0] == 201
        clock.now += 61
    assert error_of(send(server)) == (429, "TooManyRequestsError")
    clock.now += 86_400
    assert send(server)[0] == 201


def test_one_phone_gets_few_of_the_same_and_some_of_any(server: Server, clock: Clock) -> None:
    statuses = []
    for words in ("a", "a", "a", "b", "c", "d"):
        statuses.append(send(server, words=words)[0])
        clock.now += 61
    assert statuses == [201, 201, 429, 201, 201, 429]
    clock.now += 3600
    assert send(server, words="a")[0] == 201


def test_pages_hold_250(clock: Clock) -> None:
    with Server(a_service(clock=clock)) as server:
        for number in range(300):
            server.service.receive(PHONE, str(number))
        _, first = ask(server, "/v2/received-text-messages")
        rows = first["received_text_messages"]
        assert [rows[0]["content"], rows[-1]["content"], len(rows)] == ["299", "50", 250]
        path = first["links"]["next"].removeprefix(server.url)
        _, rest = ask(server, path)
        assert [one["content"] for one in rest["received_text_messages"]][-1] == "0"
        last = rest["received_text_messages"][-1]["id"]
        _, end = ask(server, f"/v2/received-text-messages?older_than={last}")
        assert end["received_text_messages"] == []
        assert ask(server, "/v2/received-text-messages?older_than=x")[0] == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/notifications/x", 400),
        (f"/v2/notifications/{uuid.UUID(int=7)}", 404),
        (f"/v2/template/{uuid.UUID(int=7)}", 404),
        ("/v2/notifications?colour=blue", 400),
        ("/v2/unknown", 404),
    ],
)
def test_what_is_not_there_is_refused(server: Server, path: str, status: int) -> None:
    assert ask(server, path)[0] == status


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [(Fault.ERROR, 500, 0), (Fault.ERROR_AFTER, 500, 1)],
)
def test_a_fault_strikes_once(server: Server, fault: Fault, status: int, taken: int) -> None:
    server.service.faults.order(fault)
    assert send(server)[0] == status
    assert len(server.service.sent) == taken
    assert send(server, words="Again")[0] == 201


class Listener:
    """Somebody's callback address; refuses as often as told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.refuse = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers["Authorization"], json.loads(body)))
                outer.refuse -= 1
                self.send_response(500 if outer.refuse >= 0 else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/"

    def wait(self, number: int) -> list[tuple[str, dict[str, Any]]]:
        until = time.monotonic() + 20
        while len(self.got) < number and time.monotonic() < until:
            time.sleep(0.01)
        return self.got


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.http.shutdown()


def told(listener: Listener, **more: Any) -> Server:
    return Server(a_service(), callback_url=listener.url, callback_token="secret-token", **more)


@pytest.mark.parametrize(
    ("to", "status"),
    [
        (PHONE, "delivered"),
        ("07700900002", "permanent-failure"),
        ("07700900003", "temporary-failure"),
    ],
)
def test_what_became_of_a_text_is_told(listener: Listener, to: str, status: str) -> None:
    with told(listener) as server:
        _, taken = send(server, to, reference="ours")
        [(auth, body)] = listener.wait(1)
    assert auth == "Bearer secret-token"
    assert (body["id"], body["reference"], body["status"]) == (taken["id"], "ours", status)
    assert set(body) == {
        "id", "reference", "to", "status", "created_at", "completed_at", "sent_at",
        "notification_type", "template_id", "template_version",
    }  # fmt: skip


def test_a_callback_that_fails_is_sent_again(listener: Listener) -> None:
    listener.refuse = 2
    with told(listener, retry_after=0.05) as server:
        send(server)
        bodies = [body for _, body in listener.wait(3)]
    assert len(bodies) == 3
    assert bodies[0] == bodies[1] == bodies[2]


def page(server: Server, **form: str) -> str:
    data = urllib.parse.urlencode(form).encode() if "words" in form else None
    path = "/phone" if data else "/?" + urllib.parse.urlencode(form)
    with urllib.request.urlopen(server.url + path, data, timeout=10) as answer:
        return str(answer.read().decode())


def test_phones_show_what_they_got_escaped_and_marked(server: Server) -> None:
    assert "No text messages yet" in page(server)
    send(server, words="<b>On call</b>")
    send(server, "07700 900124", "Another")
    shown = page(server, phone="07700 900123")
    assert "Simulated" in shown
    assert "&lt;b&gt;On call&lt;/b&gt;" in shown
    assert "Another" not in shown
    assert "Another" in page(server)


def test_a_phone_can_text_back(listener: Listener) -> None:
    with told(listener) as server:
        send(server)
        assert "I am on my way" in page(server, phone=PHONE, words="I am on my way")
        bodies = [body for _, body in listener.wait(2)]
    heard = next(body for body in bodies if "source_number" in body)
    assert (heard["source_number"], heard["message"]) == (PHONE[1:], "I am on my way")
    assert heard["destination_number"] == server.service.number
    [received] = server.service.received
    assert received.id == heard["id"]
