"""How a floor below ``org`` says who may use its pages; ``org.gate`` holds it to that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def whole_force(*acts: str) -> Callable[[View], View]:
    """Mark a view as open to officers who may do one of ``acts`` over their whole force.

    The gate refuses everyone else before the view runs, and gives the request
    its ``force`` and ``actor`` (what the record names as the one who acts).
    """

    def mark(view: View) -> View:
        view.access = acts  # type: ignore[attr-defined]
        view.whole_force = acts  # type: ignore[attr-defined]
        return view

    return mark
