"""Fit the weights of the relevance list to labelled events: fit_relevance.py FILE… [--write].

FILEs are the labelled tweets of CrisisLexT26 (Olteanu, Vieweg and Castillo, "What to
Expect When the Unexpected Happens", CSCW 2015), one an event.  For each the lift of
weights fitted to the *other* events is printed: what can be hoped for on an event that
nobody has seen.  With --write the weights fitted to all are put into the list; its lines,
headings and notes stay, and so do the weights of lines that are off.

A logistic regression with a constant for each event.  A line's weight is that of its
heading plus one of its own, drawn to nought twenty times as strongly as one of a
heading's: a line that few texts hold weighs what its heading does.  No line may speak
against its heading.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

SOURCE = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SOURCE))

from bluelamp.inbound.rules.ordering import lift  # noqa: E402
from bluelamp.kit.columns import read_columns  # noqa: E402
from bluelamp.language.rules.lexicon import Lexicon, prepare  # noqa: E402
from bluelamp.language.sheets import shipped, written  # noqa: E402
from bluelamp.language.values import Term  # noqa: E402

Floats = NDArray[np.float64]

LIST = SOURCE / "bluelamp" / "language" / "seeds" / "relevance.csv"
WHOLE = "whole text"
"""The heading of traits, which have no weight in common."""
COLUMNS = ("Tweet Text", "Informativeness", "Information Type")
INFORMATIVE = "Related and informative"
ACTIONABLE = frozenset(
    (
        "Affected individuals",
        "Infrastructure and utilities",
        "Caution and advice",
        "Donations and volunteering",
    )
)
INFORMATIVE_SHARE = 0.65
"""How much of the aim is to inform; the rest is to be of a kind that somebody can act on."""
HEADING_PULL, LINE_PULL = 2.0, 20.0


class Events:
    """All rows of all events: which lines apply, and what the labels say."""

    def __init__(self, files: Sequence[Path], lines: Sequence[Term]) -> None:
        self.names = [file.name.partition("-")[0] for file in files]
        rows = [(at, row) for at, file in enumerate(files) for row in read_columns(file, *COLUMNS)]
        self.event = np.array([at for at, _ in rows])
        self.informative = np.array([row[1] == INFORMATIVE for _, row in rows])
        actionable = np.array([row[2] in ACTIONABLE for _, row in rows])
        share = INFORMATIVE_SHARE
        self.aim: Floats = share * self.informative + (1 - share) * actionable
        self.applies = _applies([row[0] for _, row in rows], lines)


def _applies(texts: Sequence[str], lines: Sequence[Term]) -> csr_matrix:
    column = {line: at for at, line in enumerate(lines)}
    lexicon = Lexicon(lines, by_language=True)
    cells = [
        (row, column[mark.term])
        for row, text in enumerate(texts)
        for mark in lexicon.marks(prepare(text))
    ]
    rows, columns = zip(*cells, strict=True)
    return csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(texts), len(lines)))


def fit(events: Events, lines: Sequence[Term], chosen: NDArray[np.bool_]) -> Floats:
    """Return the lines' weights, in tenths, fitted to the chosen rows."""
    belongs, headings = _belonging(lines)
    applies = events.applies[chosen]
    constants = csr_matrix(np.eye(len(events.names))[events.event[chosen]])
    known = hstack([applies, applies @ belongs, constants]).tocsr()
    own = [HEADING_PULL if line.heading == WHOLE else LINE_PULL for line in lines]
    pull = np.array([*own, *[HEADING_PULL] * headings, *[0.0] * len(events.names)])
    aim = events.aim[chosen]

    def loss(weights: Floats) -> tuple[float, Floats]:
        points = known @ weights
        slope = known.T @ (1 / (1 + np.exp(-points)) - aim) + pull * weights
        wrong = np.logaddexp(0, points).sum() - aim @ points
        return wrong + 0.5 * pull @ weights**2, slope

    start = np.zeros(known.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    common = belongs @ found[len(lines) : len(lines) + headings]
    return _of_one_mind(found[: len(lines)] + common, common)


def _belonging(lines: Sequence[Term]) -> tuple[csr_matrix, int]:
    """Return which line belongs to which heading; a trait to none."""
    names = sorted({line.heading for line in lines} - {WHOLE})
    cells = [(at, names.index(t.heading)) for at, t in enumerate(lines) if t.heading != WHOLE]
    rows, columns = zip(*cells, strict=True)
    shape = (len(lines), len(names))
    return csr_matrix((np.ones(len(cells)), (rows, columns)), shape=shape), len(names)


def _of_one_mind(weights: Floats, common: Floats) -> Floats:
    against = weights * common < 0
    return np.where(against, 0.0, weights).astype(np.float64).round(1) + 0.0


def main() -> int:
    """Print the lift on each event held out; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="put the weights into the list")
    options = parser.parse_args()
    lines = shipped("relevance")
    active = [line for line in lines if line.active]
    events = Events(options.files, active)
    for at, name in enumerate(events.names):
        held_out = events.event == at
        scores = events.applies[held_out] @ fit(events, active, ~held_out)
        print(f"{name:32}  {lift(scores, events.informative[held_out]):.3f}")
    if options.write:
        fitted = fit(events, active, np.ones(len(events.event), dtype=np.bool_))
        weight = dict(zip(active, fitted.tolist(), strict=True))
        LIST.write_text(written(replace(t, weight=weight.get(t, t.weight)) for t in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
