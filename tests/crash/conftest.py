"""A server of their own for crash tests, which kill it, and a migrated database for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from bluelamp.site.postgres import temporary_postgres
from tests.crash.nursery import nursery

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose own database has been migrated: to be copied."""
    with temporary_postgres() as url:
        with nursery("river", url, tmp_path_factory.mktemp("migrated")) as one:
            one.run("migrate")
        yield url


@pytest.fixture
def database(migrated: str) -> str:
    """The address of an empty, migrated database."""
    address = urlsplit(migrated)
    name, template = f"crash{next(_numbers)}", address.path.strip("/")
    with psycopg.connect(make_conninfo(migrated, dbname="template1"), autocommit=True) as server:
        copy = SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copy.format(Identifier(name), Identifier(template)))
    return address._replace(path=f"/{name}").geturl()
