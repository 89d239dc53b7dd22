"""Locks on what has no row yet: they are PostgreSQL's advisory ones, and end with the transaction.

The key has two halves: what kind of thing is locked (four letters as a number, so that it can
be read in ``pg_locks``) and which one.  Locks that outlast a transaction are taken on
connections of one's own (:mod:`bluelamp.kit.direct`).
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError


def lock(kind: int, which: int) -> None:
    """Wait until nobody else holds this lock; hold it until the transaction ends.

    :raises TransactionManagementError: there is none, and the lock would be gone at once.
    """
    _take("SELECT pg_advisory_xact_lock(%s, %s)", kind, which)


def lock_if_free(kind: int, which: int) -> bool:
    """Take this lock until the transaction ends unless somebody holds it; say whether it is ours.

    :raises TransactionManagementError: there is none, and the lock would be gone at once.
    """
    return bool(_take("SELECT pg_try_advisory_xact_lock(%s, %s)", kind, which))


def _take(statement: str, kind: int, which: int) -> Any:
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock lasts no longer than its transaction: open one.")
    with connection.cursor() as cursor:
        cursor.execute(statement, [kind, which])
        return cursor.fetchone()[0]
