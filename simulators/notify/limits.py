"""How much may be sent: a minute, a day, to one phone.

The minute rolls, the day ends at midnight UTC.  That one phone gets no more than 20
identical or 100 texts an hour is published as the networks' rule; that it is told by a
429 of its own is this simulator's assumption.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from simulators.notify.errors import ApiError

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Limits:
    """The published numbers."""

    a_minute: int = 3_000
    a_day: int = 250_000
    identical_an_hour: int = 20
    an_hour: int = 100


class Meter:
    """Counts requests and texts against the limits; the caller holds the lock."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._requests: deque[float] = deque()
        self._days: Counter[int] = Counter()
        self._phones: dict[str, deque[tuple[float, str]]] = defaultdict(deque)

    def request(self, now: float) -> None:
        """Count one request to send.

        :raises ApiError: there were too many in the last 60 seconds.
        """
        while self._requests and self._requests[0] <= now - _MINUTE:
            self._requests.popleft()
        if len(self._requests) >= self.limits.a_minute:
            raise _limited(
                f"Exceeded rate limit for key type LIVE of {self.limits.a_minute}"
                f" requests per {_MINUTE} seconds"
            )
        self._requests.append(now)

    def text(self, phone: str, body: str, now: float) -> None:
        """Count one text to one phone.

        :raises ApiError: the day is full, or this phone has had enough.
        """
        if self._days[int(now // _DAY)] >= self.limits.a_day:
            message = f"Exceeded send limits ({self.limits.a_day}) for today"
            raise ApiError(429, "TooManyRequestsError", message)
        self._phone(phone, body, now)
        self._days[int(now // _DAY)] += 1
        self._phones[phone].append((now, body))

    def _phone(self, phone: str, body: str, now: float) -> None:
        had = self._phones[phone]
        while had and had[0][0] <= now - _HOUR:
            had.popleft()
        if sum(one == body for _, one in had) >= self.limits.identical_an_hour:
            raise _limited(
                f"Exceeded limit of {self.limits.identical_an_hour} identical messages"
                " to this phone number per hour"
            )
        if len(had) >= self.limits.an_hour:
            raise _limited(
                f"Exceeded limit of {self.limits.an_hour} messages to this phone number per hour"
            )


def _limited(message: str) -> ApiError:
    return ApiError(429, "RateLimitError", message)
