"""What the account says: posts, public answers, direct messages; withdrawals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bluelamp.channels.contract import ChannelError, Fit, Posted, Utterance, Visibility
from bluelamp.channels.counting import graphemes

from .errors import GoneError
from .names import MessageName, Uri, is_record, record_key
from .values import (
    MESSAGE_BYTES,
    MESSAGE_GRAPHEMES,
    PICTURES,
    POST,
    POST_BYTES,
    POST_GRAPHEMES,
)

if TYPE_CHECKING:
    from .wire import Wire

_RECENT = 50
_SAME = timedelta(days=1)


# Fitting --------------------------------------------------------------------


def fit(utterance: Utterance) -> Fit:
    """Count graphemes and bytes, as the lexicons limit both."""
    private = utterance.visibility is Visibility.PRIVATE
    limit = MESSAGE_GRAPHEMES if private else POST_GRAPHEMES
    length = graphemes(utterance.text)
    return Fit(length, limit, "graphemes", problem=_problem(utterance, length - limit))


def _problem(utterance: Utterance, over: int) -> str:
    private = utterance.visibility is Visibility.PRIVATE
    if over > 0:
        return f"This is {over} characters too long for Bluesky."
    if len(utterance.text.encode()) > (MESSAGE_BYTES if private else POST_BYTES):
        return "This has too many combined characters for Bluesky."
    return _private_problem(utterance) if private else _public_problem(utterance)


def _private_problem(utterance: Utterance) -> str:
    if not (utterance.to or utterance.answers):
        return "A private message needs somebody to read it."
    if utterance.media:
        return "A direct message on Bluesky carries no pictures."
    return "" if utterance.text.strip() else "There is nothing to send."


def _public_problem(utterance: Utterance) -> str:
    if utterance.answers and not is_record(utterance.answers):
        return "This was said in private, so the answer must be private too."
    if len(utterance.media) > PICTURES:
        return f"A post on Bluesky carries {PICTURES} pictures at most."
    return "" if utterance.text.strip() or utterance.media else "There is nothing to post."


# Saying ---------------------------------------------------------------------


def post(wire: Wire, utterance: Utterance) -> Posted:
    """Publish, answer, or send a direct message; once for a key.

    :raises ChannelError: it does not fit, what it answers is gone, or the service refuses.
    """
    problem = fit(utterance).problem
    if problem:
        raise ChannelError(problem, permanent=True)
    private = utterance.visibility is Visibility.PRIVATE
    return _send(wire, utterance) if private else _publish(wire, utterance)


def _publish(wire: Wire, utterance: Utterance) -> Posted:
    """Make the record under a key of its own: whatever is answered, it is there or it is not."""
    place = Uri(wire.did, POST, record_key(utterance.key))
    try:
        record = _record(wire, utterance)
        wire.tell("com.atproto.repo.createRecord", {
            "repo": wire.did, "collection": POST, "rkey": place.rkey, "record": record,
        })  # fmt: skip
    except ChannelError as error:
        return _found(wire, place, error)
    return Posted(str(place), datetime.fromisoformat(record["createdAt"]), place.page)


def _found(wire: Wire, place: Uri, error: ChannelError) -> Posted:
    """Return the post if an earlier attempt made it.

    :raises ChannelError: the reason why this attempt did not, if it is not there.
    """
    try:
        record = _get(wire, place)
    except ChannelError:
        raise error from None
    return Posted(str(place), datetime.fromisoformat(record["createdAt"]), place.page)


def _get(wire: Wire, place: Uri) -> dict[str, Any]:
    record: dict[str, Any] = wire.ask(
        "com.atproto.repo.getRecord", repo=place.did, collection=place.collection, rkey=place.rkey
    )["value"]
    return record


def _record(wire: Wire, utterance: Utterance) -> dict[str, Any]:
    from .facets import facets

    record: dict[str, Any] = {
        "$type": POST,
        "text": utterance.text,
        "createdAt": wire.now.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    if utterance.language:
        record["langs"] = [utterance.language]
    if found := facets(wire, utterance.text):
        record["facets"] = found
    if utterance.answers:
        record["reply"] = _reply(wire, utterance.answers)
    if utterance.media:
        record["embed"] = _pictures(wire, utterance)
    return record


def _reply(wire: Wire, answered: str) -> dict[str, Any]:
    """Return references to what is answered and to what its thread began with.

    :raises GoneError: it is no longer there.
    """
    posts = wire.ask("app.bsky.feed.getPosts", uris=[answered])["posts"]
    if not posts:
        raise GoneError
    parent = {"uri": posts[0]["uri"], "cid": posts[0]["cid"]}
    return {"root": posts[0]["record"].get("reply", {}).get("root", parent), "parent": parent}


def _pictures(wire: Wire, utterance: Utterance) -> dict[str, Any]:
    images = [
        {"alt": one.description, "image": wire.upload(one.content, one.media_type)}
        for one in utterance.media
    ]
    return {"$type": "app.bsky.embed.images", "images": images}


# Direct messages ------------------------------------------------------------


def _send(wire: Wire, utterance: Utterance) -> Posted:
    """Send a direct message.

    The chat knows no keys.  So the conversation is looked at first: the same words of
    ours, of the last day and answered by nobody, are this message, sent before.
    """
    conversation = _conversation(wire, utterance)
    sent = _sent_before(wire, conversation, utterance.text)
    if sent is None:
        sent = _tell(wire, conversation, utterance)
    name = MessageName(conversation, sent["id"])
    return Posted(str(name), datetime.fromisoformat(sent["sentAt"]), name.page)


def _tell(wire: Wire, conversation: str, utterance: Utterance) -> dict[str, Any]:
    from .facets import facets

    message: dict[str, Any] = {"text": utterance.text}
    if found := facets(wire, utterance.text):
        message["facets"] = found
    content = {"convoId": conversation, "message": message}
    try:
        return wire.tell("chat.bsky.convo.sendMessage", content, chat=True)
    except ChannelError as error:
        sent = None if error.permanent else _sent_before(wire, conversation, utterance.text)
        if sent is None:
            raise
        return sent


def _conversation(wire: Wire, utterance: Utterance) -> str:
    """Return the id of the conversation with the person who is written to."""
    to = utterance.to
    if not to:
        answered = utterance.answers
        to = Uri.read(answered).did if is_record(answered) else MessageName.read(answered)[0]
    if not to.startswith("did:"):
        return to
    answer = wire.ask("chat.bsky.convo.getConvoForMembers", chat=True, members=[to])
    return str(answer["convo"]["id"])


def _sent_before(wire: Wire, conversation: str, text: str) -> dict[str, Any] | None:
    """Return our message of these words that stands unanswered at the conversation's end."""
    answer = wire.ask("chat.bsky.convo.getMessages", chat=True, convoId=conversation, limit=_RECENT)
    for message in answer["messages"]:  # newest first
        if message.get("sender", {}).get("did") != wire.did:
            return None
        young = datetime.fromisoformat(message["sentAt"]) > wire.now - _SAME
        if young and message.get("text") == text:
            found: dict[str, Any] = message
            return found
    return None


# Looking and withdrawing ----------------------------------------------------


def lookup(wire: Wire, keys: Collection[str]) -> frozenset[str]:
    """Return those utterances' keys under which there is a post.

    :raises ChannelError: the service cannot be reached.
    """
    return frozenset(key for key in keys if _is_there(wire, key))


def _is_there(wire: Wire, key: str) -> bool:
    try:
        _get(wire, Uri(wire.did, POST, record_key(key)))
    except GoneError:
        return False
    return True


def delete(wire: Wire, external_id: str) -> None:
    """Take a post of ours down; the service does not mind if it is gone.

    :raises ChannelError: it is not ours, or a message: the other person keeps those.
    """
    if not is_record(external_id):
        raise ChannelError("A direct message on Bluesky cannot be taken back.", permanent=True)
    place = Uri.read(external_id)
    if place.did != wire.did:
        raise ChannelError("This post is another account's.", permanent=True)
    wire.tell("com.atproto.repo.deleteRecord", {
        "repo": place.did, "collection": place.collection, "rkey": place.rkey,
    })  # fmt: skip
