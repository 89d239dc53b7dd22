"""A browser for each file of journeys, and the force they lead through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser

from bluelamp.org.models import Force
from tests.browser import Reader, reading, running
from tests.journeys.scene import STORE, Scene

Open = Callable[..., Reader]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as started:
        yield started


@pytest.fixture
def scene(live_server: Any, force: Force) -> Iterator[Scene]:
    cache.clear()
    STORE.clear()
    yield Scene.make(force)
    STORE.clear()


@pytest.fixture(params=["phone", "desk"])
def size(request: pytest.FixtureRequest) -> str:
    """Each journey is made on both."""
    return str(request.param)


@pytest.fixture
def someone(browser: Browser, live_server: Any, size: str) -> Iterator[Open]:
    """Open a browser for somebody new; ``someone(script=False)`` for one without script."""
    with ExitStack() as open_ones:
        yield lambda **options: open_ones.enter_context(
            reading(browser, live_server.url, size, **options)
        )
