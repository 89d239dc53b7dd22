from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg import pq
from psycopg.postgres import types

from bluelamp.kit.loading import MomentLoader

pytestmark = pytest.mark.django_db


def read(moment: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        found: datetime = cursor.fetchone()[0]
    return found


@given(st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)))
def test_moments_are_read_as_they_were_written(moment: datetime) -> None:
    found = read(moment.isoformat())
    assert (found, found.isoformat()) == (moment, moment.isoformat())


def test_a_summer_s_moment_is_in_utc_too() -> None:
    assert read("2026-07-01T12:00:00+01:00").isoformat() == "2026-07-01T11:00:00+00:00"


def test_what_no_moment_can_hold_is_an_error_not_another_moment() -> None:
    with pytest.raises(DataError):
        read("infinity")


def test_every_connection_reads_so() -> None:
    connection.ensure_connection()
    adapters = connection.connection.adapters
    assert adapters.get_loader(types["timestamptz"].oid, pq.Format.TEXT) is MomentLoader
