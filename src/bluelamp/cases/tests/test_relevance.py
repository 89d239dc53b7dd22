"""What belongs beside a case, and why: the scoring by its laws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules.changes import changes
from bluelamp.cases.rules.prose import plain, read
from bluelamp.cases.rules.relevance import (
    EVERYDAY,
    FOUND,
    Asked,
    Page,
    Shelf,
    counted,
    trusted,
    weighed,
)
from bluelamp.cases.rules.searching import config_of, dictionary_of, prefix_query, words_of

STEMS = st.sampled_from(["shed", "lock", "dog", "music", "call", "polic", "drone", "van"])
COUNTS = st.dictionaries(STEMS, st.integers(1, 5), max_size=6)
TAGS = st.frozensets(st.integers(1, 4), max_size=3)
PAGES = st.lists(st.tuples(COUNTS, TAGS), max_size=8).map(
    lambda made: tuple(Page(n, stems, tags) for n, (stems, tags) in enumerate(made, 1))
)
ASKED = st.builds(Asked, st.dictionaries(STEMS, st.sampled_from([1.0, 2.0]), max_size=5), TAGS)


@given(PAGES, ASKED)
def test_every_reason_stands_in_both(pages: tuple[Page, ...], asked: Asked) -> None:
    by_id = {page.id: page for page in pages}
    for one in Shelf(pages).suggest(asked):
        page = by_id[one.id]
        assert set(one.stems) <= page.stems.keys() & asked.stems.keys()
        assert set(one.tags) == page.tags & asked.tags
        assert one.stems or one.tags, "nothing is suggested without a reason"


@given(PAGES, ASKED, st.integers(1, 5))
def test_the_best_stand_first_and_no_more_than_asked(
    pages: tuple[Page, ...], asked: Asked, most: int
) -> None:
    found = Shelf(pages).suggest(asked, most=most)
    assert len(found) <= most
    points = [one.points for one in found]
    assert points == sorted(points, reverse=True)
    assert len({one.id for one in found}) == len(found)


@given(PAGES, ASKED, st.randoms())
def test_the_order_of_the_shelf_does_not_matter(
    pages: tuple[Page, ...], asked: Asked, chance: st.randoms
) -> None:
    mixed = list(pages)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert Shelf(tuple(mixed)).suggest(asked) == Shelf(pages).suggest(asked)


@given(PAGES.filter(bool), ASKED, STEMS)
def test_one_more_shared_word_never_lowers_a_page(
    pages: tuple[Page, ...], asked: Asked, stem: str
) -> None:
    shelf, page = Shelf(pages), pages[0]
    more = Asked({**asked.stems, stem: asked.stems.get(stem, 0.0) + 1}, asked.tags)
    assert sum(shelf.points(page, more).values()) >= sum(shelf.points(page, asked).values())


@given(PAGES, ASKED)
def test_trust_lifts_and_distrust_lowers(pages: tuple[Page, ...], asked: Asked) -> None:
    shelf = Shelf(pages)
    plainly = {one.id: one.points for one in shelf.suggest(asked, most=99)}
    trust = {page.id: trusted(9, 0) for page in pages}
    for one in shelf.suggest(asked, trust=trust, most=99):
        assert one.points > plainly.get(one.id, 0.0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_trust_is_one_where_nobody_spoke_and_moves_with_each_voice(yes: int, no: int) -> None:
    assert trusted(0, 0) == 1.0
    assert 0.5 < trusted(yes, no) < 1.5
    assert trusted(yes + 1, no) > trusted(yes, no) > trusted(yes, no + 1)


def test_a_rare_word_counts_more_than_one_that_stands_everywhere() -> None:
    pages = tuple(Page(n, {"polic": 1, f"w{n}": 1}) for n in range(1, 13))
    points = Shelf(pages).points(pages[0], Asked({"polic": 1.0, "w1": 1.0}))
    assert points["w1"] > 10 * points["polic"]


def test_what_stands_everywhere_suggests_nothing() -> None:
    pages = tuple(Page(n, {"polic": 3, f"w{n}": 1}) for n in range(1, 13))
    assert Shelf(pages).suggest(Asked({"polic": 1.0})) == []


def test_a_tag_alone_is_enough_and_an_empty_shelf_is_no_error() -> None:
    pages = (Page(1, {"drone": 1}, frozenset({7})), Page(2, {"dog": 1}))
    (only,) = Shelf(pages).suggest(Asked({}, frozenset({7})))
    assert (only.id, only.stems, only.tags) == (1, (), (7,))
    assert Shelf(()).suggest(Asked({"drone": 1.0})) == []


def test_titles_count_more_and_what_triage_found_counts_double() -> None:
    assert counted(["lock"], ["lock", "shed"]) == {"lock": 4, "shed": 1}
    found, usual = frozenset({"van", "door"}), frozenset({"door"})
    assert weighed(["shed", "shed", "van", "door"], found, usual) == {
        "shed": 1.0, "van": FOUND, "door": EVERYDAY
    }  # fmt: skip


# Words ------------------------------------------------------------------------


@given(st.text(max_size=200))
def test_a_query_holds_nothing_but_words(typed: str) -> None:
    query = prefix_query(typed)
    for part in query.split(" & ") if query else []:
        assert part.startswith("'")
        assert part.endswith("':*")
        assert not set(part[1:-3]) & set("'\\&|!()<> ")


def test_languages_have_their_stems_or_none() -> None:
    assert (config_of("en-GB"), dictionary_of("english")) == ("english", "english_stem")
    assert (config_of("cy"), dictionary_of("simple")) == ("simple", "simple")
    assert words_of("Café's #LostDog 9") == ["cafes", "lost", "dog", "9"]


# Prose --------------------------------------------------------------------------


def test_the_marks_mean_what_the_page_says_and_nothing_else_does() -> None:
    blocks = read(
        "One line\nof two\n\n## Ask\n- **where**\n- when\n\n1. First\n2. Then\n"
        "<script>alert(1)</script> see https://example.test/a, [x](javascript:y)"
    )
    assert [block.kind for block in blocks] == [
        "paragraph", "heading", "bullets", "steps", "paragraph"
    ]  # fmt: skip
    (where, _when) = blocks[2].lines
    assert (where[0].text, where[0].bold) == ("where", True)
    last = blocks[4].lines[0]
    assert last[0].text == "<script>alert(1)</script> see "
    assert [piece.href for piece in last] == ["", "https://example.test/a", ""]


@given(st.text(max_size=300))
def test_no_word_is_lost_and_only_https_is_a_link(text: str) -> None:
    for block in read(text):
        assert block.lines
        for piece in (piece for line in block.lines for piece in line):
            assert piece.href in ("", piece.text)
            assert not piece.href or piece.href.startswith("https://")
    letters = [c for c in text if c.isalpha()]
    assert [c for c in plain(text) if c.isalpha()] == letters


@given(st.lists(st.text(min_size=1, max_size=5)), st.lists(st.text(min_size=1, max_size=5)))
def test_changes_lead_from_one_text_to_the_other(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    told = changes(before, after)
    went = [line for sign, line in told if sign == "-"]
    came = [line for sign, line in told if sign == "+"]
    left = [line for line in before.splitlines() if line.strip()]
    right = [line for line in after.splitlines() if line.strip()]
    assert len(left) - len(went) == len(right) - len(came)
    assert (told == []) == (left == right)
