"""What repeats an earlier text, and what only looks like it."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bluelamp.inbound.rules.comparing import Why
from bluelamp.inbound.rules.likeness import Kind, Likeness, Match, group

APPEAL = (
    "MISSING: Have you seen Anna Kowalska, 14, from Oldham? Last seen on Union Street at 4pm on "
    "Tuesday wearing a red coat. Please call 101 quoting log 2231. https://t.co/aB3xYz"
)
COMPLAINT = (
    "I am writing to complain about the off-road bikes on the fields behind Grange Avenue. Every "
    "evening they race up and down until late, my children cannot sleep and my neighbour was "
    "nearly knocked over on the footpath. I have reported this several times and nobody has come. "
    "Please tell me what you intend to do about it."
)


def repeats(second: str, first: str = APPEAL) -> Match | None:
    memory = Likeness()
    assert memory.add(1, first) is None
    return memory.add(2, second)


@given(st.lists(st.sampled_from(["bike", "van", "red", "road", "park", "gone", "12", "40"])))
def test_what_others_compared_is_known_without_comparing(words: list[str]) -> None:
    second = f"RT @gmpolice: {APPEAL[:96]} {' '.join(words)}"
    memory = Likeness()
    memory.know(1, APPEAL)
    memory.know(3, COMPLAINT)
    memory.know(4, APPEAL)  # whoever was first stays it
    assert memory.add(2, second) == repeats(second)


@pytest.mark.parametrize(
    ("second", "kind", "why"),
    [
        (APPEAL, Kind.COPY, Why.SAME),
        (f"RT @gmpolice: {APPEAL}", Kind.REPOST, Why.SAME),
        (f"RT @oldhamhour: RT @gmpolice: {APPEAL}", Kind.REPOST, Why.SAME),
        (f"RT @gmpolice: {APPEAL[:96]}…", Kind.REPOST, Why.CUT),
        (f"RT @gmpolice: {APPEAL[:96]} ...", Kind.REPOST, Why.CUT),
        (f"Please share!! RT @gmpolice: {APPEAL}", Kind.QUOTE, Why.SAME),
        (f"Please share!! RT @gmpolice {APPEAL[:90]}…", Kind.QUOTE, Why.CUT),
        (f"“@gmpolice: {APPEAL}” poor girl, praying for her", Kind.QUOTE, Why.SAME),
        (f"&quot;@gmpolice: {APPEAL}&quot; so worrying", Kind.QUOTE, Why.SAME),
        (f"Does anybody near Werneth know her? {APPEAL}", Kind.QUOTE, Why.WITHIN),
        (f"{APPEAL} - my cousin's school friend, please look out", Kind.QUOTE, Why.WITHIN),
        (APPEAL.upper(), Kind.COPY, Why.SAME),
        (
            APPEAL.replace("https://t.co/aB3xYz", "http://t.co/Q9 via @gmpolice"),
            Kind.COPY,
            Why.SAME,
        ),
        (APPEAL.replace("Have you", "Have  you").replace("?", " ?!"), Kind.COPY, Why.SAME),
        (APPEAL.replace("Oldham?", "#Oldham?"), Kind.COPY, Why.SAME),
        (APPEAL.replace("wearing", "wearng"), Kind.COPY, Why.ALMOST),
        (APPEAL.replace("Please call", "Pls call"), Kind.COPY, Why.ALMOST),
    ],
)
def test_a_repetition_is_found_and_explained(second: str, kind: Kind, why: Why) -> None:
    match = repeats(second)
    assert match is not None
    assert (match.key, match.kind, match.why) == (1, kind, why)
    assert 0 < match.score <= 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (APPEAL, APPEAL.replace("14", "41")),
        (APPEAL, APPEAL.replace("Anna Kowalska", "Beth Taylor")),
        (APPEAL, APPEAL.replace("Union Street", "Market Street")),
        (APPEAL, APPEAL.replace("2231", "2232")),
        (APPEAL, APPEAL.replace("Tuesday", "Wednesday")),
        (
            "Flood warning for the River Irwell at Salford, act now",
            "Flood warning for the River Mersey at Didsbury, act now",
        ),
        (
            "flood warning in force for york this evening stay away from the river banks",
            "flood warning in force for selby this evening stay away from the river banks",
        ),
        (
            "A flood warning is in force for York",
            "A flood warning is in force for York and Selby",
        ),
        (
            "PSI is 140 at 8pm, the highest since 2006",
            "PSI is 155 at 8pm, the highest since 2006",
        ),
        (
            "The M60 is closed at junction 18 after a crash",
            "The M60 is open at junction 18 after a crash",
        ),
        (
            "Police say the missing man has been found near the canal in Stretford",
            "Police say the missing man has not been found near the canal in Stretford",
        ),
        (
            APPEAL,
            "A fourteen year old girl in a red coat is missing from Oldham, ring the police if "
            "you know where Anna is",
        ),
        (COMPLAINT, COMPLAINT.replace("Grange Avenue", "Mill Lane")),
        (
            COMPLAINT,
            "Bikes again behind Grange Avenue tonight! Why does nobody come when we report it?",
        ),
        (
            COMPLAINT + " The gate to the fields is open.",
            COMPLAINT + " The gate to the fields is closed.",
        ),
        ("Stay safe everyone", "Stay safe everyone! The bridge at Mytholmroyd is under water"),
        ("Thank you", "Thank you"),
        ("", ""),
        ("🔥🔥🔥", "😢"),
    ],
)
def test_another_fact_or_other_words_are_no_repetition(first: str, second: str) -> None:
    assert repeats(second, first) is None


@pytest.mark.parametrize(
    "second",
    [
        COMPLAINT.replace("several", "many").replace("late,", "very late,"),
        f"Dear Sir or Madam, {COMPLAINT} Yours, a resident.",
        COMPLAINT.replace("sleep", "slep").replace("neighbour", "neighbor"),
        COMPLAINT.replace(". ", ".\n\n"),
    ],
)
def test_a_letter_sent_again_with_small_changes_is_a_copy(second: str) -> None:
    assert repeats(second, COMPLAINT) is not None


def test_few_words_need_the_same_link_or_the_same_author() -> None:
    assert group(["Wow https://t.co/a", "wow! https://t.co/a", "Wow https://t.co/b"]) == [0, 0, 2]
    assert group(["RT @gmpolice: Wow", "RT @GMPolice Wow", "RT @other: Wow"]) == [0, 0, 2]


def test_a_cut_text_is_known_by_its_whole_once_that_came() -> None:
    whole = "Residents are asked to move valuables upstairs: the Irwell at Salford is still rising"
    memory = Likeness()
    memory.add(1, f"{whole[:50]}…")
    assert memory.add(2, whole) is not None
    match = memory.add(3, f"Oh no. {whole} Poor people.")
    assert match is not None
    assert (match.key, match.why) == (1, Why.WITHIN)


def test_the_words_alone_join_what_was_taken_for_two() -> None:
    words = "Caught on camera: fertilizer plant explosion near Waco"
    memory = Likeness()
    assert memory.add(1, f"Oh my. {words}, Texas") is None
    assert memory.add(2, f"This is devastating {words}, Texas") is None
    match = memory.add(3, f"{words}, Texas")
    assert match is not None
    assert (match.key, match.joined) == (1, (2,))
    again = memory.add(4, f"This is devastating {words}, Texas")
    assert again is not None
    assert again.key == 1


def test_what_all_appeals_end_with_does_not_make_them_one() -> None:
    ending = (
        "If you have any information please call 101 or ring Crimestoppers anonymously on "
        "0800 555 111. You can also report online."
    )
    memory = Likeness()
    told = [
        "A man was robbed of his phone by two men on bicycles near the canal bridge",
        "We want to speak to the driver of a silver van seen outside the shop before the fire",
    ]
    assert [memory.add(key, f"{text}. {ending}") for key, text in enumerate(told)] == [None] * 2
    match = memory.add(2, ending)
    assert match is not None
    assert match.joined == ()


def test_two_slips_of_one_text_are_joined_by_it() -> None:
    memory = Likeness()
    assert memory.add(1, APPEAL.replace("wearing", "waring")) is None
    assert memory.add(2, APPEAL.replace("wearing", "wearng")) is None
    match = memory.add(3, APPEAL)
    assert match is not None
    assert (match.key, match.joined) == (1, (2,))
    assert memory.add(4, APPEAL.replace("wearing", "waring")) is not None


def test_the_words_alone_are_learnt_when_a_comment_came_first() -> None:
    memory = Likeness()
    memory.add(1, f"Has anybody seen her? {APPEAL}")
    assert memory.add(2, APPEAL) is not None
    match = memory.add(3, f"My heart goes out to the family, {APPEAL}")
    assert match is not None
    assert (match.key, match.why) == (1, Why.WITHIN)


def test_what_tells_a_text_from_others_of_its_template_finds_it() -> None:
    memory = Likeness()
    rest = "tonight. Move valuables upstairs, switch off gas and stay away from the river bank."
    texts = [f"Flood warning issued for village {n} at {n} hours {rest}" for n in range(30)]
    for key, text in enumerate(texts):
        assert memory.add(key, text) is None
    for key, text in enumerate(texts):
        match = memory.add(100 + key, f"Anyone else there? {text[:-12]}…")
        assert match is not None
        assert match.key == key


def test_an_original_is_never_itself_a_repetition() -> None:
    memory = Likeness()
    texts = [APPEAL, f"RT @a: {APPEAL}", f"Share! RT @b: {APPEAL}", f"{APPEAL[:100]}…"]
    matches = [memory.add(key, text) for key, text in enumerate(texts)]
    assert [match.key for match in matches[1:] if match] == [0, 0, 0]
    assert len(memory) == 1


def test_the_same_item_again_is_no_repetition_of_itself() -> None:
    memory = Likeness()
    assert memory.add(7, APPEAL) is None
    assert memory.add(7, APPEAL) is None


def test_what_is_repeated_stays_and_the_rest_is_forgotten() -> None:
    memory = Likeness(capacity=3)
    memory.add(0, APPEAL)
    for key in range(1, 20):
        memory.add(key, f"{string.ascii_letters[key] * 5} bridge number {key} is closed for work")
        if key % 2:
            assert memory.add(100 + key, f"RT @gmpolice: {APPEAL}") is not None
    assert len(memory) == 3
    assert memory.add(200, "bbbbb bridge number 1 is closed for work") is None


def test_a_copy_is_found_among_many_of_one_template() -> None:
    memory = Likeness()
    texts = [f"Flood warning number {n} for the river at village {n}, act now" for n in range(300)]
    assert [memory.add(key, text) for key, text in enumerate(texts)] == [None] * 300
    match = memory.add(999, f"Oh dear! {texts[7]}")
    assert match is not None
    assert match.key == 7


_words = st.text(alphabet=string.ascii_lowercase, min_size=3, max_size=9)
_texts = st.lists(_words, min_size=8, max_size=25, unique=True).map(" ".join)
_users = st.from_regex(r"[a-z]{3,12}", fullmatch=True)


@st.composite
def disguised(draw: st.DrawFn, text: str) -> str:
    """Return a text as others pass it on."""
    if draw(st.booleans()):
        text = text.upper()
    if draw(st.booleans()):
        text = text.replace(" ", "  ") + "!"
    if draw(st.booleans()):
        text += f" https://t.co/{draw(_users)}"
    for user in draw(st.lists(_users, max_size=3)):
        text = f"RT @{user}: {text}"
    return text


@given(st.data(), _texts)
def test_marks_case_and_links_hide_nothing(data: st.DataObject, text: str) -> None:
    match = repeats(data.draw(disguised(text)), text)
    assert match is not None
    assert (match.why, match.score) == (Why.SAME, 1.0)


@given(_texts, _users, st.data())
def test_a_cut_re_post_is_found(text: str, user: str, data: st.DataObject) -> None:
    words = text.split()
    kept = data.draw(st.integers(7, len(words)))
    assert repeats(f"RT @{user}: {' '.join(words[:kept])}…", text) is not None


@given(_texts, st.lists(_words, max_size=4), st.lists(_words, max_size=4))
def test_a_text_within_a_comment_is_found(text: str, before: list[str], after: list[str]) -> None:
    match = repeats(f"{' '.join(before)} {text}. {' '.join(after)}", text)
    assert match is not None


@given(_texts, _texts)
def test_texts_that_share_few_words_are_not_alike(first: str, second: str) -> None:
    assume(len(set(first.split()) & set(second.split())) < 5)
    assert repeats(second, first) is None


@given(_texts, st.integers(0, 999), st.integers(0, 999))
def test_another_number_is_another_fact(text: str, one: int, other: int) -> None:
    assume(one != other)
    assert repeats(f"{text} at {other} hours", f"{text} at {one} hours") is None


@given(st.data(), st.lists(_texts, min_size=2, max_size=5, unique=True))
def test_what_falls_together_does_not_depend_on_the_order(
    data: st.DataObject, texts: list[str]
) -> None:
    rows = [(text, data.draw(disguised(text))) for text in texts for _ in range(3)]
    order = data.draw(st.permutations(range(len(rows))))

    def partition(numbers: list[int]) -> set[frozenset[int]]:
        firsts = group(rows[number][1] for number in numbers)
        places = set(firsts)
        return {
            frozenset(n for n, first in zip(numbers, firsts, strict=True) if first == place)
            for place in places
        }

    assert partition(order) == partition(list(range(len(rows))))


@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_text_can_be_read(texts: list[str]) -> None:
    assert len(group(texts)) == len(texts)
