"""Opens a connection to the relay: greeting, EHLO, STARTTLS, AUTH."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import ip_address

from .errors import RelayError
from .replies import Reply
from .values import EmailSettings, Security
from .wire import Wire


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a relay said to EHLO (RFC 5321 section 4.1.1.1)."""

    extended: bool = False
    pipelining: bool = False
    size: int | None = None
    """Largest message in octets; 0: no fixed limit; ``None``: not declared (RFC 1870)."""
    smtputf8: bool = False
    starttls: bool = False
    auth: frozenset[str] = frozenset()


def read_abilities(reply: Reply) -> Abilities:
    """Return what the lines of a 250 to EHLO declare."""
    words: dict[str, list[str]] = {}
    for line in reply.text.decode("ascii", "replace").upper().split("\n")[1:]:
        keyword, *rest = line.replace("AUTH=", "AUTH ").split() or [""]
        words.setdefault(keyword, []).extend(rest)
    size = words.get("SIZE")
    return Abilities(
        extended=True,
        pipelining="PIPELINING" in words,
        size=None if size is None else int(size[0]) if size and size[0].isdigit() else 0,
        smtputf8="SMTPUTF8" in words,
        starttls="STARTTLS" in words,
        auth=frozenset(words.get("AUTH", ())),
    )


def tls_context(settings: EmailSettings) -> ssl.SSLContext | None:
    """Return what checks the relay's certificate, or ``None`` where there is no TLS.

    :raises RelayError: if the certificate authority's file cannot be read.
    """
    if settings.security is Security.NONE:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise RelayError(
            f"The file of the certificate authority cannot be read: {settings.ca_file}.",
            permanent=True,
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def open_wire(
    settings: EmailSettings, context: ssl.SSLContext | None
) -> tuple[Wire, Abilities]:
    """Return a connection that is ready for MAIL, and what the relay can do.

    :raises RelayError: with one sentence that says what failed; permanent where
        trying again cannot help (certificate, password, STARTTLS not offered).
    """
    try:
        wire = await _connect(settings, context)
        try:
            return wire, await _greet(wire, settings, context)
        except BaseException:
            wire.abort()
            raise
    except ssl.SSLCertVerificationError as error:
        raise RelayError(
            f"The certificate of {_where(settings)} is not trusted: {error.verify_message}.",
            permanent=True,
        ) from error
    except ssl.SSLError as error:
        reason = (error.reason or "no reason given").replace("_", " ").lower()
        raise RelayError(f"TLS with {_where(settings)} failed: {reason}.") from error
    except TimeoutError as error:
        raise RelayError(f"{_where(settings)} did not answer in time.") from error
    except OSError as error:
        reason = error.strerror or str(error) or "it closed the connection"
        raise RelayError(f"{_where(settings)} cannot be reached: {reason}.") from error


def _where(settings: EmailSettings) -> str:
    return f"{settings.host}:{settings.port}"


async def _connect(settings: EmailSettings, context: ssl.SSLContext | None) -> Wire:
    seconds = settings.timeouts.connect
    implicit = settings.security is Security.TLS
    async with asyncio.timeout(seconds):
        _, wire = await asyncio.get_running_loop().create_connection(
            Wire,
            settings.host,
            settings.port,
            ssl=context if implicit else None,
            server_hostname=settings.host if implicit else None,
            ssl_handshake_timeout=seconds if implicit else None,
        )
    return wire


async def _greet(wire: Wire, settings: EmailSettings, context: ssl.SSLContext | None) -> Abilities:
    _expect(await wire.ask(b"", settings.timeouts.greeting, "the greeting"), 220, "the greeting")
    abilities = await _hello(wire, settings)
    if settings.security is Security.STARTTLS and context is not None:
        if not abilities.starttls:
            raise RelayError(f"{_where(settings)} does not offer STARTTLS.", permanent=True)
        reply = await wire.ask(b"STARTTLS", settings.timeouts.command, "STARTTLS")
        _expect(reply, 220, "STARTTLS")
        await wire.start_tls(context, settings.host, settings.timeouts.connect)
        abilities = await _hello(wire, settings)  # what was said before counts for nothing
    if settings.username:
        await _sign_in(wire, settings, abilities)
    return abilities


async def _hello(wire: Wire, settings: EmailSettings) -> Abilities:
    name = (settings.ehlo_name or _address_literal(wire)).encode()
    reply = await wire.ask(b"EHLO " + name, settings.timeouts.command, "EHLO")
    if reply.code == 250:
        return read_abilities(reply)
    if reply.code == 421 or settings.security is not Security.NONE:
        _expect(reply, 250, "EHLO")
    reply = await wire.ask(b"HELO " + name, settings.timeouts.command, "HELO")
    _expect(reply, 250, "HELO")
    return Abilities()


def _address_literal(wire: Wire) -> str:
    """RFC 5321 section 4.1.4: a client without a name gives its address."""
    host = str(wire.transport.get_extra_info("sockname")[0]).partition("%")[0]
    try:
        version = ip_address(host).version
    except ValueError:
        return "[127.0.0.1]"
    return f"[IPv6:{host}]" if version == 6 else f"[{host}]"


async def _sign_in(wire: Wire, settings: EmailSettings, abilities: Abilities) -> None:
    if not wire.encrypted and not (settings.allow_clear_password and _peer_is_here(wire)):
        raise RelayError("The password is not sent without encryption.", permanent=True)
    seconds = settings.timeouts.command
    user, password = settings.username.encode(), settings.password.get_secret_value().encode()
    if "PLAIN" in abilities.auth:  # RFC 4616
        token = b64encode(b"\0" + user + b"\0" + password)
        reply = await wire.ask(b"AUTH PLAIN " + token, seconds, "AUTH")
    elif "LOGIN" in abilities.auth:
        reply = await wire.ask(b"AUTH LOGIN", seconds, "AUTH")
        for secret in (user, password):
            _expect(reply, 334, "AUTH")
            reply = await wire.ask(b64encode(secret), seconds, "AUTH")
    else:
        raise RelayError("The relay offers neither AUTH PLAIN nor AUTH LOGIN.", permanent=True)
    _expect(reply, 235, "AUTH")


def _peer_is_here(wire: Wire) -> bool:
    peer = wire.transport.get_extra_info("peername")
    return bool(peer) and ip_address(str(peer[0]).partition("%")[0]).is_loopback


def _expect(reply: Reply, code: int, what: str) -> None:
    if reply.code != code:
        raise RelayError(
            f"The relay refused {what}: {str(reply).rstrip('.')}.",
            permanent=reply.code >= 500,
            code=reply.code,
        )
