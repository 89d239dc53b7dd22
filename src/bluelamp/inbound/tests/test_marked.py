"""What re-post marks say, and how a grouping is measured against it."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.evaluation.pairs import pairwise
from bluelamp.inbound.rules.likeness import group
from bluelamp.inbound.rules.marked import Truth, agreement, by_column, by_marks, unmarked
from bluelamp.inbound.rules.marks import take_apart

WORDS = "Water is up to row 10 at the Saddledome, dressing rooms are completely submerged"


@pytest.mark.parametrize(
    ("text", "words", "user", "comment"),
    [
        ("just words", "just words", "", ""),
        ("RT @cbc: the words here", "the words here", "cbc", ""),
        ("rt@cbc the words here", "the words here", "cbc", ""),
        ("RT @b: RT @cbc: the words here", "the words here", "cbc", ""),
        ("So sad. RT @cbc: the words here now", "the words here now", "cbc", "So sad."),
        ("MT @cbc: the words here", "the words here", "cbc", ""),
        ("“@cbc: the words here” awful", "the words here", "cbc", "awful"),
        ("RT @b: “@cbc: the words here", "the words here", "cbc", ""),
        ("@cbc: the words here", "the words here", "cbc", ""),
        ("RT @user@mastodon.example: the words", "the words", "user@mastodon.example", ""),
        ("these are the words RT @cbc", "these are the words", "cbc", ""),
        ("@cbc is this true?", "@cbc is this true?", "", ""),
        ("write to start@cbc.example", "write to start@cbc.example", "", ""),
        ("ART @cbc tonight", "ART @cbc tonight", "", ""),
    ],
)
def test_a_text_is_taken_apart(text: str, words: str, user: str, comment: str) -> None:
    passed = take_apart(text)
    assert (passed.words.strip(), passed.user, passed.comment.strip()) == (words, user, comment)


@given(st.text(alphabet="RTM @ab:“”\"' .", max_size=40))
def test_no_mark_is_left_where_marks_are_taken_away(text: str) -> None:
    assert by_marks(unmarked([text])).sure == [False]


def test_marks_group_re_posts_with_their_original() -> None:
    texts = [
        WORDS,
        f"RT @nhl: {WORDS.upper()}",
        f"Oh dear RT @nhl: {WORDS} http://t.co/x",
        f"RT @b: RT @nhl: {WORDS[:70]}…",
        "RT @nhl: Something else was said here",
        "Nobody passed on these words",
        "Nobody passed on these words",
    ]
    truth = by_marks(texts)
    assert len({truth.groups[row] for row in range(4)}) == 1
    assert len(set(truth.groups)) == 4
    assert truth.count() == 1
    assert truth.sure == [False, True, True, True, True, False, False]


def test_pairs_of_which_marks_say_nothing_are_not_judged() -> None:
    texts = [f"RT @nhl: {WORDS}", f"{WORDS} as of nine tonight", "other words", "other words"]
    truth = by_marks(texts)
    measured = agreement([0, 0, 2, 2], truth)
    assert (measured.precision, measured.recall, measured.unjudged) == (1, 1, 2)
    wrong = agreement([0, 1, 0, 3], truth)
    assert (wrong.precision, wrong.unjudged) == (0, 0)


def test_a_column_groups_by_name_and_leaves_the_nameless_alone() -> None:
    truth = by_column(["a", "", "a", "", "b"])
    assert truth.groups == [0, 1, 0, 3, 4]
    assert truth.count() == 1


_labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)


@given(_labels)
def test_where_all_is_known_agreement_is_pairwise(rows: list[tuple[int, int]]) -> None:
    found, groups = [row[0] for row in rows], [row[1] for row in rows]
    measured = agreement(found, Truth(groups, groups, [True] * len(rows)))
    assert (measured.precision, measured.recall) == pairwise(found, groups)
    assert measured.unjudged == 0


def _events() -> list[Path]:
    """Tweets of real events, ``crisislex-t26/*-tweets_labeled.csv``, where they are present."""
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "data"
    data = Path(os.environ.get("BLUELAMP_DATA", beside))
    return sorted((data / "crisislex-t26").glob("*-tweets_labeled.csv"))


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        place = [title.strip() for title in next(reader)].index("Tweet Text")
        return [row[place] for row in reader]


def test_of_real_events_nearly_all_is_found_and_nearly_nothing_wrong() -> None:
    for path in _events():
        texts = _texts(path)
        measured = agreement(group(unmarked(texts)), by_marks(texts))
        assert measured.precision >= 0.98, path.name
        assert measured.recall >= 0.95, path.name


def test_of_real_events_no_mark_is_seen() -> None:
    for path in _events():
        assert not any(by_marks(unmarked(_texts(path))).sure), path.name
