"""Asks a ClamAV daemon what is in a file (clamd(8): ``INSTREAM``)."""

from __future__ import annotations

import socket
import struct

from bluelamp.files.errors import ScannerError

_TIMEOUT = 60.0
_CHUNK = 1 << 16


def scan(address: str, content: bytes) -> str:
    """Return the name of what was found; empty for nothing.

    :param address: ``host:port``, or the path of the daemon's socket.
    :raises ScannerError: the daemon cannot be reached or does not answer.
    """
    try:
        with _connected(address) as connection:
            answer = _ask(connection, content)
    except OSError as error:
        raise ScannerError(f"The scanner cannot be reached: {error}") from None
    return _found(answer)


def _connected(address: str) -> socket.socket:
    if "/" in address:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_TIMEOUT)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_TIMEOUT)


def _ask(connection: socket.socket, content: bytes) -> str:
    """Send the bytes in chunks, each after its length; a length of nought ends them."""
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        connection.sendall(struct.pack("!L", len(chunk)) + chunk)
    connection.sendall(struct.pack("!L", 0))
    answer = b""
    while not answer.endswith(b"\0") and (more := connection.recv(4096)):
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace")


def _found(answer: str) -> str:
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise ScannerError(f"The scanner does not say what it found: {answer[:200]}")
