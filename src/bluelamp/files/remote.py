"""Fetch bytes from an address that a stranger may have chosen, and reach nothing but the public.

Who asks names the hosts; the address that a host's name stands for is looked up once,
checked, and connected to, so that a name cannot stand for another address a moment
later (DNS rebinding).  Redirects are followed by hand, and each is checked anew.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

from bluelamp.files.errors import RemoteError
from bluelamp.files.values import LARGEST

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SECONDS = 30.0
"""For all of one fetch, from the look-up to the last byte, redirects included."""
REDIRECTS = 3
_SILENCE = 10.0
"""Seconds without a byte."""
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""Prefixes that carry an IPv4 address in their last 32 bits (RFC 6052, RFC 8215)."""
_BYGONE = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("fec0::/10"))
"""IPv4-compatible and site-local addresses: given up (RFC 4291, RFC 3879), yet some
machines still send to what they carry or to their own site."""
_LATER = {408, 425, 429}
_GOES_ON = {301, 302, 303, 307, 308}
_HEADERS = [(b"User-Agent", b"bluelamp"), (b"Accept-Encoding", b"identity")]


def is_public(address: Address) -> bool:
    """Say whether an address is of the public internet, and not of this network or machine.

    IPv4 within IPv6 (mapped, 6to4, Teredo, NAT64) is judged by what it carries.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _BYGONE):
            return False
        carried = list(_carried(address))
        if carried:
            return all(map(is_public, carried))
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if one is not None:
            yield one
    if any(address in network for network in _NAT64):
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be reached.  Only code can widen it, no setting."""

    hosts: frozenset[str]
    """Names; one that begins with a dot stands for all names that end so."""
    scheme: str = "https"
    ports: frozenset[int] = frozenset({443})
    may_reach: Callable[[Address], bool] = is_public
    seconds: float = SECONDS

    def check(self, url: str) -> SplitResult:
        """Return the parts of an address that may be asked.

        :raises RemoteError: permanent; it is not of the hosts, or of another kind.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if self.scheme == "https" else 80)
        except ValueError:
            raise RemoteError("The address cannot be read.", permanent=True) from None
        if parts.scheme != self.scheme or parts.username is not None or port not in self.ports:
            raise RemoteError("The address is not a plain web address.", permanent=True)
        if not self._known(parts.hostname or ""):
            raise RemoteError("The address is not the platform’s own.", permanent=True)
        return parts

    def _known(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        below = (known for known in self.hosts if known.startswith("."))
        return bool(name) and (name in self.hosts or any(name.endswith(one) for one in below))


def fetch(url: str, guard: Guard, *, most: int = LARGEST) -> bytes:
    """Return what is served at an address.

    :param most: bytes; more than that is not read.
    :raises RemoteError: with a sentence; ``permanent`` where asking again cannot help.
    """
    backend = _Backend(guard, time.monotonic() + guard.seconds)
    try:
        with httpcore.ConnectionPool(network_backend=backend, retries=0) as pool:
            for _hop in range(REDIRECTS + 1):
                guard.check(url)
                content, onward = _ask(pool, url, most)
                if not onward:
                    return content
                url = urljoin(url, onward)
    except (httpcore.TimeoutException, TimeoutError):
        raise RemoteError("The platform took too long.", permanent=False) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        raise RemoteError("The platform cannot be reached.", permanent=False) from None
    except (ValueError, UnicodeError):  # an address that httpcore cannot write
        raise RemoteError("The address cannot be read.", permanent=True) from None
    raise RemoteError("The platform sends from one address to the next.", permanent=True)


def _ask(pool: httpcore.ConnectionPool, url: str, most: int) -> tuple[bytes, str]:
    """Return what was served, or where it is served instead."""
    timeout = {"connect": _SILENCE, "read": _SILENCE, "write": _SILENCE, "pool": _SILENCE}
    with pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": timeout}) as answer:
        headers = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
        if answer.status in _GOES_ON and headers.get(b"location"):
            return b"", headers[b"location"]
        _check_answer(answer.status, headers, most)
        content = bytearray()
        for piece in answer.iter_stream():
            content += piece
            if len(content) > most:
                raise _too_large(most)
        return bytes(content), ""


def _check_answer(status: int, headers: dict[bytes, str], most: int) -> None:
    if status in _LATER or status >= 500:
        wait = headers.get(b"retry-after", "")
        asked = timedelta(seconds=int(wait)) if wait.isdecimal() and len(wait) < 7 else None
        raise RemoteError(f"The platform said {status}.", permanent=False, retry_after=asked)
    if status != 200:
        raise RemoteError(f"The platform said {status}.", permanent=True)
    if headers.get(b"content-encoding", "identity") != "identity":
        raise RemoteError("The platform packed it, unasked.", permanent=True)
    length = headers.get(b"content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most)


def _too_large(most: int) -> RemoteError:
    return RemoteError(f"It is larger than {most // 1024**2} MB.", permanent=True)


# The network, guarded ---------------------------------------------------------


@dataclass
class _Backend(httpcore.NetworkBackend):
    """Connects to a checked address of a name, and to no other."""

    guard: Guard
    ends: float
    """When all of it must be over, on the monotonic clock."""
    inner: httpcore.SyncBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None,
        local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Connect to the first address that answers; all of them must be public."""
        found = _addresses(host, port)
        if not found or not all(map(self.guard.may_reach, found)):
            raise RemoteError("The address leads into a private network.", permanent=True)
        for last, address in zip(range(len(found) - 1, -1, -1), found, strict=True):
            try:
                stream = self.inner.connect_tcp(
                    str(address), port, _left(self.ends, timeout), local_address, socket_options
                )
            except httpcore.ConnectError:
                if not last:
                    raise
            else:
                return _Stream(stream, self.ends)
        raise AssertionError("there was an address")


def _addresses(host: str, port: int) -> list[Address]:
    """Return what a name stands for, each once.

    :raises OSError: nobody knows it.
    """
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in rows))


@dataclass
class _Stream(httpcore.NetworkStream):
    """A connection on which nothing happens after the end, however slowly bytes come."""

    inner: httpcore.NetworkStream
    ends: float

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what comes before the end."""
        return self.inner.read(max_bytes, _left(self.ends, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write before the end."""
        self.inner.write(buffer, _left(self.ends, timeout))

    def close(self) -> None:
        """Close it."""
        self.inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS under the host's name, which its certificate must bear."""
        left = _left(self.ends, timeout)
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, left), self.ends)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self.inner.get_extra_info(info)


def _left(ends: float, timeout: float | None) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left if timeout is None else min(left, timeout)
