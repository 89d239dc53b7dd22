"""The fast way in: four COPYs, the same for a file, the demo force and the benches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from bluelamp.members import queries, rules
from bluelamp.members.models import Wording
from bluelamp.members.values import Channel, MemberState, NewMember, Purpose, Reach
from bluelamp.org.models import Force

BATCH = 10_000
Row = tuple[Any, ...]

_TABLES = {
    "members_contact": ("id", "force_id", "name", "language", "created_at"),
    "members_contactpoint": (
        "id", "force_id", "contact_id", "channel", "address", "key", "verified_at", "created_at",
    ),
    "members_member": (
        "force_id", "contact_id", "state", "postcode", "longitude", "latitude", "cell", "topics",
        "language", "reach", "email_point_id", "joined_at", "leave_reason", "leave_words",
        "source", "reference",
    ),
    "members_consent": ("force_id", "contact_id", "purpose", "wording_id", "source", "given_at"),
}  # fmt: skip
_TYPES = {
    "members_contact": ("int8", "int8", "text", "text", "timestamptz"),
    "members_contactpoint": (
        "int8", "int8", "int8", "text", "text", "bytea", "timestamptz", "timestamptz",
    ),
    "members_member": (
        "int8", "int8", "text", "text", "float8", "float8", "int8", "int8", "text", "int2",
        "int8", "timestamptz", "text", "text", "text", "text",
    ),
    "members_consent": ("int8", "int8", "text", "int8", "text", "timestamptz"),
}  # fmt: skip


def bulk_create_members(
    force: Force,
    rows: Iterable[NewMember],
    *,
    wording: Wording,
    tracking_wording: Wording | None = None,
    now: datetime,
    advance: Callable[[int], None] = lambda _n: None,
) -> int:
    """Take people in by COPY, each with contact, contact point, membership and consents.

    Runs inside the caller's act.  The caller has seen to it that no address is
    known to the force, doubled or suppressed: the database refuses the first two.

    :param wording: the words of the consent to alerts, where a row names no other.
    :param tracking_wording: those of the consent to tracking, for rows that give it.
    :param advance: told how many rows each batch took in.
    :return: how many were taken in.
    """
    taken = 0
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        tables = _tables(force, batch, wording, tracking_wording, now)
        for table, made in tables.items():
            _copy(table, made)
        taken += len(batch)
        advance(len(batch))
    return taken


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _tables(
    force: Force,
    batch: Sequence[NewMember],
    wording: Wording,
    tracking: Wording | None,
    now: datetime,
) -> dict[str, list[Row]]:
    contacts = _ids("members_contact", len(batch))
    points = _ids("members_contactpoint", len(batch))
    tables: dict[str, list[Row]] = {name: [] for name in _TABLES}
    for person, contact, point in zip(batch, contacts, points, strict=True):
        joined = rules.dated(person.joined_at, now)
        address = rules.normalise_email(person.address)
        key = queries.identity_key(Channel.EMAIL, address.identity)
        tables["members_contact"].append((contact, force.pk, person.name, person.language, now))
        tables["members_contactpoint"].append((
            point, force.pk, contact, "email", address.sending, key,
            joined if person.verified else None, now,
        ))  # fmt: skip
        tables["members_member"].append(_member(force, person, contact, point, joined))
        tables["members_consent"] += _consents(force, person, contact, wording, tracking, joined)
    return tables


def _member(force: Force, person: NewMember, contact: int, point: int, joined: datetime) -> Row:
    reach = Reach.EMAIL
    if person.verified:
        reach |= Reach.EMAIL_VERIFIED
    if person.tracking:
        reach |= Reach.TRACKING
    return (
        force.pk, contact, MemberState.JOINED.value, person.postcode, person.longitude,
        person.latitude, person.cell, person.topics, person.language, int(reach), point, joined,
        "", "", person.source, person.reference,
    )  # fmt: skip


def _consents(
    force: Force,
    person: NewMember,
    contact: int,
    wording: Wording,
    tracking: Wording | None,
    joined: datetime,
) -> list[Row]:
    alerts = person.wording or wording.pk
    rows: list[Row] = [
        (force.pk, contact, Purpose.ALERTS.value, alerts, person.source, joined),
    ]
    if person.tracking and tracking is not None:
        rows.append((force.pk, contact, Purpose.TRACKING.value, tracking.pk, person.source, joined))
    return rows


def _copy(table: str, rows: Sequence[Row]) -> None:
    columns = ", ".join(_TABLES[table])
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(_TYPES[table])
        for row in rows:
            copy.write_row(row)
