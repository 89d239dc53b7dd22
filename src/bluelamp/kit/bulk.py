"""Many rows written by one statement.

Django's ``bulk_update`` writes a ``CASE`` branch for each row and column, and its
``bulk_create`` prepares each value by itself; at 500 rows that took most of a
stage's time.  Here the rows travel as one JSON document and PostgreSQL reads it.

For fields whose values JSON can say: numbers, texts, moments, durations, UUIDs,
JSON, bytes, foreign keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, cast

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.utils.duration import duration_iso_string


class _Shape(NamedTuple):
    """How some fields of a model are read from its objects and written as SQL.

    :param columns: their names in the database, the key first.
    :param typed: the same with their types, as a record is described.
    :param values: takes an object's values in that order.
    """

    table: str
    columns: tuple[str, ...]
    typed: str
    values: Any


@cache
def _shape(model: type[models.Model], names: tuple[str, ...]) -> _Shape:
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in names]
    columns = ("id", *(str(one.column) for one in fields))
    types = (f"{_quoted(str(one.column))} {_type(one)}" for one in fields)
    typed = ", ".join(["id bigint", *types])
    table = connection.ops.quote_name(model._meta.db_table)
    return _Shape(table, columns, typed, attrgetter("pk", *(one.attname for one in fields)))


def update(rows: Iterable[models.Model], names: Sequence[str]) -> int:
    """Write these fields of rows of one model; return how many rows were there."""
    given = list(rows)
    if not given:
        return 0
    shape = _shape(type(given[0]), tuple(names))
    sets = ", ".join(f"{one} = v.{one}" for one in map(_quoted, shape.columns[1:]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {shape.table} t SET {sets}"
            f" FROM jsonb_to_recordset(%s::jsonb) AS v({shape.typed}) WHERE t.id = v.id",
            [_document(given, shape)],
        )
        return int(cursor.rowcount)


def insert(rows: Iterable[models.Model], *, known: bool = False) -> int:
    """Write new rows of one model, whose keys are drawn from its sequence first.

    :param known: leave out, without an error, rows that a unique constraint knows;
        they keep their key and are nowhere.
    :return: how many were written.
    """
    given = list(rows)
    if not given:
        return 0
    model = type(given[0])
    names = [one.name for one in model._meta.concrete_fields if not one.primary_key]
    shape = _shape(model, tuple(names))
    columns = ", ".join(map(_quoted, shape.columns))
    with connection.cursor() as cursor:
        _draw_keys(given, cursor)
        cursor.execute(
            f"INSERT INTO {shape.table} ({columns})"
            f" SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS v({shape.typed})"
            + (" ON CONFLICT DO NOTHING" if known else ""),
            [_document(given, shape)],
        )
        return int(cursor.rowcount)


def add(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write new rows that nobody needs as objects; making those took longer than writing.

    :param rows: values by column; a field that a row does not speak of has its default.
    :raises FieldDoesNotExist: no field is kept in a column of that name.
    :return: how many were written.
    """
    given = list(rows)
    if not given:
        return 0
    fields = {str(one.column): one for one in model._meta.concrete_fields if not one.primary_key}
    unknown = given[0].keys() - fields.keys()
    if unknown:
        raise FieldDoesNotExist(f"{model._meta.label} has no columns {sorted(unknown)}")
    usual = {column: one.get_default() for column, one in fields.items()}
    shape = _shape(model, tuple(one.name for one in fields.values()))
    columns = ", ".join(map(_quoted, fields))
    document = _json([{**usual, **row} for row in given])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {shape.table} ({columns})"
            f" SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS v({shape.typed})",
            [document],
        )
        return int(cursor.rowcount)


def _draw_keys(rows: Sequence[models.Model], cursor: Any) -> None:
    table = rows[0]._meta.db_table
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, len(rows)],
    )
    for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
        row.pk = key
        row._state.adding = False
        _follow(row)


def _follow(row: models.Model) -> None:
    """Take over the keys that rows pointed at have got meanwhile, as saving would."""
    for name, pointed in list(row._state.fields_cache.items()):
        if pointed is not None and getattr(row, f"{name}_id", pointed) is None:
            setattr(row, name, pointed)


def _document(rows: Iterable[models.Model], shape: _Shape) -> str:
    columns, values = shape.columns, shape.values
    return _json([dict(zip(columns, values(row), strict=True)) for row in rows])


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows, default=_as_text, option=orjson.OPT_NON_STR_KEYS).decode()


def _as_text(value: Any) -> str:
    """Write what JSON has no words for as PostgreSQL reads it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    return str(value)  # a lazy text, a decimal


def _quoted(column: str) -> str:
    return connection.ops.quote_name(column)


def _type(field: models.Field[Any, Any]) -> str:
    found = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return str(found)
