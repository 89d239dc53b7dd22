"""One text message, once: looked for before it is sent, and again if no answer comes.

Notify has no idempotency key.  It keeps our reference, by which a text message can be
found for seven days: so whoever sends looks first (an earlier attempt may have died
after it was taken), and where the answer is lost looks again until it has settled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from bluelamp.kit import sms
from bluelamp.kit.phone import PhoneNumberError, e164

from .client import Client
from .errors import NoAnswerError, RefusedTextError
from .values import NotifySettings

Sleep = Callable[[float], None]
_PAUSE = 1.0
"""Seconds between two looks."""
_BAD_NUMBER = "5.1.3"
_TOO_LONG = "5.2.3"


def send_once(
    client: Client, settings: NotifySettings, *, to: str, text: str, reference: str,
    sleep: Sleep = time.sleep,
) -> str:  # fmt: skip
    """Send ``text`` unless that was done; return Notify's id of it.

    :raises RefusedTextError: this text message cannot be sent, others may.
    :raises NoAnswerError: it is still not known what became of it: call again later.
    :raises ChannelError: Notify cannot be reached or refuses the account.
    """
    number, body = checked_number(to), checked_text(text)
    if (earlier := client.sent_as(reference)) is not None:
        return earlier.id
    try:
        return client.send_text(number, body, reference).id
    except NoAnswerError:
        found = settled(client, [reference], settings.settle_seconds, sleep)
        if reference not in found:
            raise
        return found[reference]


def settled(
    client: Client, references: Collection[str], seconds: float, sleep: Sleep
) -> dict[str, str]:
    """Look for text messages until all are there, for at most ``seconds``.

    :return: reference -> Notify's id, of those that are there.
    :raises NoAnswerError: a look had no answer, so nothing can be said.
    """
    found: dict[str, str] = {}
    for look in range(1 + int(seconds // _PAUSE)):
        if look:
            sleep(_PAUSE)
        found |= _there(client, [one for one in references if one not in found])
        if len(found) == len(references):
            break
    return found


def _there(client: Client, references: Collection[str]) -> dict[str, str]:
    texts = ((one, client.sent_as(one)) for one in references)
    return {one: text.id for one, text in texts if text is not None}


def checked_number(to: str) -> str:
    """Return the number as E.164.

    :raises RefusedTextError: it is none.
    """
    try:
        return e164(to)
    except PhoneNumberError as error:
        raise RefusedTextError(str(error), status=_BAD_NUMBER) from None


def checked_text(text: str) -> str:
    """Return the text as it goes out.

    :raises RefusedTextError: it is empty, or longer than Notify takes.
    """
    counted = sms.count(text)
    if problem := problem_of(counted):
        raise RefusedTextError(problem, status=_TOO_LONG)
    return counted.text


def problem_of(counted: sms.Counted) -> str:
    """Say in one sentence why a text cannot be sent; empty where it can."""
    if not counted.text:
        return "The text message says nothing."
    if counted.characters > sms.LONGEST:
        return f"A text message has at most {sms.LONGEST} characters."
    return ""
