"""Many rows written by one statement.

Django's ``bulk_update`` writes a ``CASE`` branch for each row and column, and its
``bulk_create`` prepares each value by itself; at 500 rows that took most of a
stage's time.  Here the rows travel as one JSON document and PostgreSQL reads it.

For fields whose values JSON can say: numbers, texts, moments, durations, UUIDs,
JSON, foreign keys; not for binary ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

Fields = Sequence["models.Field[Any, Any]"]


class _Encoder(DjangoJSONEncoder):
    """Moments to the microsecond: Django's own is cut to milliseconds."""

    def default(self, o: Any) -> Any:
        """Write a moment as PostgreSQL reads it."""
        return o.isoformat() if isinstance(o, datetime | date) else super().default(o)


def update(rows: Iterable[models.Model], names: Sequence[str]) -> int:
    """Write these fields of rows of one model; return how many rows were there."""
    given = list(rows)
    if not given:
        return 0
    fields = [_field(given[0], name) for name in names]
    sets = ", ".join(f"{_quoted(one)} = v.{_quoted(one)}" for one in fields)
    table = connection.ops.quote_name(given[0]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {sets}"
            f" FROM jsonb_to_recordset(%s::jsonb) AS v({_typed(fields)}) WHERE t.id = v.id",
            [_document(given, fields)],
        )
        return int(cursor.rowcount)


def insert(rows: Iterable[models.Model]) -> None:
    """Write new rows of one model, whose keys are drawn from its sequence first."""
    given = list(rows)
    if not given:
        return
    meta = given[0]._meta
    fields = [one for one in meta.concrete_fields if not one.primary_key]
    columns = ", ".join(map(_quoted, fields))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [meta.db_table, len(given)],
        )
        for row, (key,) in zip(given, cursor.fetchall(), strict=True):
            row.pk = key
            _follow(row)
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} (id, {columns})"
            f" SELECT id, {columns} FROM jsonb_to_recordset(%s::jsonb) AS v({_typed(fields)})",
            [_document(given, fields)],
        )
    for row in given:
        row._state.adding = False


def _follow(row: models.Model) -> None:
    """Take over the keys that rows pointed at have got meanwhile, as saving would."""
    for field in row._meta.concrete_fields:
        pointed = row._state.fields_cache.get(field.name)
        if pointed is not None and getattr(row, field.attname) is None:
            setattr(row, field.name, pointed)


def _field(row: models.Model, name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", row._meta.get_field(name))


def _document(rows: Iterable[models.Model], fields: Fields) -> str:
    data = [
        {"id": row.pk} | {str(one.column): getattr(row, one.attname) for one in fields}
        for row in rows
    ]
    return json.dumps(data, cls=_Encoder)


def _typed(fields: Fields) -> str:
    return ", ".join(["id bigint", *(f"{_quoted(one)} {_type(one)}" for one in fields)])


def _quoted(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _type(field: models.Field[Any, Any]) -> str:
    found = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return str(found)
