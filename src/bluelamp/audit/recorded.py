"""The generic trigger: every change of a table becomes entries of the acting act.

A model says ``triggers = recorded()`` in its ``Meta``.  One statement makes one
``INSERT ... SELECT`` over the transition table, so that a COPY of 100,000 rows
costs one pass.  A write outside ``acting`` is refused by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pgtrigger
from django.db import models

_INTO = "INSERT INTO audit_entry (act_id, force_id, op, table_name, row_id, content)"

# a statement that touches no row needs nobody to answer for it
_BEGIN = """IF NOT EXISTS (SELECT FROM {side}_rows) THEN RETURN NULL; END IF;
act := audit_current_act();
"""

_WHOLE = """{into}
SELECT act, (r.j->>'force_id')::bigint, '{op}', TG_TABLE_NAME, r.j->>'id',
       jsonb_build_object('{side}', r.j - {hidden})::text
  FROM (SELECT to_jsonb(x) AS j FROM {side}_rows x) r;
RETURN NULL;"""

_CHANGED = """{into}
SELECT act, (r.n->>'force_id')::bigint, 'U', TG_TABLE_NAME, r.n->>'id', d.content
  FROM (SELECT to_jsonb(o) - {hidden} AS o, to_jsonb(n) - {hidden} AS n
          FROM old_rows o JOIN new_rows n USING (id)) r,
  LATERAL (SELECT jsonb_build_object('old', jsonb_object_agg(k.key, r.o->k.key),
                                     'new', jsonb_object_agg(k.key, k.value))::text AS content
             FROM jsonb_each(r.n) k WHERE r.o->k.key IS DISTINCT FROM k.value) d
 WHERE r.o <> r.n;
RETURN NULL;"""


class Recorded(pgtrigger.Trigger):
    """Writes one entry for each row that a statement touched."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, operation: pgtrigger.Operation, hidden: Sequence[str]) -> None:
        self._hidden = "'{" + ",".join(hidden) + "}'::text[]"
        name = str(operation).lower()
        super().__init__(
            name=f"recorded_{name}",
            operation=operation,
            referencing=_TRANSITIONS[name],
            declare=[("act", "bigint")],
        )

    def get_func(self, model: models.Model) -> str:
        """Return the trigger's body."""
        name = str(self.operation)
        if name == "UPDATE":
            return _BEGIN.format(side="new") + _CHANGED.format(into=_INTO, hidden=self._hidden)
        side = "new" if name == "INSERT" else "old"
        body = _WHOLE.format(into=_INTO, op=name[0], side=side, hidden=self._hidden)
        return _BEGIN.format(side=side) + body


_referencing: Callable[..., Any] = pgtrigger.Referencing
_TRANSITIONS = {
    "insert": _referencing(new="new_rows"),
    "update": _referencing(old="old_rows", new="new_rows"),
    "delete": _referencing(old="old_rows"),
}


def recorded(*, hidden: Sequence[str] = ()) -> list[pgtrigger.Trigger]:
    """Return the three triggers of a table with an ``id`` column.

    :param hidden: columns (secrets, caches) that must never reach the record;
        a change of these alone makes no entry.
    """
    operations = (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
    return [Recorded(operation, hidden) for operation in operations]
