"""How many officers a desk needs so that people are answered in time.

Requests come at random (Poisson), handling and patience are exponential, the longest
wait is answered first.  What nobody gives up waiting for is Erlang C, the M/M/n queue;
where people give up it is Erlang A, Palm's M/M/n+M.  Load is in erlangs: arrivals an
hour times hours of handling.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of
significance in automatic telephone exchanges", 1917 (B and C); N. Gans, G. Koole and
A. Mandelbaum, "Telephone call centers: tutorial, review, and research prospects", M&SOM
5(2), 2003 (C in use); A. Mandelbaum and S. Zeltyn, "Service engineering in
action: the Palm/Erlang-A queue, with applications to call centers", 2007 (A).

scipy is loaded by the functions that need it: it takes half a second and 60 MB, and every
process imports this module.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

HOUR = 3600
_NEGLIGIBLE = 40  # e to the minus this is below what a float adds to one


def erlang_b(officers: int, load: float) -> float:
    """Return the probability that all officers are busy where nobody can wait.

    By the recursion B(n) = a B(n-1) / (n + a B(n-1)), which neither overflows nor
    cancels for any number of officers (Gans, Koole and Mandelbaum 2003, section 4.2.1).
    """
    busy = 1.0
    for officer in range(1, officers + 1):
        busy = load * busy / (officer + load * busy)
    return busy


def erlang_c(officers: int, load: float) -> float:
    """Return the probability that who comes must wait; 1 where the load is too much.

    C = B / (1 - (1 - B) a / n), from Erlang 1917.
    """
    if load >= officers:
        return 1.0
    busy = erlang_b(officers, load)
    return busy / (1 - (1 - busy) * load / officers)


@dataclass(frozen=True)
class Desk:
    """A desk that has come to its steady state.

    :raises ValueError: where a figure is negative, not finite, or no time at all.
    """

    arrivals: float
    """Requests an hour."""
    handling: float
    """Mean seconds an officer is busy with one."""
    officers: int
    """How many answer at once."""
    patience: float | None = None
    """Mean seconds before who waits gives up; nothing where nobody does."""

    def __post_init__(self) -> None:
        times = [self.handling, *([] if self.patience is None else [self.patience])]
        if not all(0 < time < math.inf for time in times):
            raise ValueError("handling and patience: must be above 0 seconds, and finite")
        if not 0 <= self.arrivals < math.inf or self.officers < 0:
            raise ValueError("arrivals and officers: must not be negative, nor without end")

    @property
    def load(self) -> float:
        """Erlangs of work that come."""
        return self.arrivals * self.handling / HOUR

    @property
    def occupancy(self) -> float:
        """Share of their time that officers are busy."""
        answered = self.load * (1 - self.abandoning)
        return min(1.0, answered / self.officers) if self.officers else 0.0

    @cached_property
    def waiting(self) -> float:
        """Probability that who comes is not answered at once."""
        if self.patience is None:
            return erlang_c(self.officers, self.load)
        free = 1 / self._busy - 1 if self._busy else math.inf
        return 1 / (1 + free * math.exp(-self._log_queued(self._pressure)))

    @cached_property
    def abandoning(self) -> float:
        """Probability that who comes gives up; for who must wait, 1 - (1 - 1/A) n / a."""
        if self.patience is None or not self.load:
            return 0.0
        answered = -math.expm1(-self._log_queued(self._pressure)) * self.officers / self.load
        return self.waiting * max(0.0, 1 - answered)

    @property
    def mean_wait(self) -> float:
        """Mean seconds from coming to being answered or giving up, over all who come.

        Without giving up it is the average speed of answer, C h / (n - a), endless under
        too much load; with it the share who give up times patience (Little's law).
        """
        if self.patience is not None:
            return self.abandoning * self.patience
        if self.load >= self.officers:
            return math.inf
        return self.waiting * self.handling / (self.officers - self.load)

    @property
    def queue(self) -> float:
        """Mean number waiting, by Little's law."""
        return self.arrivals / HOUR * self.mean_wait if self.arrivals else 0.0

    def answered_within(self, seconds: float) -> float:
        """Return the share of all who come that are answered in so many seconds.

        Who gave up was not answered, however soon.  Where nobody does, the wait has an
        exponential tail, P(W > t) = C exp(-(n - a) t / h); with patience the tail is the
        incomplete gamma function's (Mandelbaum and Zeltyn 2007, section 4).
        """
        if self.patience is not None:
            return max(0.0, 1 - self.abandoning - self._answered_after(seconds, self.patience))
        if self.load >= self.officers:
            return 0.0
        spare = (self.officers - self.load) / self.handling
        return 1 - self.waiting * math.exp(-spare * seconds)

    @cached_property
    def _busy(self) -> float:
        return erlang_b(self.officers, self.load)

    @property
    def _patient_work(self) -> float:
        """How many an officer's desk handles in the time that one waits: n mu / theta."""
        return self.officers * (self.patience or math.inf) / self.handling

    @property
    def _pressure(self) -> float:
        """How many come in the time that one waits: lambda / theta."""
        return self.load * (self.patience or math.inf) / self.handling

    def _log_queued(self, pressure: float) -> float:
        return _log_a(self._patient_work, pressure)

    def _answered_after(self, seconds: float, patience: float) -> float:
        """Return the share who wait longer and are then answered.

        The offered wait has density h(t) = exp(y (1 - e^(-theta t)) - n mu t) up to a
        factor; with z = y e^(-theta t) the share is P(W > 0) h(t) (A(z) - 1) n / (a A(y)).
        """
        if not self.load:
            return 0.0
        passed = -math.expm1(-seconds / patience)
        left = self._pressure * (1 - passed)
        scale = self._pressure * passed - self.officers * seconds / self.handling
        scale -= self._log_queued(self._pressure)
        tail = math.exp(scale + self._log_queued(left)) - math.exp(scale)
        return self.waiting * tail * self.officers / self.load


@dataclass(frozen=True, slots=True)
class Need:
    """What a desk needs."""

    answering: int
    """Officers at the desk at any moment."""
    rostered: int
    """Officers on the rota, so that as many answer while others rest, train or are ill."""
    desk: Desk
    """The desk so manned, to read off what is to be expected."""


def officers_needed(
    arrivals: float,
    handling: float,
    target: float,
    within: float,
    *,
    patience: float | None = None,
    max_occupancy: float = 1.0,
    shrinkage: float = 0.0,
) -> Need:
    """Return the fewest officers that answer enough people in time, none where nobody comes.

    :param arrivals: requests an hour.
    :param handling: mean seconds an officer is busy with one.
    :param target: the share of all who come to be answered in time, 0.9 for nine in ten.
    :param within: seconds in which they are to be answered.
    :param patience: mean seconds before who waits gives up; nothing where nobody does.
    :param max_occupancy: the share of their time that officers may be busy at most.
    :param shrinkage: the share of rostered time away from the desk.
    :raises ValueError: where a share or a time makes no sense.
    """
    if not (0 < target < 1 and 0 < max_occupancy <= 1 and 0 <= shrinkage < 1 and within >= 0):
        raise ValueError("target, max_occupancy, shrinkage: shares; within: seconds")

    def enough(officers: int) -> bool:
        desk = Desk(arrivals, handling, officers, patience)
        return desk.occupancy <= max_occupancy and desk.answered_within(within) >= target

    answering = _fewest(enough) if arrivals else 0
    desk = Desk(arrivals, handling, answering, patience)
    return Need(answering, math.ceil(answering / (1 - shrinkage) - 1e-9), desk)


def _fewest(enough: Callable[[int], bool]) -> int:
    """Return the first number from one on that is enough; all above it are."""
    high = 1
    while not enough(high):
        high *= 2
    return bisect_left(range(high), True, lo=high // 2 + 1, key=enough)


def _log_a(x: float, y: float) -> float:
    """Return log A, A = 1 + y/(x+1) + y^2/((x+1)(x+2)) + ..., Palm's sum over who waits.

    Mandelbaum and Zeltyn 2007, equation for A(x, y) = x e^y y^-x gamma(x, y).  Below
    y = x the series falls at once; above, the incomplete gamma function is well off zero.
    """
    from scipy.special import gammainc, gammaln

    if y >= x > 0:
        return math.log(x) + y - x * math.log(y) + float(gammaln(x) + np.log(gammainc(x, y)))
    if x == 0:
        return y
    if y == 0:
        return 0.0
    steep = _NEGLIGIBLE / math.log1p((x + 1 - y) / y)
    terms = math.ceil(min(steep, math.sqrt(4 * _NEGLIGIBLE * x) + 50)) + 1
    ratios = math.log(y) - np.log(x + np.arange(1, terms + 1))
    return math.log1p(float(np.exp(np.cumsum(ratios)).sum()))
