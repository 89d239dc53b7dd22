"""Gives each process of a test run a PostgreSQL and a ``var`` of its own, before Django is set up.

Two of xdist's workers share no server: a transaction open in one database holds back what counts
as finished in all others of its server, so that nothing there can be sealed meanwhile; and the
published seals are a file in ``var``.  ``DATABASE_URL`` and ``BLUELAMP_VAR`` in the environment
are respected: the suite then runs there.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack

import pytest

_OURS = "BLUELAMP_TEST_OURS"
"""Names for the workers, which inherit the environment, what the run's first process set itself."""

_held = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the server before pytest-django reads the settings."""
    if _OURS not in os.environ:
        unset = (name for name in ("BLUELAMP_VAR", "DATABASE_URL") if name not in os.environ)
        os.environ[_OURS] = " ".join(unset)
    ours = os.environ[_OURS].split()
    if "BLUELAMP_VAR" in ours:
        var = _held.enter_context(tempfile.TemporaryDirectory(prefix="bluelamp-test-"))
        os.environ["BLUELAMP_VAR"] = var
    if "DATABASE_URL" in ours:
        from bluelamp.site.postgres import temporary_postgres

        os.environ["DATABASE_URL"] = _held.enter_context(temporary_postgres())


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _held.close()
