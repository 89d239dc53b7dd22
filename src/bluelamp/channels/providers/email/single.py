"""One mail at a time by aiosmtplib: codes, notices, test copies."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable
from datetime import datetime

import aiosmtplib

from bluelamp.channels.contract import Envelope, Outcome, OutcomeKind

from . import addresses
from .errors import RelayError, SlotError
from .greeting import tls_context
from .replies import Reply, clean, outcome_of
from .template import Letterhead, compile_template
from .values import EmailSettings, Security, is_loopback


async def send_single(envelope: Envelope, settings: EmailSettings, *, now: datetime) -> Outcome:
    """Send ``envelope`` over a connection of its own.

    :raises ContentError: if it cannot be put into the form of a mail.
    :raises RelayError: if the relay cannot be reached or refuses us.
    """
    try:
        to = addresses.recipient_address(envelope.to)
        sender = addresses.return_path(envelope.return_path).decode()
        message = _message(envelope, to, settings, now)
    except SlotError as error:
        return Outcome(0, OutcomeKind.REFUSED, 0, error.status, str(error))
    client = _client(settings)
    try:
        await _open(client, settings)
        if not to.isascii() and not client.supports_extension("smtputf8"):
            detail = "The relay takes no such address (SMTPUTF8)."
            return Outcome(0, OutcomeKind.REFUSED, 0, "5.6.7", detail)
        return await _transact(client, sender, to, message, settings)
    finally:
        client.close()


def _message(envelope: Envelope, to: bytes, settings: EmailSettings, now: datetime) -> bytes:
    head = Letterhead(envelope.sender_name, envelope.sender_address, settings.reply_to)
    template = compile_template(envelope.content, (), head, date=now, signers=settings.signers)
    return template.fill(to, addresses.message_id(envelope.message_id), ())


def _client(settings: EmailSettings) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeouts.connect,
        use_tls=settings.security is Security.TLS,
        start_tls=False,  # done below, where a relay that does not offer it is refused
        tls_context=tls_context(settings),
        local_hostname=settings.ehlo_name or "[127.0.0.1]",
    )


async def _open(client: aiosmtplib.SMTP, settings: EmailSettings) -> None:
    """Connect, encrypt, sign in.

    :raises RelayError: with the step that failed; permanent where trying again cannot help.
    """
    where = f"{settings.host}:{settings.port}"
    await _step(client.connect(), f"{where} cannot be reached")
    await _step(client.ehlo(timeout=settings.timeouts.command), "The relay refused EHLO")
    if settings.security is Security.STARTTLS:
        if not client.supports_extension("starttls"):
            raise RelayError(f"{where} does not offer STARTTLS.", permanent=True)
        await _step(client.starttls(tls_context=tls_context(settings)), "STARTTLS failed")
        await _step(client.ehlo(timeout=settings.timeouts.command), "The relay refused EHLO")
    if settings.username:
        _refuse_clear_password(client, settings)
        await _step(_sign_in(client, settings), "The relay refused AUTH")


def _sign_in(client: aiosmtplib.SMTP, settings: EmailSettings) -> Awaitable[object]:
    """Try one way only: a second one after a wrong password would count against us twice."""
    offered = {method.lower() for method in client.supported_auth_methods}
    password = settings.password.get_secret_value()
    if "plain" in offered:
        return client.auth_plain(settings.username, password)
    if "login" in offered:
        return client.auth_login(settings.username, password)
    raise RelayError("The relay offers neither AUTH PLAIN nor AUTH LOGIN.", permanent=True)


def _refuse_clear_password(client: aiosmtplib.SMTP, settings: EmailSettings) -> None:
    peer = client.get_transport_info("peername")
    here = bool(peer) and is_loopback(str(peer[0]))
    if settings.security is Security.NONE and not (settings.allow_clear_password and here):
        raise RelayError("The password is not sent without encryption.", permanent=True)


async def _step(doing: Awaitable[object], what: str) -> None:
    try:
        await doing
    except aiosmtplib.SMTPResponseException as error:
        said = clean(f"{error.code} {error.message}".encode())
        raise RelayError(
            f"{what}: {said}.", permanent=error.code >= 500, code=error.code
        ) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        untrusted = _caused_by_certificate(error)
        reason = "its certificate is not trusted" if untrusted else _reason(error)
        raise RelayError(f"{what}: {reason}.", permanent=untrusted) from error


def _reason(error: BaseException) -> str:
    return clean(str(error).encode()).rstrip(".") or type(error).__name__


def _caused_by_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _transact(
    client: aiosmtplib.SMTP, sender: str, to: bytes, message: bytes, settings: EmailSettings
) -> Outcome:
    options = [] if to.isascii() else ["BODY=8BITMIME", "SMTPUTF8"]
    times = settings.timeouts
    in_data = False
    try:
        await client.mail(sender, options=options, timeout=times.command)
        await client.rcpt(to.decode(), encoding="utf-8", timeout=times.command)
        in_data = True
        response = await client.data(message, timeout=times.data_end)
    except aiosmtplib.SMTPResponseException as error:
        return outcome_of(0, Reply(error.code, error.message.encode()))
    except (aiosmtplib.SMTPException, OSError) as error:
        kind = OutcomeKind.UNKNOWN if in_data else OutcomeKind.DEFERRED
        return Outcome(0, kind, 0, "", f"No answer: {_reason(error)}.")
    await _say_goodbye(client, times.quit)
    return outcome_of(0, Reply(response.code, response.message.encode()))


async def _say_goodbye(client: aiosmtplib.SMTP, seconds: float) -> None:
    try:
        await client.quit(timeout=seconds)
    except (aiosmtplib.SMTPException, OSError):
        return  # the mail is taken all the same
