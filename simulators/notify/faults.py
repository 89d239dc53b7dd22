"""What can be made to go wrong with the next text messages, in the order of the orders."""

from __future__ import annotations

import threading
from collections import deque
from enum import StrEnum


class Fault(StrEnum):
    """What happens to one POST of a text message."""

    ERROR = "500"  # nothing is taken
    UNAVAILABLE = "503"  # nothing is taken, and no JSON comes back
    ERROR_AFTER = "500-after"  # taken, yet answered with 500
    SILENCE = "silence"  # taken, and no answer until the caller gives up
    SILENCE_BEFORE = "silence-before"  # the same, and nothing is taken
    DROP = "drop"  # taken, and the connection is closed without an answer

    @property
    def takes(self) -> bool:
        """Whether the text message goes out all the same."""
        return self in {Fault.ERROR_AFTER, Fault.SILENCE, Fault.DROP}


class Faults:
    """A queue of faults; safe from several threads."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()
        self._lock = threading.Lock()

    def order(self, fault: Fault, times: int = 1) -> None:
        """Let ``fault`` strike the next ``times`` messages that no other strikes."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def next(self) -> Fault | None:
        """Take the fault for the message that came now."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None
