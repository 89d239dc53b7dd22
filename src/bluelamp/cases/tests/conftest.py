"""What tests of cases share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bluelamp.cases.tests.helpers import STORE


@pytest.fixture
def platform() -> Iterator[None]:
    """A platform on which nothing has been posted, before and after."""
    STORE.clear()
    yield
    STORE.clear()
