"""Fetches mail from a mailbox (IMAP4rev1, RFC 3501).

A cursor is ``<UIDVALIDITY>:<UID of the newest mail that is stored>``.  A mail is marked
as seen by the poll after the one that brought it, when the cursor proves that it is
stored: who dies between leaves it unseen.  Whether somebody else has seen a mail does
not matter.  Where the server numbers the mailbox anew all of it is fetched again, and
storing knows what was there.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from bluelamp.channels.contract import ChannelError, Polled, RawInbound
from bluelamp.channels.mailnames import mail_id

from .greeting import tls_context
from .values import EmailSettings, Security

A_POLL = 20
"""Mails that one poll brings: at 25 MB each they fit into memory."""
_TIMEOUT = 60.0
_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_CURSOR = re.compile(r"(\d+):(\d+)")


def poll(settings: EmailSettings, cursor: str, *, now: datetime) -> Polled:
    """Fetch mails after ``cursor``; empty: from the first that nobody has seen.

    :raises ChannelError: the server refuses us or cannot be reached.
    """
    with _mailbox(settings) as box:
        validity = _number(box, "UIDVALIDITY")
        done = _done(box, cursor, validity)
        _mark_seen(box, done)
        waiting = [uid for uid in _search(box, f"UID {done + 1}:*") if uid > done]
        raws = tuple(_fetch(box, uid, now) for uid in waiting[:A_POLL])
    last = waiting[:A_POLL][-1] if waiting else done
    kept = tuple(raw for raw in raws if raw is not None)
    return Polled(kept, f"{validity}:{last}", len(waiting) > A_POLL)


@contextmanager
def _mailbox(settings: EmailSettings) -> Iterator[imaplib.IMAP4]:
    """Open the folder; say in our words what goes wrong."""
    where = f"{settings.imap_host}:{settings.imap_port}"
    try:
        box = _connected(settings)
    except (OSError, imaplib.IMAP4.error) as error:
        raise ChannelError(f"{where} cannot be reached: {error}.", permanent=False) from None
    try:
        _sign_in(box, settings, where)
        yield box
    except (imaplib.IMAP4.abort, OSError) as error:
        raise ChannelError(f"{where} broke off: {error}.", permanent=False) from None
    except imaplib.IMAP4.error as error:
        raise ChannelError(
            f"{where} does not answer as it should: {error}.", permanent=False
        ) from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _connected(settings: EmailSettings) -> imaplib.IMAP4:
    host, port = settings.imap_host, settings.imap_port
    if settings.imap_security is Security.TLS:
        return imaplib.IMAP4_SSL(host, port, ssl_context=tls_context(settings), timeout=_TIMEOUT)
    box = imaplib.IMAP4(host, port, timeout=_TIMEOUT)
    if settings.imap_security is Security.STARTTLS:
        box.starttls(tls_context(settings))
    return box


def _sign_in(box: imaplib.IMAP4, settings: EmailSettings, where: str) -> None:
    try:
        box.login(settings.imap_username, settings.imap_password.get_secret_value())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise ChannelError(f"{where} does not take the name or password.", permanent=True) from None
    answer, _facts = box.select(f'"{settings.imap_folder}"')
    if answer != "OK":
        words = f"{where} has no folder “{settings.imap_folder}”."
        raise ChannelError(words, permanent=True)


def _number(box: imaplib.IMAP4, name: str) -> int:
    """Return a number that the server said of the folder."""
    _name, data = box.response(name)
    return int(data[0] or 0) if data else 0


def _done(box: imaplib.IMAP4, cursor: str, validity: int) -> int:
    """Return the UID up to which all is stored."""
    known = _CURSOR.fullmatch(cursor)
    if known and int(known[1]) == validity:
        return int(known[2])
    if known:  # numbered anew
        return 0
    unseen = _search(box, "UNSEEN")
    return unseen[0] - 1 if unseen else max(_search(box, "ALL"), default=0)


def _mark_seen(box: imaplib.IMAP4, done: int) -> None:
    unseen = _search(box, f"UID 1:{done} UNSEEN") if done else []
    if unseen:
        box.uid("STORE", ",".join(map(str, unseen)), "+FLAGS.SILENT", r"(\Seen)")


def _search(box: imaplib.IMAP4, criterion: str) -> list[int]:
    answer, data = box.uid("SEARCH", criterion)
    if answer != "OK":
        raise imaplib.IMAP4.error("it cannot be searched")
    return sorted(int(uid) for uid in (data[0] or b"").split())


def _fetch(box: imaplib.IMAP4, uid: int, now: datetime) -> RawInbound | None:
    """Return a mail without marking it; ``None``: it was taken away meanwhile."""
    _answer, data = box.uid("FETCH", str(uid), "(BODY.PEEK[])")
    mail = next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)
    if mail is None:
        return None
    meta = {"recipients": " ".join(_recipients(mail))}
    return RawInbound("email", mail_id(mail), now, mail, meta)


def _recipients(mail: bytes) -> list[str]:
    """Return whom a mail came to, as far as its headers say; the server's own come first."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(mail)
    found = [str(value) for name in _RECIPIENTS for value in headers.get_all(name, [])]
    return list(dict.fromkeys(address for _name, address in getaddresses(found) if "@" in address))
