"""Gives the whole test run a PostgreSQL and a ``var`` of its own, before Django is set up.

With xdist the controller starts it and the workers inherit its address.
``DATABASE_URL`` in the environment is respected: the suite then runs there.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack

import pytest

_held = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server before pytest-django reads the settings."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    if "BLUELAMP_VAR" not in os.environ:
        var = _held.enter_context(tempfile.TemporaryDirectory(prefix="bluelamp-test-"))
        os.environ["BLUELAMP_VAR"] = var
    if "DATABASE_URL" not in os.environ:
        from bluelamp.site.postgres import temporary_postgres

        os.environ["DATABASE_URL"] = _held.enter_context(temporary_postgres())


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _held.close()
