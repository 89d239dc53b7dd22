"""What the account says: posts, public answers, private mentions; changes and withdrawals.

There is no private channel on Mastodon.  A private answer is a status of visibility
``direct``: those read it whom it mentions.  So an answer begins with the name of the
person it is for, and a private one names nobody else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace

from mastodon.return_types import Status

from bluelamp.channels.contract import ChannelError, Fit, Media, Posted, Utterance, Visibility

from .length import countable, mentions
from .values import ADDRESS_CHARACTERS, MastodonSettings
from .wire import Wire

_PRIVATE = {"direct", "private"}
_ADDRESSED = re.compile(r"(?:@\S+\s+)+")


def fit(utterance: Utterance, settings: MastodonSettings) -> Fit:
    """Count as the server does, with room for the name of the person who is answered."""
    room = ADDRESS_CHARACTERS if utterance.answers or utterance.to else 0
    length, limit = countable(utterance.text) + room, settings.max_characters
    return Fit(length, limit, "characters", problem=_problem(utterance, length - limit))


def _problem(utterance: Utterance, over: int) -> str:
    private = utterance.visibility is Visibility.PRIVATE
    if over > 0:
        return f"This is {over} characters too long for Mastodon."
    if not utterance.text.strip() and not utterance.media:
        return "There is nothing to post."
    if private and not (utterance.answers or utterance.to):
        return "A private message needs somebody to read it."
    if private and (named := mentions(utterance.text)):
        return f"{named[0]} would read this private message too: leave the name out."
    return ""


def post(wire: Wire, utterance: Utterance) -> Posted:
    """Publish or answer; the key is good for an hour, so long the server knows a repetition.

    :raises ChannelError: it does not fit, what it answers is gone, or the server refuses.
    """
    _require(fit(utterance, wire.settings).problem)
    text = _addressee(wire, utterance) + utterance.text
    over = countable(text) - wire.settings.max_characters
    _require(_problem(utterance, over) if over > 0 else "")
    private = utterance.visibility is Visibility.PRIVATE
    status = wire.api.status_post(
        text,
        in_reply_to_id=utterance.answers or None,
        media_ids=_uploaded(wire, utterance.media) or None,
        visibility="direct" if private else "public",
        language=utterance.language.partition("-")[0] or None,
        idempotency_key=hashlib.sha256(utterance.key.encode()).hexdigest(),
    )
    return _posted(status)


def _require(problem: str) -> None:
    if problem:
        raise ChannelError(problem, permanent=True)


def _addressee(wire: Wire, utterance: Utterance) -> str:
    """Return the name that an answer begins with, and a space; nothing for ourselves."""
    if not utterance.answers:
        return f"@{wire.api.account(utterance.to).acct} " if utterance.to else ""
    answered = wire.api.status(utterance.answers)
    if answered.visibility in _PRIVATE and utterance.visibility is Visibility.PUBLIC:
        _require("This was said in private, so the answer must be private too.")
    person = wire.api.account(utterance.to) if utterance.to else answered.account
    return "" if person.id == wire.api.me().id else f"@{person.acct} "


def _uploaded(wire: Wire, media: Iterable[Media]) -> list[str]:
    """Upload pictures; return their ids.  What a lost attempt uploaded the server drops."""
    return [
        str(
            wire.api.media_post(
                one.content, one.media_type, description=one.description, synchronous=True
            ).id
        )
        for one in media
    ]


def edit(wire: Wire, external_id: str, utterance: Utterance) -> Posted:
    """Change a status of ours: it keeps whom it is addressed to, and its pictures if none are new.

    :raises ChannelError: it does not fit, is not there, or is not ours.
    """
    before = wire.api.status(external_id)
    private = before.visibility in _PRIVATE
    text = utterance.text
    if before.in_reply_to_id or private:
        text = _addressed(wire.api.status_source(external_id).text) + text
    stays = Visibility.PRIVATE if private else Visibility.PUBLIC
    changed = replace(utterance, answers=external_id, visibility=stays)
    _require(_problem(changed, countable(text) - wire.settings.max_characters))
    kept = [str(one.id) for one in before.media_attachments]
    status = wire.api.status_update(
        external_id, text, media_ids=_uploaded(wire, utterance.media) or kept or None
    )
    return _posted(status)


def _addressed(text: str) -> str:
    """Return the names that an answer begins with."""
    found = _ADDRESSED.match(text)
    return found[0] if found else ""


def delete(wire: Wire, external_id: str) -> None:
    """Take a status of ours down."""
    wire.api.status_delete(external_id)


def _posted(status: Status) -> Posted:
    return Posted(str(status.id), status.edited_at or status.created_at, status.url or "")
