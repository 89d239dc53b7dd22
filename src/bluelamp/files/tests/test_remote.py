"""A platform's server that misbehaves, and addresses that lead inside: neither gets anywhere."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.files import remote
from bluelamp.files.errors import RemoteError
from bluelamp.files.remote import Guard, fetch, is_public

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
           "100.64.0.0/10", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::1/128", "fe80::/10",
           "fc00::/7", "ff00::/8", "::/96", "fec0::/10"]  # fmt: skip
METADATA = "169.254.169.254"
"""Where clouds tell a machine its own secrets."""

Answer = Callable[["Platform"], None]


class Platform(BaseHTTPRequestHandler):
    """Answers as the test says, by path."""

    answers: dict[str, Answer]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.answers[self.path](self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def platform() -> Iterator[type[Platform]]:
    handler = type("Bound", (Platform,), {"answers": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.port = server.server_port  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield handler
    server.shutdown()
    server.server_close()


def guard(platform: Any, **more: Any) -> Guard:
    """Return a guard that lets through this one server of the test alone."""
    here = Guard(
        frozenset({"localhost"}), scheme="http", ports=frozenset({platform.port}),
        may_reach=lambda address: address.is_loopback,
    )  # fmt: skip
    return replace(here, **more)


def at(platform: Any, path: str) -> str:
    return f"http://localhost:{platform.port}{path}"


def test_what_is_served_is_fetched(platform: Any) -> None:
    platform.answers["/a.jpg"] = lambda one: one.say(200, b"bytes")
    assert fetch(at(platform, "/a.jpg"), guard(platform)) == b"bytes"


def test_a_redirect_within_the_platform_is_followed(platform: Any) -> None:
    platform.answers["/a"] = lambda one: one.say(302, Location="/b")
    platform.answers["/b"] = lambda one: one.say(200, b"bytes")
    assert fetch(at(platform, "/a"), guard(platform)) == b"bytes"


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/secret", f"http://{METADATA}/latest/meta-data", "//evil.test/b",
     "https://localhost:{port}/b", "file:///etc/passwd", "http://localhost:22/",
     "http://localhost@127.0.0.1:{port}/secret"],
)  # fmt: skip
def test_a_redirect_leads_nowhere_else(platform: Any, target: str) -> None:
    to = target.format(port=platform.port)
    platform.answers["/a"] = lambda one: one.say(302, Location=to)
    platform.answers["/secret"] = lambda one: one.say(200, b"secret")
    with pytest.raises(RemoteError) as caught:
        fetch(at(platform, "/a"), guard(platform))
    assert caught.value.permanent
    assert platform.asked == ["/a"]


def test_redirects_end(platform: Any) -> None:
    platform.answers["/a"] = lambda one: one.say(302, Location="/a")
    with pytest.raises(RemoteError, match="from one address to the next"):
        fetch(at(platform, "/a"), guard(platform))
    assert len(platform.asked) == remote.REDIRECTS + 1


def test_a_name_that_stands_for_an_inner_address_is_not_reached(platform: Any) -> None:
    platform.answers["/a"] = lambda one: one.say(200, b"secret")
    strict = guard(platform, may_reach=is_public)
    with pytest.raises(RemoteError, match="private network") as caught:
        fetch(at(platform, "/a"), strict)
    assert caught.value.permanent
    assert platform.asked == []


def test_one_inner_address_among_public_ones_is_enough(
    platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, platform.port))
            for name in ("93.184.215.14", "127.0.0.1")]  # fmt: skip
    monkeypatch.setattr(remote.socket, "getaddrinfo", lambda *_a, **_k: rows)
    with pytest.raises(RemoteError, match="private network"):
        fetch(at(platform, "/a"), guard(platform, may_reach=is_public))


def test_a_name_is_looked_up_once_and_what_was_checked_is_reached(
    platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answers["/a"] = lambda one: one.say(200, b"bytes")
    lookups: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *a: Any, **k: Any) -> list[Any]:
        if host != "media.test":  # an address, written in figures
            return list(real(host, port, *a, **k))
        lookups.append(host)
        name = "127.0.0.1" if len(lookups) == 1 else METADATA
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port))]

    monkeypatch.setattr(remote.socket, "getaddrinfo", rebinding)
    here = guard(platform, hosts=frozenset({"media.test"}))
    assert fetch(f"http://media.test:{platform.port}/a", here) == b"bytes"
    assert lookups == ["media.test"]


def test_too_much_is_not_read(platform: Any) -> None:
    platform.answers["/says"] = lambda one: one.say(200, Content_Length="999999999")
    platform.answers["/lies"] = lambda one: _pour(one)
    for path in ("/says", "/lies"):
        with pytest.raises(RemoteError, match="larger than 1 MB") as caught:
            fetch(at(platform, path), guard(platform), most=1024**2)
        assert caught.value.permanent


def _pour(one: Platform) -> None:
    """Send without end, and without saying how much."""
    one.protocol_version = "HTTP/1.0"
    one.send_response(200)
    one.end_headers()
    try:
        for _ in range(1_000):
            one.wfile.write(b"x" * 65_536)
    except OSError:
        return
    raise AssertionError("all of it was read")


def _drip(one: Platform, *, headers: bool) -> None:
    """Send a byte at a time: never silent, never done."""
    if not headers:
        one.send_response(200)
        one.end_headers()
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000:
            one.wfile.write(bytes([byte]))
            one.wfile.flush()
            time.sleep(0.02)
    except OSError:
        pass


@pytest.mark.parametrize("headers", [True, False])
def test_who_drips_is_left(platform: Any, headers: bool) -> None:
    platform.answers["/slow"] = lambda one: _drip(one, headers=headers)
    with pytest.raises(RemoteError, match="too long") as caught:
        fetch(at(platform, "/slow"), guard(platform, seconds=0.5))
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (410, True), (403, True), (204, True), (429, False),
                              (500, False), (503, False)],
)  # fmt: skip
def test_what_is_said_decides_whether_to_ask_again(
    platform: Any, status: int, permanent: bool
) -> None:
    platform.answers["/a"] = lambda one: one.say(status, Retry_After="90")
    with pytest.raises(RemoteError, match=str(status)) as caught:
        fetch(at(platform, "/a"), guard(platform))
    assert caught.value.permanent is permanent
    asked = caught.value.retry_after
    assert (asked.total_seconds() if asked else None) == (None if permanent else 90)


def test_what_is_packed_is_not_unpacked(platform: Any) -> None:
    platform.answers["/a"] = lambda one: one.say(200, b"bomb", Content_Encoding="gzip")
    with pytest.raises(RemoteError, match="packed"):
        fetch(at(platform, "/a"), guard(platform))


def test_nobody_at_home_is_asked_again(platform: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        here = guard(platform, ports=frozenset({port}))
        with pytest.raises(RemoteError, match="reached") as caught:
            fetch(f"http://localhost:{port}/a", here)
    assert not caught.value.permanent


OWN = Guard(frozenset({"social.test", ".social.test"}))


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://social.test/a", True),
        ("https://files.SOCIAL.test:443/a", True),
        ("https://social.test./a", True),
        ("http://social.test/a", False),
        ("https://social.test:8443/a", False),
        ("https://evilsocial.test/a", False),
        ("https://social.test.evil.test/a", False),
        ("https://social.test@evil.test/a", False),
        ("https://evil.test\\@social.test/a", False),
        ("https://user:word@social.test/a", False),
        ("https://social.test:word/a", False),
        ("https://[::1]/a", False),
        ("https:///a", False),
        ("", False),
    ],
)
def test_only_plain_addresses_of_the_platform_are_asked(url: str, goes: bool) -> None:
    if goes:
        OWN.check(url)
    else:
        with pytest.raises(RemoteError) as caught:
            OWN.check(url)
        assert caught.value.permanent


def inner() -> st.SearchStrategy[Any]:
    return st.sampled_from(PRIVATE).flatmap(lambda net: st.ip_addresses(network=net))


@given(inner())
def test_no_inner_address_is_public(address: Any) -> None:
    assert not is_public(address)


@given(st.sampled_from([n for n in PRIVATE if ":" not in n]), st.data())
def test_nor_is_one_that_another_carries(network: str, data: st.DataObject) -> None:
    carried = int(data.draw(st.ip_addresses(network=network)))
    for carrier in (
        (0xFFFF << 32) | carried,  # mapped, ::ffff:0:0/96
        (0x2002 << 112) | (carried << 80) | 1,  # 6to4
        (0x20010000 << 96) | (carried ^ 0xFFFF_FFFF),  # Teredo: the client's, inverted
        (0x0064FF9B << 96) | carried,  # NAT64
    ):
        assert not is_public(ipaddress.IPv6Address(carrier))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_what_is_public_is_reached(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
