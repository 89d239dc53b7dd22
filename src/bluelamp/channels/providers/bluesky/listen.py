"""What is said to the account: notifications and direct messages since a cursor.

Notifications come newest first, listed under the earlier of two times: when the
AppView saw a post and when its author's machine says it was written.  So a poll reads
down to an hour before the newest that was brought before, and once an hour to three
days before it.  Where a thousand do not reach that far, the next poll goes on below.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bluelamp.channels.contract import Polled, RawInbound

from .errors import GoneError
from .names import MessageName, Uri, is_post
from .read import AGAIN, CONVERSATION, GONE, HANDLE, NAME, REACH, SELF, SELF_HANDLE
from .values import BATCH, DEEP, KINDS, OVERLAP, PAGE, PAGES

if TYPE_CHECKING:
    from .wire import Wire

_PROVIDER = "bluesky"


@dataclass(frozen=True, slots=True)
class Place:
    """How far an account has been read; times are those of the platform, ISO 8601."""

    since: str
    """The newest notification brought."""
    deep: str
    """When it was last read three days back, by our clock."""
    log: str = ""
    """Revision of the chat's log; empty: from its beginning."""
    page: str = ""
    """Where a reading that is not at its end goes on, and"""
    top: str = ""
    """what it began with."""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Return the place that a cursor names."""
        return cls(**json.loads(cursor))

    def cursor(self) -> str:
        """Write the place down."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    def floor(self, now: datetime) -> datetime:
        """Return how far down to read."""
        back = DEEP if self.is_due(now) else OVERLAP
        return datetime.fromisoformat(self.since) - back

    def is_due(self, now: datetime) -> bool:
        """Say whether it is time to read deep."""
        return now - datetime.fromisoformat(self.deep) >= OVERLAP


def poll(wire: Wire, cursor: str) -> Polled:
    """Bring what was said since ``cursor``, oldest first.

    :raises ChannelError: the service cannot be reached or refuses us.
    """
    if not cursor:
        return Polled((), _beginning(wire).cursor())
    rows, place = _notifications(wire, Place.read(cursor))
    logs, place, more = _messages(wire, place)
    raws = [*_raw_rows(wire, rows), *_raw_messages(wire, logs)]
    return Polled(tuple(raws), place.cursor(), bool(place.page) or more)


def _beginning(wire: Wire) -> Place:
    newest = _page(wire, "", 1)["notifications"]
    now = wire.now.isoformat()
    log = ""
    if wire.settings.direct_messages:
        talks = wire.ask("chat.bsky.convo.listConvos", chat=True, limit=1)["convos"]
        log = talks[0]["rev"] if talks else ""
    return Place(newest[0]["indexedAt"] if newest else now, now, log)


# Notifications --------------------------------------------------------------


def _page(wire: Wire, cursor: str, limit: int) -> dict[str, Any]:
    further: dict[str, Any] = {"cursor": cursor} if cursor else {}
    return wire.ask(
        "app.bsky.notification.listNotifications", limit=limit, reasons=list(KINDS), **further
    )


def _notifications(wire: Wire, place: Place) -> tuple[list[dict[str, Any]], Place]:
    """Return rows, oldest first, and the place behind them."""
    floor, rows, page = place.floor(wire.now), [], place.page
    for _ in range(PAGES):
        answer = _page(wire, page, PAGE)
        found = answer["notifications"]
        rows += [row for row in found if datetime.fromisoformat(row["indexedAt"]) > floor]
        reached = not found or not rows or rows[-1] is not found[-1]
        page = "" if reached else answer.get("cursor", "")
        if not page:
            break
    top = place.top or (rows[0]["indexedAt"] if rows else place.since)
    if page:
        return rows[::-1], replace(place, page=page, top=top)
    deep = wire.now.isoformat() if place.is_due(wire.now) else place.deep
    since = max(top, place.since, key=datetime.fromisoformat)
    return rows[::-1], replace(place, since=since, deep=deep, page="", top="")


def _raw_rows(wire: Wire, rows: Sequence[dict[str, Any]]) -> Iterator[RawInbound]:
    profiles = _profiles(wire, (row["author"]["did"] for row in rows))
    for row in rows:
        yield _raw(wire, _version(row), row, _about(wire, profiles.get(row["author"]["did"], {})))


def _version(record: dict[str, Any]) -> str:
    """Return what names this version of a record."""
    return f"{record['uri']}@{record['cid']}"


def _profiles(wire: Wire, dids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return who these are: a notification lacks their followers, a message even their names."""
    wanted = sorted(set(dids))
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), BATCH):
        answer = wire.ask("app.bsky.actor.getProfiles", actors=wanted[start : start + BATCH])
        found |= {profile["did"]: profile for profile in answer["profiles"]}
    return found


def _about(wire: Wire, profile: dict[str, Any]) -> dict[str, str]:
    return {
        SELF: wire.did,
        SELF_HANDLE: wire.handle,
        HANDLE: profile.get("handle", ""),
        NAME: profile.get("displayName", ""),
        REACH: str(profile.get("followersCount", 0)),
    }


def _raw(wire: Wire, name: str, content: Any, meta: dict[str, str]) -> RawInbound:
    payload = json.dumps(content, ensure_ascii=False).encode()
    return RawInbound(_PROVIDER, name, wire.now, payload, meta)


# Direct messages ------------------------------------------------------------


def _messages(wire: Wire, place: Place) -> tuple[list[dict[str, Any]], Place, bool]:
    """Return messages of others, oldest first, the place behind them, and whether more wait."""
    if not wire.settings.direct_messages:
        return [], place, False
    further: dict[str, Any] = {"cursor": place.log} if place.log else {}
    answer = wire.ask("chat.bsky.convo.getLog", chat=True, **further)
    logs = answer["logs"]
    reached = max([place.log, answer.get("cursor", ""), *(log["rev"] for log in logs)])
    said = [log for log in logs if _is_said(log, wire.did)]
    return said, replace(place, log=reached), bool(logs) and reached != place.log


def _is_said(log: dict[str, Any], ours: str) -> bool:
    made = log.get("$type") == "chat.bsky.convo.defs#logCreateMessage"
    sender = log.get("message", {}).get("sender", {}).get("did")
    return made and sender not in (None, ours)


def _raw_messages(wire: Wire, logs: Sequence[dict[str, Any]]) -> Iterator[RawInbound]:
    profiles = _profiles(wire, (log["message"]["sender"]["did"] for log in logs))
    for log in logs:
        message = log["message"]
        meta = _about(wire, profiles.get(message["sender"]["did"], {}))
        name = MessageName(log["convoId"], message["id"])
        yield _raw(wire, str(name), log, meta | {CONVERSATION: log["convoId"]})


# Looking again --------------------------------------------------------------


def revisit(wire: Wire, external_ids: Collection[str]) -> tuple[RawInbound, ...]:
    """Bring posts as they now stand, and the service's word for those that are gone.

    :raises ChannelError: the service cannot be reached or refuses us.
    """
    wanted = [one for one in external_ids if is_post(one)]
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), BATCH):
        posts = wire.ask("app.bsky.feed.getPosts", uris=wanted[start : start + BATCH])["posts"]
        found |= {post["uri"]: post for post in posts}
    profiles = _profiles(wire, (post["author"]["did"] for post in found.values()))
    here = [
        _raw(wire, _version(post), post,
             _about(wire, profiles.get(post["author"]["did"], {})) | {AGAIN: "yes"})
        for post in found.values()
    ]  # fmt: skip
    gone = (_gone(wire, one) for one in wanted if one not in found)
    return (*here, *(raw for raw in gone if raw is not None))


def _gone(wire: Wire, uri: str) -> RawInbound | None:
    """Ask for a record that the AppView does not show; a block alone hides it too."""
    place = Uri.read(uri)
    try:
        wire.ask(
            "com.atproto.repo.getRecord",
            repo=place.did, collection=place.collection, rkey=place.rkey,
        )  # fmt: skip
    except GoneError as error:
        return _raw(wire, f"{uri}@gone", error.body, {GONE: uri, SELF: wire.did})
    return None
