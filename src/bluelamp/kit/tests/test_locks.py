"""A lock keeps others out while its transaction lasts, and no longer."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from bluelamp.kit import direct
from bluelamp.kit.locks import lock, lock_if_free

KIND = 0x74657374
pytestmark = pytest.mark.django_db(transaction=True)


def is_free(which: int) -> bool:
    with direct.connect(name="test") as other:
        row = other.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [KIND, which]).fetchone()
    return bool(row and row[0])


def test_a_lock_is_held_until_the_transaction_ends() -> None:
    with transaction.atomic():
        lock(KIND, 7)
        assert not is_free(7)
        assert is_free(8)
    assert is_free(7)


def test_a_lock_that_would_be_gone_at_once_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        lock(KIND, 7)


def test_a_lock_that_somebody_holds_is_not_waited_for() -> None:
    with direct.connect(name="test") as other:
        other.execute("SELECT pg_advisory_lock(%s, 9)", [KIND])
        with transaction.atomic():
            assert not lock_if_free(KIND, 9)
    with transaction.atomic():
        assert lock_if_free(KIND, 9)
        assert not is_free(9)
    assert is_free(9)
