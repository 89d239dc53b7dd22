"""What we say: refused where it must not go out, nobody overwritten, the way back in one act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.wording import set_outcomes, set_text
from bluelamp.cases.errors import CaseRefusedError, ChangedMeanwhileError
from bluelamp.cases.queries.settings import mark
from bluelamp.cases.rules.greeting import closed_words, emergency_words, look_words
from bluelamp.cases.rules.outcomes import USUAL, Choice, listed, new_key, outcomes
from bluelamp.cases.rules.wording import (
    EMERGENCY,
    OUTCOME,
    TEXTS,
    Flaw,
    Text,
    flaws,
    refused,
    text_of,
    warned,
)
from bluelamp.kit import clock
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

OPENS = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OURS = (
    "In danger? Call 999 now. Cannot speak? Press 55 on a mobile. Cannot hear? Text 999 "
    "(emergencySMS) or 999 BSL."
)


def found(key: str, words: str) -> set[Flaw]:
    return {one.flaw for one in flaws(_text(key), words)}


def _text(key: str) -> Text:
    text = text_of(key)
    assert text
    return text


# The rules --------------------------------------------------------------------


def test_the_product_s_own_words_have_no_flaw() -> None:
    assert [flaws(text, text.usual) for text in TEXTS] == [()] * len(TEXTS)
    assert [flaws(OUTCOME, one.words) for one in USUAL] == [()] * len(USUAL)


@pytest.mark.parametrize(
    "words",
    [
        "Text 999 (emergencySMS), press 55, or use 999 BSL.",
        "If you are in danger, ring us. Press 55 if asked. emergencySMS or 999 BSL.",
        "Call 9990. 55, emergencySMS, 999 BSL",
    ],
)
def test_an_emergency_answer_without_a_999_to_call_is_refused(words: str) -> None:
    assert [one.flaw for one in refused(_text("emergency_answer"), words)] == [Flaw.NO_999]


@pytest.mark.parametrize(
    ("gone", "flaw"),
    [("Press 55 on a mobile", Flaw.NO_55), ("(emergencySMS)", Flaw.NO_SMS),
     ("999 BSL", Flaw.NO_BSL)],
)  # fmt: skip
def test_another_way_to_999_that_is_gone_is_warned_of(gone: str, flaw: Flaw) -> None:
    text = _text("emergency_answer")
    assert flaws(text, OURS) == ()
    assert [one.flaw for one in warned(text, OURS.replace(gone, "it"))] == [flaw]
    assert refused(text, OURS.replace(gone, "it")) == ()


@pytest.mark.parametrize("words", ["Do not call 999. ", "Never ring 999! ", "Don’t dial 999 "])
def test_words_that_speak_against_999_are_refused(words: str) -> None:
    for text in (*TEXTS[:2], TEXTS[3], OUTCOME):
        assert Flaw.AGAINST_999 in {one.flaw for one in refused(text, f"{words}{OURS}")}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("see https://force.example/x.", "https://force.example/x"),
        ("at brackenshire.police.uk, today", "brackenshire.police.uk"),
        ("mail help@force.test now", "help@force.test"),
        ("www.force.example", "www.force.example"),
    ],
)
def test_a_link_is_refused_and_named(words: str, named: str) -> None:
    (one,) = refused(_text("emergency_answer"), f"{OURS} {words}")
    assert (one.flaw, one.words) == (Flaw.LINK, named)


@given(st.sampled_from(TEXTS), st.text("abcdefghijklmnopqrstuvwxyz_ {}", max_size=12))
def test_what_is_left_in_braces_is_always_refused(text: Text, inside: str) -> None:
    """Whatever is accepted leaves no brace once its fields are filled."""
    words = f"Call 999 {{{inside}}}"
    if not refused(text, words):
        for name in text.fields:
            words = words.replace(f"{{{name}}}", "x")
        assert not set(words) & set("{}")


@pytest.mark.parametrize("word", ["domestic abuse", "your burglary", "Stalking", "a rape"])
def test_what_names_what_it_is_about_is_refused_everywhere(word: str) -> None:
    for text in (*TEXTS, OUTCOME):
        assert Flaw.TOPIC in {one.flaw for one in refused(text, f"Call 999. About {word}.")}


def test_fields_belong_to_the_texts_that_fill_them() -> None:
    assert refused(_text("closed_answer"), "Read {when}. Call 999.") == ()
    assert found("closed_answer", "Read soon.") == {Flaw.NO_WHEN, Flaw.NO_999_TOLD}
    assert Flaw.FIELD in found("closed_answer", "Read {when}. {reference} 999")
    assert Flaw.FIELD in found("look_answer", "{reference} {page} {when}")
    assert found("look_answer", "") == set()
    assert Flaw.NO_999 not in found("emergency_answer", "Call or text 999.")
    assert found("closed_answer", "  ") == {Flaw.EMPTY}
    assert found("emergency_answer", OURS + " x" * 250) == {Flaw.LONG}


def test_the_readers_take_what_the_page_writes() -> None:
    settings = {
        "emergency_answer": OURS,
        "closed_answer": "Back {when}.",
        "look_answer": "{reference}.",
    }
    assert emergency_words(settings) == OURS
    assert closed_words(settings, OPENS) == "Back on Monday from 8am."
    assert look_words(settings, "7K3C-9QX2", "p") == " 7K3C-9QX2."
    assert look_words({"look_answer": ""}, "7K3C-9QX2", "p") == ""


def test_words_that_must_not_go_out_are_not_read_either() -> None:
    """Whoever wrote them past the page: the product's words go out in their place."""
    assert emergency_words({"emergency_answer": "We read this soon."}) == EMERGENCY
    assert emergency_words({"emergency_answer": f"{OURS} {{name}}"}) == EMERGENCY
    assert "www" not in closed_words({"closed_answer": "Back {when}, www.x.example"}, OPENS)
    assert look_words({"look_answer": "{name}"}, "7K3C-9QX2", "p").startswith(" Your reference")


def test_new_outcomes_get_keys_of_their_own() -> None:
    assert new_key("Passed to a team!", []) == "passed-to-a-team"
    assert new_key("Noted", ["noted", "noted-2"]) == "noted-3"
    assert new_key("…", []) == "outcome"
    assert outcomes({"outcomes": listed(USUAL)}) == USUAL


# The page ---------------------------------------------------------------------


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def kim(force: Force) -> Officer:
    """Kim Shaw of communications."""
    return make_officer(force.units.get(parent=None), "1103", "Kim Shaw", Role.COMMUNICATIONS)


def client_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"settings:{name}", args=arguments)


def shown(response: Any) -> str:
    return unescape(" ".join(str(response.content.decode()).split()))


def own(force: Force) -> dict[str, Any]:
    force.refresh_from_db()
    return force.settings


def saved(client: Client, key: str, words: str, was: str = "none", **more: str) -> Any:
    filled = {"words": words, "was": was, "step": "save", "reason": "As the inspector wants"}
    return client.post(at("wording_text", key), filled | more)


@pytest.mark.django_db
def test_the_page_shows_whose_words_hold_and_how_long_they_are(force: Force, sam: Officer) -> None:
    text = shown(client_of(sam).get(at("wording")))
    assert EMERGENCY in text
    assert f"{len(EMERGENCY)} characters, 2 text messages; fits a post of 300" in text
    assert "Your reference is 7K3C-9QX2. See how it stands: http" in text
    assert "{when}" not in text
    assert "The product’s words" in text
    assert "Our own words" not in text


@pytest.mark.django_db
def test_a_text_is_looked_at_before_it_holds(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    looked = client.post(at("wording_text", "emergency_answer"), {"words": OURS, "was": "none"})
    assert looked.status_code == 200
    assert f"{len(OURS)} characters, 1 text message;" in shown(looked)
    assert "emergency_answer" not in own(force)
    unexplained = saved(client, "emergency_answer", OURS, reason=" ")
    assert unexplained.status_code == 400
    assert "Say why" in shown(unexplained)
    assert "emergency_answer" not in own(force)
    assert saved(client, "emergency_answer", OURS).status_code == 302
    assert emergency_words(own(force)) == OURS
    act = Act.objects.get(act="cases.set_wording")
    assert (act.actor_label, act.reason) == (sam.label, "As the inspector wants")
    assert Entry.objects.filter(act=act, table="org_force", op="U").count() == 1
    page = shown(client.get(at("wording_text", "emergency_answer")))
    assert f"Last changed by {sam.label}" in page
    assert "Last changed" not in shown(client.get(at("wording_text", "closed_answer")))


@pytest.mark.django_db
def test_words_that_must_not_go_out_are_refused_by_a_sentence(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    for step in ("look", "save"):
        for words, sentence in (
            ("We read this soon.", "Tell them to call 999"),
            (f"{OURS} {{name}}", "Nothing fills this in: “{name}”"),
            (f"{OURS} www.x.example", "No link or address may stand here: “www.x.example”"),
            (f"{OURS} Domestic abuse?", "“Domestic” says what it is about"),
        ):
            answer = saved(client, "emergency_answer", words, step=step)
            assert answer.status_code == 400
            assert sentence in shown(answer)
    assert own(force).get("emergency_answer") is None
    with pytest.raises(CaseRefusedError):
        set_text(force, "emergency_answer", "Hello", was="none", reason="x", by=sam)
    with pytest.raises(CaseRefusedError):
        set_text(force, "public_url", "Call 999", was="none", reason="x", by=sam)


@pytest.mark.django_db
def test_a_way_to_999_that_goes_is_warned_of_loudly(force: Force, sam: Officer) -> None:
    client, words = client_of(sam), "In danger? Call 999 now."
    filled = {"words": words, "was": "none"}
    looked = shown(client.post(at("wording_text", "emergency_answer"), filled))
    for name in ("press 55", "emergencySMS", "999 BSL"):
        assert name in looked
    assert "bl-loud" in looked
    assert saved(client, "emergency_answer", words).status_code == 302
    assert "It does not name 999 BSL" in shown(client.get(at("wording")))


@pytest.mark.django_db
def test_words_that_were_put_past_the_page_are_told_of(force: Force, sam: Officer) -> None:
    client, sentence = client_of(sam), "We have words of our own that must not go out"
    assert sentence not in shown(client.get(at("wording")))
    with acting(SYSTEM, "test.setup"):
        force.settings |= {"closed_answer": "Back {when}, see www.force.example"}
        force.save()
    assert sentence in shown(client.get(at("wording")))
    assert "www.force.example" not in shown(client.get(at("wording")))


@pytest.mark.django_db
def test_who_saw_older_words_overwrites_nobody(force: Force, sam: Officer, kim: Officer) -> None:
    saved(client_of(kim), "closed_answer", "Back {when}. Call 999.")
    late = saved(client_of(sam), "closed_answer", "Soon: {when}. Call 999.")
    assert late.status_code == 400
    assert f"{kim.label} changed this meanwhile" in shown(late)
    assert "Soon: {when}" in shown(late)
    assert own(force)["closed_answer"] == "Back {when}. Call 999."


@pytest.mark.django_db
def test_the_product_s_words_come_back_in_one_act(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    with acting(SYSTEM, "test.setup"):
        before, force.settings = force.settings, force.settings | {"emergency_answer": OURS}
        force.save()
    was = mark(force, "emergency_answer")
    assert was in shown(client.get(at("wording_text", "emergency_answer")))
    filled = {"words": OURS, "was": was, "step": "usual"}
    looked = client.post(at("wording_text", "emergency_answer"), filled)
    assert "Back to the product’s words?" in shown(looked)
    assert EMERGENCY in shown(looked)
    assert own(force)["emergency_answer"] == OURS
    assert saved(client, "emergency_answer", "", was, back="yes").status_code == 302
    assert own(force) == before


@pytest.mark.django_db
def test_where_to_look_may_say_nothing(force: Force, sam: Officer) -> None:
    assert saved(client_of(sam), "look_answer", "").status_code == 302
    assert look_words(own(force), "7K3C-9QX2", "p") == ""
    assert "Nothing is said." in shown(client_of(sam).get(at("wording")))


def rows(*given: tuple[str, str]) -> dict[str, str]:
    filled: dict[str, str] = {}
    for number in range(len(USUAL) + 2):
        name, words = given[number] if number < len(given) else ("", "")
        filled |= {f"name_{number}": name, f"words_{number}": words}
    return filled


@pytest.mark.django_db
def test_outcomes_are_changed_taken_out_and_added(force: Force, sam: Officer) -> None:
    client, first = client_of(sam), USUAL[0]
    kept = [(one.name, one.words) for one in USUAL]
    kept[0] = (first.name, "We have answered you.")
    kept[4] = ("", "")
    filled = rows(*kept, ("Told a team", "We have told a team.")) | {"was": "none"}
    looked = shown(client.post(at("wording_outcomes"), filled))
    assert "Taken out" in looked
    assert "We have told a team." in looked
    assert USUAL[1].words not in looked.split("<form")[0]
    assert "No word is different" not in looked
    renamed = rows(("Answered", first.words), *kept[1:4], (USUAL[4].name, USUAL[4].words))
    assert "No word is different" not in shown(client.post(at("wording_outcomes"), renamed))
    filled |= {"step": "save", "reason": "As agreed"}
    assert client.post(at("wording_outcomes"), filled).status_code == 302
    assert outcomes(own(force)) == (
        Choice(first.key, first.name, "We have answered you."), *USUAL[1:4],
        Choice("told-a-team", "Told a team", "We have told a team."),
    )  # fmt: skip


@pytest.mark.django_db
def test_outcomes_that_must_not_be_are_refused(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    for row, sentence in (
        (("", "We did."), "Give it a name"),
        (("Done", ""), "Write the words"),
        (("", ""), "Leave one outcome at least"),
        (("Done", "We arrested your partner."), "says what it is about"),
    ):
        filled = rows(row) | {"was": "none", "step": "save", "reason": "x"}
        answer = client.post(at("wording_outcomes"), filled)
        assert answer.status_code == 400
        assert sentence in shown(answer)
    assert "outcomes" not in own(force)
    with pytest.raises(CaseRefusedError):
        set_outcomes(force, [], was="none", reason="x", by=sam)
    set_outcomes(force, [Choice("a", "A", "We did.")], was="none", reason="x", by=sam)
    with pytest.raises(ChangedMeanwhileError):
        set_outcomes(force, None, was="none", reason="x", by=sam)
    stale = rows(("B", "We did b.")) | {"was": "none", "step": "save", "reason": "x"}
    assert client.post(at("wording_outcomes"), stale).status_code == 302
    assert [one.key for one in outcomes(own(force))] == ["a"]


@pytest.mark.django_db
def test_only_who_may_word_for_the_whole_force(
    force: Force, team: Unit, sam: Officer, kim: Officer
) -> None:
    handler = make_officer(force.units.get(parent=None), "1104", "Lee Ash", Role.HANDLER)
    below = make_officer(team, "1105", "Ida Moss", Role.SUPERVISOR)
    for officer in (handler, below):
        for where in (at("wording"), at("wording_outcomes"), at("wording_text", "look_answer")):
            assert client_of(officer).get(where).status_code == 403
        with pytest.raises(NotPermittedError):
            set_text(force, "look_answer", "", was="none", reason="x", by=officer)
    assert client_of(kim).get(at("wording")).status_code == 200
    assert client_of(sam).get(at("wording_text", "public_url")).status_code == 404


def test_the_operators_table_names_every_text() -> None:
    told = (Path(__file__).parents[4] / "docs" / "operating.md").read_text()
    keys = [text.key for text in (*TEXTS, OUTCOME)]
    assert [key for key in keys if f"| `{key}` |" not in told] == []
