"""An answer to one person's mail, as an envelope: it stands under theirs in their program."""

from __future__ import annotations

import re

from bluelamp.channels.contract import ChannelError, Content, Envelope, Utterance

from .values import EmailSettings

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")


def envelope_of(utterance: Utterance, settings: EmailSettings) -> Envelope:
    """Return ``utterance`` as one mail.

    Its Message-ID is made from the key, so that a second attempt is the same mail to
    the receiver.  ``reply_to`` takes both answers and bounces; what goes by itself has the
    null return path (RFC 3834 section 3.3), so that two machines never answer each other.

    :raises ChannelError: nobody is named that it goes to.
    """
    if not utterance.to:
        raise ChannelError("A mail needs somebody to go to.", permanent=True)
    domain = settings.sender_address.rpartition("@")[2]
    content = Content(_subject(utterance.subject), utterance.text, headers=_headers(utterance))
    returned = "" if utterance.automatic else utterance.reply_to or settings.sender_address
    return Envelope(
        to=utterance.to, content=content, sender_name=settings.sender_name,
        sender_address=settings.sender_address, message_id=f"{utterance.key}@{domain}",
        return_path=returned,
    )  # fmt: skip


def _subject(given: str) -> str:
    plain = " ".join(given.split()) or "Your message"  # theirs may hold anything
    return plain if plain.lower().startswith("re:") else f"Re: {plain}"


def _headers(utterance: Utterance) -> dict[str, str]:
    """Return what threads an answer under the mail it answers (RFC 5322 section 3.6.4)."""
    headers = {"Auto-Submitted": "auto-replied" if utterance.automatic else "no"}
    found = _MESSAGE_ID.search(utterance.answers)
    if found:
        headers |= {"In-Reply-To": found[0], "References": found[0]}
    if utterance.reply_to:
        headers["Reply-To"] = utterance.reply_to
    return headers
