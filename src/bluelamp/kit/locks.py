"""Locks on what has no row yet: they are PostgreSQL's advisory ones, and end with the transaction.

The key has two halves: what kind of thing is locked (four letters as a number, so that it can
be read in ``pg_locks``) and which one.  Locks that outlast a transaction are taken on
connections of one's own (:mod:`bluelamp.kit.direct`).
"""

from __future__ import annotations

from django.db import connection
from django.db.transaction import TransactionManagementError


def lock(kind: int, which: int) -> None:
    """Wait until nobody else holds this lock; hold it until the transaction ends.

    :raises TransactionManagementError: there is none, and the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock lasts no longer than its transaction: open one.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, which])
