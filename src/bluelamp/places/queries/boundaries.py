"""Boundaries held in memory, parsed and prepared once a process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from bluelamp.places.ground import Patch
from bluelamp.places.models import Area
from bluelamp.places.shapes import Ground2D, shape_of

V = TypeVar("V")


class Kept(Generic[V]):
    """The last so many things made, by key; safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Any, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> V | None:
        """Return what is held under ``key``, if it is."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Any, value: V) -> V:
        """Hold ``value``; let go of what was asked for longest ago."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return value


_patches: Kept[Patch] = Kept(4096)
"""Prepared boundaries by digest."""


def shapes_of(found: Iterable[Area]) -> list[Ground2D]:
    """Return the boundaries of areas, in their order."""
    wanted = list(found)
    patches = patches_of([(area.pk, area.digest) for area in wanted])
    return [patch.shape for patch in patches]


def patches_of(wanted: Sequence[tuple[int, str]]) -> list[Patch]:
    """Return prepared boundaries of (id, digest) pairs, parsing those not held yet."""
    held = {digest: _patches.get(digest) for _pk, digest in wanted}
    missing = [pk for pk, digest in wanted if held[digest] is None]
    rows = Area.objects.filter(pk__in=missing).values_list("digest", "boundary") if missing else ()
    for digest, boundary in rows:
        held[digest] = _patches.put(digest, Patch.of(shape_of(boundary)))
    found = [held[digest] for _pk, digest in wanted]
    if None in found:  # changed between the two queries: ask again
        fresh = Area.objects.filter(pk__in=[pk for pk, _ in wanted]).values_list("pk", "digest")
        return patches_of(list(fresh))
    return [patch for patch in found if patch is not None]
