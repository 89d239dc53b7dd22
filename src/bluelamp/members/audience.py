"""Who a message is for: an audience definition counted, listed and put into words.

The ground gives cells.  Cells that lie on it entirely are counted by ranges of
one covering index, without touching a row; of the cells at its edge, places and
ids come back as arrays and are asked of the exact boundary.  See ADR 0005.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray
from psycopg.pq.abc import PGresult

from bluelamp.kit import clock
from bluelamp.members import labels, rules
from bluelamp.members.errors import AudienceError
from bluelamp.members.models import Topic
from bluelamp.members.values import Audience, AudienceCount, Channel, Reach
from bluelamp.org.models import Force
from bluelamp.places import queries as places
from bluelamp.places.ground import Ground
from bluelamp.places.models import Area

CHUNK = 5_000
Params = dict[str, Any]
_LOCAL = ZoneInfo("Europe/London")
_DAY = "j F Y"


@dataclass(frozen=True, slots=True)
class _Question:
    """An audience as SQL: conditions on the member ``m``, their values, and the ground.

    ``ground`` is ``None`` for the whole force.  With ``match="any"`` a member
    off the ground fits by topic alone: ``elsewhere`` is the condition for it.
    """

    where: str
    values: Params
    ground: Ground | None
    on_ground: str = "true"
    elsewhere: str = ""


def _day(day: date) -> datetime:
    """Return the first moment of a day as the force's clocks show it."""
    return datetime.combine(day, time(), tzinfo=_LOCAL)


def _ask(force: Force, audience: Audience, now: datetime) -> _Question:
    values: Params = {"force": force.pk, "now": now}
    where = ["m.force_id = %(force)s", "m.state = 'joined'"]
    if audience.languages:
        where.append("m.language = ANY(%(languages)s)")
        values["languages"] = list(audience.languages)
    if audience.joined_after:
        where.append("m.joined_at >= %(after)s")
        values["after"] = _day(audience.joined_after)
    if audience.joined_before:
        where.append("m.joined_at < %(before)s")
        values["before"] = _day(audience.joined_before)
    return _with_ground_and_topics(force, audience, " AND ".join(where), values)


def _with_ground_and_topics(
    force: Force, audience: Audience, where: str, values: Params
) -> _Question:
    ground = _ground(force, audience)
    if not audience.topics:
        # 'any' of the ground alone is the ground
        return _Question(where, values, ground)
    values["topics"] = _mask(force, audience.topics)
    fits = "m.topics & %(topics)s <> 0"
    if audience.match == "any" and ground is not None:
        return _Question(where, values, ground, "m.topics & %(topics)s = 0", fits)
    return _Question(f"{where} AND {fits}", values, ground)


def _ground(force: Force, audience: Audience) -> Ground | None:
    if not (audience.areas or audience.shapes or audience.circles):
        return None
    return places.ground_of(
        force, areas=audience.areas, shapes=audience.shapes, circles=audience.circles
    )


def _mask(force: Force, ids: tuple[int, ...]) -> int:
    bits = list(Topic.objects.filter(force=force, pk__in=ids).values_list("bit", flat=True))
    if len(bits) != len(set(ids)):
        raise AudienceError(_("The audience names a topic that this force does not have."))
    return rules.topic_mask(bits)


def _reached(audience: Audience, channel: str) -> str:
    """Return the condition of being sent anything now: agreed, not suppressed, not paused."""
    if channel != Channel.EMAIL:
        return "false"  # the row knows of no other way to reach a member yet
    want = {True: 3, False: 1, None: 1}[audience.verified]
    mask = int(Reach.EMAIL) if audience.verified is None else 3
    paused = "(m.paused_until IS NULL OR m.paused_until <= %(now)s)"
    return f"m.reach & {mask} = {want} AND {paused}"


# Fetching -------------------------------------------------------------------

_IN_RANGES = """
SELECT {outer} FROM unnest(%({ground}_first)s::bigint[], %({ground}_last)s::bigint[])
       AS r(first, last)
 CROSS JOIN LATERAL (
    SELECT {inner} FROM members_member m
     WHERE {where} AND m.cell BETWEEN r.first AND r.last OFFSET 0) c
"""
"""One descent of the index a range; ``OFFSET 0`` keeps the planner from joining otherwise
(it takes a range of unknown ends for half a per cent of the table, and would read it all)."""


def _in_ranges(ground: str, outer: str, inner: str, where: str) -> str:
    return _IN_RANGES.format(ground=ground, outer=outer, inner=inner, where=where)


def _ranged(values: Params, ground: Ground) -> Params:
    """Return the values with the ranges of the ground's whole and edge cells."""
    ranged = dict(values)
    for name, cells in (("whole", ground.whole), ("edge", ground.edge)):
        first, last = rules.ranges(cells)
        ranged |= {f"{name}_first": first.tolist(), f"{name}_last": last.tolist()}
    return ranged


def _row(sql: str, values: Params) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _arrays(sql: str, values: Params) -> list[list[bytes]]:
    """Return rows of arrays of 8-byte values as PostgreSQL sends them, unparsed."""
    connection.ensure_connection()
    # Django's own cursors bind on the client's side, which knows no binary results
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, binary=True, prepare=False)
        result = cast("PGresult", cursor.pgresult)
        return [
            [result.get_value(row, column) or b"" for column in range(result.nfields)]
            for row in range(result.ntuples)
        ]


def _unpack(raw: bytes, kind: str) -> NDArray[Any]:
    """Read a one-dimensional array without nulls from PostgreSQL's binary form.

    Header: dimensions, flags, element type, length, lower bound (4 bytes each);
    then for each element its length (4 bytes) and its 8 bytes, all big-endian.
    """
    if len(raw) <= 12:
        return np.empty(0, dtype=kind)
    packed = np.frombuffer(raw, dtype=[("length", ">i4"), ("value", f">{kind}")], offset=20)
    return packed["value"].astype(kind)


# Counting -------------------------------------------------------------------

_TALLY = "count(*) AS n"
_SUM = "coalesce(sum(n), 0)::bigint"


def count(
    force: Force,
    audience: Audience,
    channel: str = Channel.EMAIL,
    *,
    reasons: bool = False,
    now: datetime | None = None,
) -> AudienceCount:
    """Count the contact points that an audience reaches now.

    :param reasons: count also those who fit and are not reached, and why.
    :raises AudienceError: it names a topic that the force does not have.
    """
    question = _ask(force, audience, now or clock.now())
    reached = _reached(audience, channel)
    total = _count(question, reached)
    if not reasons:
        return AudienceCount(total)
    everyone = _count(question, "true")
    paused = _count(question, "m.paused_until > %(now)s AND m.reach & 1 = 1")
    unverified = _count(question, "m.reach & 3 = 1 AND coalesce(m.paused_until <= %(now)s, true)")
    left_out = {"paused": paused, "not_verified": unverified if audience.verified else 0}
    left_out["not_allowed"] = max(0, everyone - total - sum(left_out.values()))
    return AudienceCount(total, left_out)


def _count(question: _Question, extra: str) -> int:
    where = f"{question.where} AND {extra}"
    if question.ground is None:
        return _count_all(where, question.values)
    total = _count_on(question.ground, f"{where} AND {question.on_ground}", question.values)
    if question.elsewhere:
        total += _count_all(f"{where} AND {question.elsewhere}", question.values)
    return total


def _count_all(where: str, values: Params) -> int:
    return int(_row(f"SELECT count(*) FROM members_member m WHERE {where}", values)[0])


def _count_on(ground: Ground, where: str, values: Params) -> int:
    """Count in one statement: whole cells by the database, the edge's places brought here."""
    inside = _in_ranges("whole", _SUM, _TALLY, where)
    edge = _in_ranges(
        "edge", "array_agg(x), array_agg(y)", f"{_COLUMNS['x']}, {_COLUMNS['y']}", where
    )
    sql = f"SELECT ({inside}), e.* FROM ({edge}) e"
    whole, *places = _arrays(sql, _ranged(values, ground))[0]
    x, y = (_unpack(raw, "f8") for raw in places)
    return int.from_bytes(whole, "big") + int(np.count_nonzero(ground.contains(x, y)))


_COLUMNS = {"x": "m.longitude AS x", "y": "m.latitude AS y", "p": "m.email_point_id AS p"}


def _edge_points(ground: Ground, where: str, values: Params) -> NDArray[np.int64]:
    """Return the contact points in the edge cells that are on the ground."""
    outer = ", ".join(f"array_agg({name})" for name in _COLUMNS)
    sql = _in_ranges("edge", outer, ", ".join(_COLUMNS.values()), where)
    row = _arrays(sql, _ranged(values, ground))[0]
    x, y, points = (_unpack(raw, kind) for raw, kind in zip(row, ("f8", "f8", "i8"), strict=True))
    return np.asarray(points[ground.contains(x, y)])


# Listing --------------------------------------------------------------------


def contact_points(
    force: Force,
    audience: Audience,
    channel: str = Channel.EMAIL,
    *,
    size: int = CHUNK,
    now: datetime | None = None,
) -> Iterator[list[int]]:
    """Yield the ids of the contact points that an audience reaches now, ascending, by chunks."""
    points = all_points(force, audience, channel, now=now)
    for start in range(0, len(points), size):
        yield points[start : start + size].tolist()


def all_points(
    force: Force, audience: Audience, channel: str = Channel.EMAIL, *, now: datetime | None = None
) -> NDArray[np.int64]:
    """Return the ids of the contact points reached, ascending: 8 MB for a million."""
    question = _ask(force, audience, now or clock.now())
    where = f"{question.where} AND {_reached(audience, channel)}"
    if question.ground is None:
        return np.unique(_points_all(where, question.values))
    found = _points_on(question.ground, f"{where} AND {question.on_ground}", question.values)
    if question.elsewhere:
        found += [_points_all(f"{where} AND {question.elsewhere}", question.values)]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found]))


def _points_all(where: str, values: Params) -> NDArray[np.int64]:
    sql = f"SELECT array_agg(m.email_point_id) FROM members_member m WHERE {where}"
    return _unpack(_arrays(sql, values)[0][0], "i8")


def _points_on(ground: Ground, where: str, values: Params) -> list[NDArray[np.int64]]:
    sql = _in_ranges("whole", "array_agg(p)", _COLUMNS["p"], where)
    whole = _unpack(_arrays(sql, _ranged(values, ground))[0][0], "i8")
    return [whole, _edge_points(ground, where, values)]


def audience_sql(
    force: Force, audience: Audience, channel: str = Channel.EMAIL, *, now: datetime | None = None
) -> tuple[str, Params]:
    """Return a query for the ids of the contact points reached, and its values.

    One column, each id once, in no order; for ``INSERT … SELECT``.  What lies at
    the edge of the ground is decided here, and its ids are among the values.
    """
    question = _ask(force, audience, now or clock.now())
    where = f"{question.where} AND {_reached(audience, channel)}"
    everyone = f"SELECT m.email_point_id FROM members_member m WHERE {where}"
    if question.ground is None:
        return everyone, question.values
    here = f"{where} AND {question.on_ground}"
    values = _ranged(question.values, question.ground)
    values["edge"] = _edge_points(question.ground, here, question.values).tolist()
    whole = _in_ranges("whole", "p", _COLUMNS["p"], here)
    parts = [whole, "SELECT unnest(%(edge)s::bigint[])"]
    if question.elsewhere:
        parts.append(f"{everyone} AND {question.elsewhere}")
    return " UNION ALL ".join(parts), values


# Words ----------------------------------------------------------------------


def explain(force: Force, audience: Audience) -> str:
    """Say in a sentence whom an audience is for."""
    ground, wishes = _ground_words(force, audience), _topic_words(force, audience)
    if ground and wishes:
        link = _("%(ground)s who want news of %(topics)s")
        if audience.match == "any":
            link = _("%(ground)s, and everyone who wants news of %(topics)s")
        words = link % {"ground": ground, "topics": wishes}
    elif wishes:
        words = _("Members anywhere who want news of %(topics)s") % {"topics": wishes}
    else:
        words = ground or _("All members")
    return "; ".join([words, *_other_words(audience)]) + "."


def _ground_words(force: Force, audience: Audience) -> str:
    named = Area.objects.filter(force=force, pk__in=audience.areas).order_by("name")
    parts = list(named.values_list("name", flat=True))
    if audience.shapes:
        drawn = len(audience.shapes)
        parts.append(ngettext("a drawn area", "%(n)s drawn areas", drawn) % {"n": drawn})
    around = _("%(metres)s metres around a point")
    parts += [around % {"metres": f"{circle.metres:,.0f}"} for circle in audience.circles]
    return _("Members in %(ground)s") % {"ground": _joined(parts, _("or"))} if parts else ""


def _topic_words(force: Force, audience: Audience) -> str:
    named = Topic.objects.filter(force=force, pk__in=audience.topics)
    return _joined([topic.name.lower() for topic in named], _("or"))


def _other_words(audience: Audience) -> list[str]:
    words = []
    if audience.languages:
        words.append(
            _("reading %(languages)s") % {"languages": _joined(_language_names(audience), _("or"))}
        )
    if audience.joined_after:
        words.append(
            _("joined on or after %(day)s") % {"day": date_format(audience.joined_after, _DAY)}
        )
    if audience.joined_before:
        words.append(
            _("joined before %(day)s") % {"day": date_format(audience.joined_before, _DAY)}
        )
    if audience.verified is False:
        words.append(_("address not confirmed"))
    elif audience.verified is None:
        words.append(_("address confirmed or not"))
    return words


def _language_names(audience: Audience) -> list[str]:
    return [str(labels.LANGUAGES.get(code, code)) for code in audience.languages]


def _joined(parts: list[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
