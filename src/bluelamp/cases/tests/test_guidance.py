"""Guidance from the first draft to the reply that a citizen reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import articlesheet, consult, reviews
from bluelamp.cases.actions import guidance as acts
from bluelamp.cases.actions import tags as tagging
from bluelamp.cases.actions.guidance import Keeping
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Article, ArticleUse, ArticleVersion, Case, CaseTag, Reply
from bluelamp.cases.queries import guidance as found_in
from bluelamp.cases.queries.guidance import WantedArticles
from bluelamp.cases.queries.suggestions import searched, suggested
from bluelamp.cases.queries.way import Way
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.cases.values import ArticleState, Wording
from bluelamp.channels.contract import Fit
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock, direct
from bluelamp.notices.models import Notice
from bluelamp.org.errors import ImportRefusedError, NotPermittedError
from bluelamp.org.models import Calendar, Force, Officer, Unit
from bluelamp.org.permit import By
from bluelamp.org.values import Role
from conftest import make_officer

PUBLIC = {"visibility": "public", "author_id": "did:ann"}
LOCKS = Wording(
    "Burglary of sheds and homes",
    "## First\nAsk what was **stolen** and how the locks were broken.\n- bikes\n- tools",
    "Dear {{citizen_name|neighbour}}, sorry. Your reference is {{reference}}.",
)
NOISE = Wording("Noise from neighbours", "Dogs and music are for the council, not for us.")
FRAUD = Wording("Fraud and couriers", "Report Fraud takes reports. A courier at the door: 999.")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def root(force: Force) -> Unit:
    return force.units.get(parent=None)


@pytest.fixture
def hana(root: Unit) -> Officer:
    """Hana Reed: handles cases, and may write guidance."""
    return make_officer(root, "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(root: Unit) -> Officer:
    """Sam Cole: supervises, and publishes what others wrote."""
    return make_officer(root, "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def zoe(root: Unit) -> Officer:
    """Zoe Carr: communications, who may publish her own words."""
    return make_officer(root, "1103", "Zoe Carr", Role.COMMUNICATIONS)


def keeping(unit: Unit, **facts: Any) -> Keeping:
    return Keeping(unit, facts.pop("review_on", date(2027, 5, 1)), **facts)


def publish(article: Article, *, by: By, now: datetime) -> Article:
    """Publish what was written last."""
    return acts.publish(article, acts.newest(article).number, by=by, now=now)


def published(unit: Unit, words: Wording, now: datetime, code: str = "", **facts: Any) -> Article:
    """Write and publish, as an operator does from a file."""
    code = code or words.title.split()[0].lower()
    made = acts.write(code, words, keeping(unit, **facts), by=SYSTEM, now=now)
    return publish(made, by=SYSTEM, now=now)


@pytest.fixture
def shelf(root: Unit, now: datetime) -> list[Article]:
    """Three articles that officers are shown."""
    return [published(root, words, now) for words in (LOCKS, NOISE, FRAUD)]


@pytest.fixture
def case(page: Account, now: datetime) -> Case:
    return open_case(
        page, "Our shed was broken into and two bikes are stolen", now, by="ann@example.test"
    )


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"cases:{name}", args=arguments)


def text(response: Any) -> str:
    return str(response.content.decode())


# Written, published, kept -----------------------------------------------------------


def test_nobody_publishes_their_own_words_without_the_grant_for_it(
    root: Unit, hana: Officer, sam: Officer, zoe: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    with pytest.raises(NotPermittedError):
        publish(made, by=hana, now=now)
    acts.revise(made, NOISE, note="Another matter", by=sam, now=now)
    with pytest.raises(CaseRefusedError, match="Another officer"):
        publish(made, by=sam, now=now)
    assert publish(made, by=zoe, now=now).state == ArticleState.PUBLISHED
    own = acts.write("fraud", FRAUD, keeping(root), by=zoe, now=now)
    assert publish(own, by=zoe, now=now).title == FRAUD.title


def test_readers_see_the_published_words_while_others_are_written(
    root: Unit, hana: Officer, sam: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    assert list(found_in.readable(root.force)) == []
    publish(made, by=sam, now=now)
    acts.revise(made, NOISE, note="Now of noise", by=hana, now=now)
    (seen,) = found_in.readable(root.force)
    assert seen.published is not None
    assert (seen.title, seen.published.body) == (LOCKS.title, LOCKS.body)
    assert found_in.search(found_in.readable(root.force), "council") == []
    publish(made, by=sam, now=now)
    assert [one.title for one in found_in.search(found_in.readable(root.force), "council")] == [
        NOISE.title
    ]
    assert list(ArticleVersion.objects.values_list("number", "by_name", "note")) == [
        (1, hana.label, ""), (2, hana.label, "Now of noise")
    ]  # fmt: skip


def test_the_same_words_again_make_no_version_and_changes_are_recorded(
    root: Unit, hana: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    acts.revise(made, LOCKS, note="", by=hana, now=now)
    assert made.versions.count() == 1
    entries = Entry.objects.filter(table="cases_articleversion", op="I")
    assert [entry.act.actor_label for entry in entries] == [hana.label]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (Wording("", "Words"), "title and words"),
        (Wording("Title", " "), "title and words"),
        (Wording("Title", "Words", "Dear {{citizen}}"), "citizen"),
        (Wording("Title", "Words", "", "{{phone}}"), "phone"),
    ],
)
def test_words_that_are_not_in_order_are_refused(
    root: Unit, hana: Officer, now: datetime, words: Wording, says: str
) -> None:
    with pytest.raises(CaseRefusedError, match=says):
        acts.write("locks", words, keeping(root), by=hana, now=now)
    assert not Article.objects.exists()


def test_what_is_published_wants_a_review_to_come(root: Unit, now: datetime) -> None:
    made = acts.write("locks", LOCKS, keeping(root, review_on=now.date()), by=SYSTEM, now=now)
    with pytest.raises(CaseRefusedError, match="review date"):
        publish(made, by=SYSTEM, now=now)


def test_who_writes_for_one_unit_writes_for_no_other(team: Unit, root: Unit, now: datetime) -> None:
    pc = make_officer(team, "1201", "Ida Moss", Role.HANDLER)
    with pytest.raises(NotPermittedError):
        acts.write("locks", LOCKS, keeping(root), by=pc, now=now)
    made = acts.write("locks", LOCKS, keeping(team), by=pc, now=now)
    with pytest.raises(NotPermittedError):
        acts.keep(made, acts.keeping_of(made, unit=root), by=pc, now=now)


def test_a_retired_article_stands_beside_no_case(
    root: Unit, sam: Officer, case: Case, hana: Officer, now: datetime
) -> None:
    made = published(root, LOCKS, now)
    assert [one.article for one in suggested(case, hana)] == [made]
    acts.retire(made, reason="The law changed", by=sam, now=now + timedelta(minutes=1))
    assert suggested(case, hana) == []
    assert publish(made, by=sam, now=now).state == ArticleState.PUBLISHED


# Found ------------------------------------------------------------------------------


def titles(found: Any) -> list[str]:
    return [one.title for one in found]


def test_a_search_knows_stems_and_beginnings_and_every_word(
    root: Unit, shelf: list[Article], now: datetime
) -> None:
    def hits(words: str) -> list[str]:
        return titles(found_in.search(found_in.readable(root.force), words))

    assert hits("burgl") == hits("bicycle bike") == hits("burglaries") == [LOCKS.title]
    assert hits("lock brok") == [LOCKS.title]
    assert hits("counc dog") == [NOISE.title]
    assert hits("report fraud council") == [FRAUD.title, NOISE.title], "one word is enough, if"
    assert hits("the") == hits("xyzzy") == hits("'; --") == hits("") == []


def test_each_language_is_searched_by_its_own_stems(root: Unit, now: datetime) -> None:
    published(root, Wording("Cambriolages", "Les serrures forcées"), now, language="fr")
    published(root, Wording("Byrgleriaeth", "Cloeon wedi torri"), now, language="cy")
    seen = found_in.readable(root.force)
    assert titles(found_in.search(seen, "serrure forcee")) == ["Cambriolages"]
    assert titles(found_in.search(seen, "cloeo")) == ["Byrgleriaeth"]


def test_what_officers_found_useful_stands_before_its_equal(
    root: Unit, case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    first = published(root, Wording("Shed locks A", "Sheds and locks"), now, "a")
    second = published(root, Wording("Shed locks B", "Sheds and locks"), now, "b")
    seen = found_in.readable(root.force)
    assert found_in.search(seen, "shed") == [first, second]
    for officer in (hana, sam):
        consult.judge(second, case, useful=True, by=officer, now=now)
    assert found_in.search(seen, "shed") == [second, first]
    assert [one.article for one in suggested(case, hana)] == [second, first]


def test_the_list_shows_what_is_overdue_first(
    root: Unit, shelf: list[Article], hana: Officer, now: datetime
) -> None:
    today = now.date()
    late = acts.keeping_of(shelf[1], review_on=today - timedelta(days=3), owner=hana)
    acts.keep(shelf[1], late, by=SYSTEM, now=now)
    found = found_in.listed(hana, WantedArticles(), today=today)
    assert titles(found)[0] == NOISE.title
    assert found_in.overdue(hana, today=today) == 1
    shown = text(as_officer(hana).get(at("articles")))
    assert "Review is due" in shown
    assert "1 article that you answer for is due for review." in shown


def test_who_answers_for_it_is_told_once_when_the_review_is_due(
    root: Unit, shelf: list[Article], hana: Officer, sam: Officer, now: datetime
) -> None:
    def due(article: Article, day: date, **facts: Any) -> None:
        acts.keep(article, acts.keeping_of(article, review_on=day, **facts), by=SYSTEM, now=now)

    def told() -> list[str]:
        reviews.remind(now=now)
        return sorted(Notice.objects.values_list("address", flat=True))

    assert told() == []
    due(shelf[0], now.date(), owner=hana)
    due(shelf[1], now.date())
    assert told() == sorted([hana.email, sam.email]), "its owner; else who supervises"
    assert len(told()) == 2, "once"
    due(shelf[0], now.date() - timedelta(days=1))
    assert len(told()) == 3, "another date is another review"
    with acting(SYSTEM, "test.setup"):
        Unit.objects.filter(pk=root.pk).update(email="desk@example.test")
    due(shelf[2], now.date())
    assert "desk@example.test" in told()
    acts.retire(shelf[1], reason="Old", by=SYSTEM, now=now)
    due(shelf[1], now.date() - timedelta(days=9))
    assert len(told()) == 4, "nobody reviews what is retired"


# Beside a case ------------------------------------------------------------------------


def test_a_case_is_shown_what_fits_it_and_why(
    shelf: list[Article], case: Case, hana: Officer
) -> None:
    (only,) = suggested(case, hana)
    assert only.article.title == LOCKS.title
    assert set(only.words) >= {"shed", "bikes", "stolen"}, "as they were written"
    shown = text(as_officer(hana).get(at("case", case.reference)))
    assert "because of:" in shown
    assert NOISE.title not in shown


def test_a_tag_brings_what_no_word_would(
    force: Force, root: Unit, page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    tag = tagging.define_tag(force, "Firearms", by=sam)
    made = published(root, Wording("Certificates", "Renew in time."), now, tags=(tag,))
    published(root, NOISE, now)
    case = open_case(page, "What must I do by January?", now, by="vic@example.test")
    assert suggested(case, hana) == []
    tagging.put_on(case, tag, by=hana, now=now)
    (only,) = suggested(case, hana)
    assert (only.article, only.tags) == (made, ("Firearms",))


def test_near_copies_and_another_s_articles_count_for_nothing(
    shelf: list[Article], case: Case, hana: Officer, other_force: Force, now: datetime
) -> None:
    published(other_force.units.get(parent=None), Wording("Sheds", "shed bikes stolen"), now)
    assert titles(one.article for one in suggested(case, hana)) == [LOCKS.title]
    assert titles(one.article for one in searched(case, hana, "shed")) == [LOCKS.title]


def test_the_box_searches_without_script_and_live(
    shelf: list[Article], case: Case, hana: Officer
) -> None:
    client = as_officer(hana)
    whole = text(client.get(at("case", case.reference), {"guidance": "counc"}))
    piece = text(client.get(at("guidance_found", case.reference), {"guidance": "counc"}))
    for shown in (whole, piece):
        assert NOISE.title in shown
        assert FRAUD.title not in shown
    assert "<html" not in piece
    assert "1 article" in piece
    assert "No article speaks of" in text(
        client.get(at("guidance_found", case.reference), {"guidance": "xyzzy"})
    )


def test_a_word_counts_once_an_officer_and_case(
    shelf: list[Article], case: Case, hana: Officer, sam: Officer
) -> None:
    for officer, word in ((hana, "yes"), (hana, "no"), (hana, "yes"), (sam, "no")):
        as_officer(officer).post(
            at("judge", case.reference, shelf[0].pk), {"useful": word}, follow=True
        )
    wanted = WantedArticles(words="burglary")
    (row,) = found_in.listed(hana, wanted, today=date(2026, 1, 1))
    assert (row.useful, row.useless) == (1, 1)  # type: ignore[attr-defined]
    assert "to 1 of 2" in text(as_officer(hana).get(at("articles")))


# Used as a reply --------------------------------------------------------------------


def test_a_reply_is_put_below_what_was_written_and_goes_like_any_other(
    shelf: list[Article], case: Case, hana: Officer
) -> None:
    client = as_officer(hana)
    shown = text(client.get(at("case", case.reference)))
    assert f"Your reference is {case.reference}." in shown
    given = {"text": "Good morning."}
    answer = client.post(at("use_reply", case.reference, shelf[0].pk), given, follow=True)
    draft = Reply.objects.get()
    assert draft.text.startswith("Good morning.\n\nDear ")
    assert draft.text in text(answer).replace("&#x27;", "'")
    client.post(at("use_reply", case.reference, shelf[0].pk), {"text": draft.text})
    assert Reply.objects.get().text == draft.text, "twice is once"
    client.post(at("reply", case.reference), {"then": "send", "text": draft.text, "seen": ""})
    assert Reply.objects.get().state == "sent"
    assert ArticleUse.objects.get().replied_at is not None


def test_what_is_not_known_is_named_and_never_sent(
    root: Unit, case: Case, hana: Officer, now: datetime
) -> None:
    words = Wording("Shed", "A shed, two bikes.", "Open {{open_hours}}. {{citizen_name|Hello}}.")
    made = published(root, words, now)
    client = as_officer(hana)
    assert "the opening hours" in text(client.get(at("case", case.reference)))
    answer = client.post(at("use_reply", case.reference, made.pk), {"text": ""}, follow=True)
    assert "Fill in: the opening hours." in text(answer)
    with pytest.raises(CaseRefusedError, match="open_hours"):
        answering.answer(case, Reply.objects.get().text, by=hana, now=now, seen=None)
    with acting(SYSTEM, "test.setup"):
        week = [[["08:00", "20:00"]]] * 5 + [[], []]
        Calendar.objects.create(force=case.force, name="Desk", week=week)
    assert "Open Monday to Friday 8am to 8pm." in text(client.get(at("case", case.reference)))


def test_a_channel_that_is_too_small_gets_the_short_one(
    root: Unit, page: Account, hana: Officer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = Wording("Shed", "A shed, two bikes.", "Long. " * 60, "Short for {{citizen_name|you}}.")
    made = published(root, words, now)
    case = open_case(page, "@police our shed", now, said=PUBLIC)

    def narrow(_way: Way, said: str) -> Fit:
        return Fit(len(said), 300, "characters", problem="Too long" if len(said) > 300 else "")

    monkeypatch.setattr(Way, "fit", narrow)
    reply, ready = consult.use_reply(made, case, written="", by=hana, now=now)
    assert ready.short
    assert reply.text == "Short for you.", "in public nobody is named"


def test_the_on_call_phone_is_never_given_away(
    force: Force, root: Unit, case: Case, hana: Officer, now: datetime
) -> None:
    made = published(root, Wording("Shed", "A shed.", "Ring {{unit_phone}}."), now)
    with acting(SYSTEM, "test.setup"):
        root.phone = "+447700900123"
        root.save()
    case.refresh_from_db()
    reply, _ready = consult.use_reply(made, case, written="", by=hana, now=now)
    assert reply.text == "Ring 101."
    with acting(SYSTEM, "test.setup"):
        force.settings |= {"public_phones": {"HQ": "01632 960000"}}
        force.save()
    case = Case.objects.get(pk=case.pk)
    reply, _ready = consult.use_reply(made, case, written="", by=hana, now=now)
    assert reply.text == "Ring 01632 960000."


# The pages ----------------------------------------------------------------------------


def form_of(unit: Unit, **more: Any) -> dict[str, Any]:
    return {
        "title": "Stalking", "body": "## Do now\nAsk <b>when</b> it began.", "unit": unit.pk,
        "review_on_day": "1", "review_on_month": "5", "review_on_year": "2027", "language": "en",
        "then": "save", **more,
    }  # fmt: skip


def test_an_article_is_written_looked_at_and_published_on_its_pages(
    root: Unit, hana: Officer, sam: Officer
) -> None:
    client = as_officer(hana)
    looked = client.post(at("begin_article"), form_of(root, then="preview"))
    assert "&lt;b&gt;when&lt;/b&gt;" in text(looked)
    assert not Article.objects.exists()
    wrong = client.post(at("begin_article"), form_of(root, reply="Dear {{citizen}}"))
    assert "No field is called “citizen”" in text(wrong)
    client.post(at("begin_article"), form_of(root))
    made = Article.objects.get()
    assert made.code == "stalking"
    assert "Somebody who did not write it publishes it." in text(client.get(at("article", made.pk)))
    assert client.post(at("publish", made.pk)).status_code == 403
    as_officer(sam).post(at("publish", made.pk), {"version": 1})
    begun: dict[str, Any] = {"made_from": 1, "kept_from": acts.mark_of(made)}
    change = form_of(root, body="New words", note="Shorter", **begun)
    client.post(at("change_article", made.pk), change)
    shown = text(client.get(at("article", made.pk), {"version": 2}))
    assert "Shorter" in shown
    assert "<ins>" in shown
    assert "waits to be published" in shown


def test_nobody_publishes_words_that_came_after_those_they_read(
    root: Unit, hana: Officer, sam: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    boss = as_officer(sam)
    assert 'name="version" value="1"' in text(boss.get(at("article", made.pk)))
    acts.revise(made, NOISE, note="Quickly", by=hana, now=now)
    late = boss.post(at("publish", made.pk), {"version": 1})
    assert late.status_code == 400
    assert "Hana Reed" in text(late)
    assert boss.post(at("publish", made.pk)).status_code == 400, "it says what it read"
    made.refresh_from_db()
    assert made.state == ArticleState.DRAFT
    boss.post(at("publish", made.pk), {"version": 2})
    made.refresh_from_db()
    assert made.title == NOISE.title


def test_who_writes_on_old_words_is_told_who_changed_them(
    root: Unit, hana: Officer, sam: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    where = at("change_article", made.pk)
    mine, theirs = as_officer(hana), as_officer(sam)
    assert 'name="made_from" value="1"' in text(mine.get(where))
    kept = acts.mark_of(made)
    assert f'name="kept_from" value="{kept}"' in text(mine.get(where))
    theirs.post(where, form_of(root, body="Theirs", made_from=1, kept_from=kept))
    for given in ({"made_from": 1}, {}):
        late = mine.post(where, form_of(root, title="Mine", body="Mine", **given))
        assert late.status_code == 400
        assert "Sam Cole" in text(late)
        assert "Mine" in text(late), "what they wrote is not lost"
    assert acts.newest(made).body == "Theirs"


def test_who_gives_an_article_away_meanwhile_is_not_overwritten(
    force: Force, root: Unit, hana: Officer, sam: Officer, now: datetime
) -> None:
    made = acts.write("locks", LOCKS, keeping(root), by=hana, now=now)
    said = {name: getattr(LOCKS, name) for name in ("title", "body", "reply", "short_reply")}
    given = form_of(root, **said, made_from=1, kept_from=acts.mark_of(made))
    where = at("change_article", made.pk)
    assert as_officer(sam).post(where, given | {"owner": str(sam.pk)}).status_code == 302
    assert acts.newest(made).number == 1
    late = as_officer(hana).post(where, given | {"owner": str(hana.pk), "body": "Mine"})
    assert late.status_code == 400
    assert "changed this meanwhile" in text(late)
    made.refresh_from_db()
    assert made.owner == sam
    assert acts.newest(made).body == LOCKS.body, "neither half is kept"
    again = given | {"owner": str(hana.pk), "kept_from": acts.mark_of(made)}
    assert as_officer(hana).post(where, again).status_code == 302


def test_a_bare_number_brings_no_article_beside_a_case(
    root: Unit, page: Account, hana: Officer, now: datetime
) -> None:
    said = Wording("Noise", "Ring 3 or 47 at night. Form 4711 a.")
    made = acts.write("noise", said, keeping(root), by=SYSTEM, now=now)
    acts.publish(made, 1, by=SYSTEM, now=now)
    case = open_case(page, "My 3 bins and 47 sheep, 4711", now)
    assert suggested(case, hana) == []
    loud = open_case(page, "3 of them make noise at night, 47 times", now, by="bo@example.test")
    (found,) = suggested(loud, hana)
    assert "noise" in found.words
    assert not any(word.isdigit() for word in found.words)


def test_a_review_moves_the_day_and_a_retiring_wants_a_reason(
    root: Unit, shelf: list[Article], sam: Officer
) -> None:
    client, made = as_officer(sam), shelf[0]
    day = {"review_on_day": "1", "review_on_month": "2", "review_on_year": "2028"}
    client.post(at("review", made.pk), day)
    made.refresh_from_db()
    assert made.review_on == date(2028, 2, 1)
    assert "Say why" in text(client.post(at("retire", made.pk), {"reason": ""}))
    client.post(at("retire", made.pk), {"reason": "Old"})
    made.refresh_from_db()
    assert made.state == ArticleState.RETIRED


def test_tags_are_kept_by_who_may_and_put_on_by_who_works(
    force: Force, case: Case, hana: Officer, sam: Officer
) -> None:
    assert as_officer(hana).post(at("tags"), {"name": "Burglary"}).status_code == 403
    as_officer(sam).post(at("tags"), {"name": " Burglary ", "active": "on"})
    tag = CaseTag.objects.get()
    twice = as_officer(sam).post(at("tags"), {"name": "BURGLARY", "active": "on"})
    assert "There is a tag" in text(twice)
    client = as_officer(hana)
    for _again in range(2):
        client.post(at("tag_on", case.reference), {"tag": tag.pk})
    assert case.tagged.get().by == hana
    listed = client.get(at("queue"), {"tag": tag.pk}).context["rows"]
    assert [row["case"].pk for row in listed] == [case.pk]
    client.post(at("tag_off", case.reference, tag.pk))
    assert not case.tagged.exists()
    assert not client.get(at("queue"), {"tag": tag.pk}).context["rows"]
    as_officer(sam).post(at("tag", tag.pk), {"name": "Burglary"})
    refused = client.post(at("tag_on", case.reference), {"tag": tag.pk})
    assert "is not in use" in text(refused)


def test_a_tag_is_news_to_who_has_the_case_open(
    force: Force, case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    client = as_officer(hana)
    before = client.get(at("facts", case.reference)).json()
    tag = tagging.define_tag(force, "Burglary", by=sam)
    tagging.put_on(case, tag, by=sam, now=now)
    assert client.get(at("facts", case.reference)).json() != before


# Files ----------------------------------------------------------------------------------

FILE = """code,title,body,tags,reply,state,owner
locks,Burglary,"## First
Ask.",burglary,"Dear {{citizen_name|you}}",published,1101
noise,Noise,Council.,,,,
"""


def plan(force: Force, folder: Path, content: str, now: datetime) -> Any:
    path = folder / "articles.csv"
    path.write_text(content)
    return articlesheet.plan_articles(force, path, by=SYSTEM, now=now)


def test_a_file_is_taken_in_once_and_comes_out_the_same(
    force: Force, hana: Officer, sam: Officer, tmp_path: Path, now: datetime
) -> None:
    tagging.define_tag(force, "Burglary", by=sam)
    plan(force, tmp_path, FILE, now).apply()
    assert dict(Article.objects.values_list("code", "state")) == {
        "locks": "published", "noise": "draft"
    }  # fmt: skip
    again = plan(force, tmp_path, FILE, now)
    assert (again.changes, again.same) == ([], 2)
    out = plan(force, tmp_path, articlesheet.written(force), now)
    assert (out.changes, out.same) == ([], 2)
    plan(force, tmp_path, FILE.replace("Ask.", "Ask twice."), now).apply()
    locks = Article.objects.get(code="locks")
    assert (locks.versions.count(), locks.owner) == (2, hana)
    assert locks.published == acts.newest(locks)


CHANGES: dict[str, Callable[[Article, dict[str, Any]], object]] = {
    "words": lambda one, by: acts.revise(one, Wording("Burglary", "Mine.", "", ""), note="", **by),
    "keeping": lambda one, by: acts.keep(one, acts.keeping_of(one, language="cy"), **by),
    "state": lambda one, by: acts.retire(one, reason="It is wrong", **by),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_since_it_was_written_out_is_not_overwritten(
    force: Force, hana: Officer, sam: Officer, tmp_path: Path, now: datetime, what: str
) -> None:
    tagging.define_tag(force, "Burglary", by=sam)
    plan(force, tmp_path, FILE, now).apply()
    sheet = articlesheet.written(force)
    edited = sheet.replace("Ask.", "Ask twice.").replace("Council.", "Call the council.")
    assert len(plan(force, tmp_path, edited, now).changes) == 2, "nobody was in between"
    CHANGES[what](Article.objects.get(code="locks"), {"by": SYSTEM, "now": now})
    with pytest.raises(ImportRefusedError, match="changed since") as refused:
        plan(force, tmp_path, edited, now)
    assert "articles.csv, row 2, column version" in str(refused.value)
    assert "row 3" not in str(refused.value), "nobody changed the other"
    by_hand = re.sub("v[0-9]+-[0-9a-f]{12}", "", edited)
    assert len(plan(force, tmp_path, by_hand, now).changes) == 2, "said on purpose"


@pytest.mark.django_db(transaction=True)
def test_what_is_planned_on_is_held_until_it_is_done(
    force: Force, hana: Officer, sam: Officer, tmp_path: Path, now: datetime
) -> None:
    tagging.define_tag(force, "Burglary", by=sam)
    with transaction.atomic():
        plan(force, tmp_path, FILE, now).apply()
    take = "SELECT id FROM cases_article FOR UPDATE SKIP LOCKED"
    with transaction.atomic(), direct.connect(name="test") as other:
        plan(force, tmp_path, FILE.replace("Ask.", "Ask twice."), now)
        assert other.execute(take).fetchall() == []


def test_every_mistake_is_named_and_nothing_is_half_taken_in(
    force: Force, tmp_path: Path, now: datetime
) -> None:
    wrong = (
        "code,title,body,tags,reply,state,review_on,unit,owner\n"
        'good,Good,"Two\nlines",,,,,,\n'
        "bad code,,Words,burglary,{{phone}},gone,soon,XX,9\n"
        "late,Late,Words,,,published,2020-01-01,,\n"
        "good,Again,Words,,,,,,\n"
    )
    with pytest.raises(ImportRefusedError) as refused:
        plan(force, tmp_path, wrong, now)
    told = str(refused.value)
    for words in (
        "articles.csv, row 3, column code", "row 3, column title: is empty",
        "there is no tag “burglary”", "no field is called “phone”", "row 3, column state",
        "row 3, column review_on", "column unit: “XX” is not known", "column owner",
        "row 4, column review_on: is over", "row 5, column code: “good” is in row 2 already",
    ):  # fmt: skip
        assert words in told
    assert not Article.objects.exists()


def test_tags_are_taken_in_from_a_file(force: Force, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("name,description,active\nBurglary,Homes,yes\nOld,,no\n")
    articlesheet.plan_tags(force, path, by=SYSTEM).apply()
    assert dict(CaseTag.objects.values_list("name", "active")) == {"Burglary": True, "Old": False}
    assert articlesheet.plan_tags(force, path, by=SYSTEM).same == 2
