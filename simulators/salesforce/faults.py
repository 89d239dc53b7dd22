"""What can be made to go wrong with writes: the next ones, or every n-th."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """What happens to one write."""

    LOCK = "lock"  # another transaction holds the row
    LIMIT = "limit"  # the day's calls are used up
    UNAVAILABLE = "503"
    SESSION = "session"  # the session has ended
    SILENCE = "silence"  # taken, and no answer until the caller gives up
    DROP = "drop"  # taken, and the connection is closed without an answer

    @property
    def takes(self) -> bool:
        """Whether the write has its effect all the same."""
        return self in {Fault.SILENCE, Fault.DROP}


class Faults:
    """Faults by order and by rota; safe from several threads.

    :param every: a fault strikes every so-many-th write; where two meet, the first named.
    """

    def __init__(self, every: Mapping[Fault, int] | None = None) -> None:
        self.every = dict(every or {})
        self.struck: dict[Fault, int] = dict.fromkeys(Fault, 0)
        self._waiting: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._writes = 0

    def order(self, fault: Fault, times: int = 1) -> None:
        """Let ``fault`` strike the next ``times`` writes that no other strikes."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def next(self) -> Fault | None:
        """Take the fault for the write that came now."""
        with self._lock:
            self._writes += 1
            found = self._waiting.popleft() if self._waiting else self._due()
            if found is not None:
                self.struck[found] += 1
            return found

    def _due(self) -> Fault | None:
        return next((one for one, each in self.every.items() if self._writes % each == 0), None)
