"""The one clock.  Rules are given the time; only edges of the house ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _wall() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _wall


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source()


@contextmanager
def shown(source: Callable[[], datetime]) -> Iterator[None]:
    """Let another source tell the time of this whole process: for simulations, never in service."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
