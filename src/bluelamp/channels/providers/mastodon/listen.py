"""What is said to the account: notifications since a cursor, and what became of them.

A cursor is ``settled`` or ``settled/reached``, ids of notifications.  The server
numbers them before they become visible, so that a younger one may be seen first:
what is younger than :data:`OVERLAP` is asked for again by the next poll.  While
more is waiting the next poll goes on from ``reached``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mastodon.errors import MastodonNotFoundError

from bluelamp.channels.contract import Polled, RawInbound

from .read import GONE, HOST, ROOT, SELF, boost_id, version_id
from .values import BATCH, KINDS, OVERLAP, PAGE, ROOTS
from .wire import Wire

_NAME = "mastodon"


class Place(NamedTuple):
    """How far an account has been read."""

    settled: str
    """Everything up to this one has been brought, and nothing older can appear."""
    reached: str
    """Everything up to this one has been brought."""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Return the place that a cursor names."""
        settled, _, reached = cursor.partition("/")
        return cls(settled, reached or settled)

    def after(self, rows: Sequence[dict[str, Any]], now: datetime) -> Place:
        """Return the place behind ``rows``, oldest first."""
        old = [row for row in rows if datetime.fromisoformat(row["created_at"]) <= now - OVERLAP]
        settled = str(old[-1]["id"]) if old else self.settled
        return Place(settled, str(rows[-1]["id"]) if rows else self.reached)

    def cursor(self, *, more: bool) -> str:
        """Write the place down."""
        return f"{self.settled}/{self.reached}" if more else self.settled


def poll(wire: Wire, cursor: str, now: datetime) -> Polled:
    """Bring a page of what was said since ``cursor``, oldest first.

    :raises ChannelError: the server cannot be reached or refuses us.
    """
    if not cursor:
        newest = _notifications(wire, limit=1)
        return Polled((), str(newest[0]["id"]) if newest else "0")
    place = Place.read(cursor)
    page = _notifications(wire, min_id=place.reached, limit=PAGE)[::-1]
    more = len(page) == PAGE
    raws = tuple(_raws(wire, page, now))
    return Polled(raws, place.after(page, now).cursor(more=more), more)


def _notifications(wire: Wire, **parameters: Any) -> list[dict[str, Any]]:
    """Return notifications as the server gives them, newest first.

    Filtered ones belong to it: by default a server sets aside private mentions from
    people whom the account does not follow, which is everybody who asks the police.
    """
    wire.session.params = {"include_filtered": "true"}
    try:
        wire.api.notifications(types=list(KINDS), **parameters)
    finally:
        wire.session.params = {}
    found: list[dict[str, Any]] = wire.said()
    return found


def _raws(wire: Wire, page: Sequence[dict[str, Any]], now: datetime) -> Iterator[RawInbound]:
    told = [row for row in page if row.get("status")]
    if not told:
        return
    about = _ourselves(wire)
    roots = _Roots(wire)
    for row in told:
        status = row["status"]
        boost = row["type"] == "reblog"
        name = boost_id(row) if boost else version_id(status)
        root = "" if boost else roots.of(status)
        yield _raw(name, row, about | ({ROOT: root} if root else {}), now)


def _ourselves(wire: Wire) -> dict[str, str]:
    return {SELF: str(wire.api.me().id), HOST: wire.settings.host}


def _raw(name: str, content: Any, meta: dict[str, str], now: datetime) -> RawInbound:
    payload = json.dumps(content, ensure_ascii=False).encode()
    return RawInbound(_NAME, name, now, payload, meta)


class _Roots:
    """Where threads begin, asked for once each and not without end."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[str, str] = {}

    def of(self, status: dict[str, Any]) -> str:
        """Return the id of the status that began the thread; empty if it was not learnt."""
        parent = status.get("in_reply_to_id")
        if not parent:
            return ""
        if parent not in self._known and len(self._known) < ROOTS:
            self._known[parent] = self._ask(str(status["id"]))
        return self._known.get(parent, "")

    def _ask(self, status_id: str) -> str:
        try:
            self._wire.api.status_context(status_id)
        except MastodonNotFoundError:
            return ""
        before = self._wire.said()["ancestors"]
        return str(before[0]["id"]) if before else ""


def revisit(wire: Wire, external_ids: Collection[str], now: datetime) -> tuple[RawInbound, ...]:
    """Bring statuses as they now stand, and the server's word for those that are gone.

    :raises ChannelError: the server cannot be reached or refuses us.
    """
    wanted = [one for one in external_ids if one.isalnum()]  # a boost has no status of its own
    if not wanted:
        return ()
    about = _ourselves(wire)
    found = _still_there(wire, wanted)
    here = [_raw(version_id(status), status, about, now) for status in found.values()]
    missing = (_look(wire, one, about, now) for one in wanted if one not in found)
    return (*here, *missing)


def _still_there(wire: Wire, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return statuses by id; servers before 4.3 know no such question and give none."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), BATCH):
        try:
            wire.api.statuses(list(wanted[start : start + BATCH]))
        except MastodonNotFoundError:
            return found
        found |= {str(status["id"]): status for status in wire.said()}
    return found


def _look(wire: Wire, status_id: str, about: dict[str, str], now: datetime) -> RawInbound:
    """Ask for one status alone: only a 404 of its own says that it is gone."""
    try:
        wire.api.status(status_id)
    except MastodonNotFoundError:
        return _raw(f"{status_id}@gone", wire.said(), about | {GONE: status_id}, now)
    status = wire.said()
    return _raw(version_id(status), status, about, now)
