"""The public's pages as a browser without script sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.kit.tokens import seal_link
from bluelamp.members import actions
from bluelamp.members.models import Consent, Member, Suppression
from bluelamp.members.public import cookies
from bluelamp.members.tests.people import (
    HOME,
    VISITOR,
    code_in_mail,
    make_area,
    make_member,
    make_postcode,
    make_topics,
    square,
)
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force

ANN = "ann.lee@example.org"


@pytest.fixture
def ground(force: Force, now: datetime) -> None:
    make_postcode("BD1 1AA", *HOME)
    make_postcode("ZZ1 1ZZ", 1.2, 52.9)
    make_area(force, "W1", square(*HOME, 0.02), now=now, name="Northwick")
    make_topics(force)


@pytest.fixture
def browser(ground: None) -> Client:
    return Client(enforce_csrf_checks=True)


def forms_of(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every form of a page with what a browser would send unchanged."""
    for found in re.finditer(r"<form([^>]*)>(.*?)</form>", html, re.DOTALL):
        fields: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", found[2]):
            name = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            kind = re.search(r'type="(\w+)"', tag)
            ticked = kind is None or kind[1] not in ("checkbox", "radio") or "checked" in tag
            if name and ticked and name[1] not in fields:
                fields[name[1]] = value[1] if value else ""
        action = re.search(r'action="([^"]*)"', found[1])
        yield (action[1] if action else ""), fields


def send(browser: Client, url: str, form: int = 0, **answers: object) -> str:
    """Open a page, fill its form, send it, follow; return the address one ends at."""
    page = browser.get(url)
    assert page.status_code == 200, (url, page.status_code)
    action, fields = list(forms_of(page.content.decode()))[form]
    answer = browser.post(action or url, {**fields, **answers})
    return answer.headers.get("Location", url) if answer.status_code == 302 else url


def join_all(browser: Client, address: str = ANN, **agree: object) -> str:
    assert send(browser, "/join/", email=address) == "/join/code/"
    assert send(browser, "/join/code/", code=code_in_mail(address)) == "/join/postcode/"
    assert send(browser, "/join/postcode/", postcode="bd11aa") == "/join/area/"
    assert send(browser, "/join/area/") == "/join/topics/"
    topics = [str(t.pk) for t in Force.objects.get(slug="brackenshire").topics.all()[:2]]
    assert send(browser, "/join/topics/", topics=topics) == "/join/agree/"
    return send(browser, "/join/agree/", **{"alerts": "on", **agree})


def test_joining_from_the_first_page_to_the_last(browser: Client, force: Force) -> None:
    assert join_all(browser) == "/join/done/"
    assert browser.get("/join/done/").status_code == 200
    member = Member.objects.get(force=force)
    assert (member.state, member.postcode, member.reach) == ("joined", "BD1 1AA", 3)
    assert Consent.objects.get().wording.text in (
        "I agree that Brackenshire Police uses my e-mail address and postcode to send me police"
        " messages about the area where I live. I can change my mind at any time."
    )
    assert Notice.objects.filter(kind="welcome", address=ANN).exists()


def test_the_words_that_are_kept_are_the_words_that_were_shown(browser: Client) -> None:
    send(browser, "/join/", email=ANN)
    send(browser, "/join/code/", code=code_in_mail(ANN))
    send(browser, "/join/postcode/", postcode="BD1 1AA")
    send(browser, "/join/area/")
    send(browser, "/join/topics/")
    shown = browser.get("/join/agree/").content.decode()
    send(browser, "/join/agree/", alerts="on", tracking="on")
    assert Consent.objects.count() == 2
    for consent in Consent.objects.all():
        assert consent.wording.text in shown


def test_nobody_joins_without_agreeing(browser: Client) -> None:
    join_all(browser, alerts="")
    assert not Member.objects.exists()


def test_steps_ask_first_for_what_is_missing(browser: Client) -> None:
    for step in ("code", "postcode", "area", "topics", "agree"):
        assert browser.get(f"/join/{step}/").headers["Location"] == "/join/"
    send(browser, "/join/", email=ANN)
    assert browser.get("/join/agree/").headers["Location"] == "/join/code/"


def test_one_can_go_back_and_come_back(browser: Client) -> None:
    send(browser, "/join/", email=ANN)
    send(browser, "/join/code/", code=code_in_mail(ANN))
    send(browser, "/join/postcode/", postcode="BD1 1AA")
    page = browser.get("/join/").content.decode()
    assert ANN in page
    assert "Go on where you were" in page
    assert "BD1 1AA" in browser.get("/join/postcode/").content.decode()
    assert send(browser, "/join/", email=ANN) == "/join/postcode/"  # no second code
    assert Notice.objects.count() == 1
    assert send(browser, "/join/", email="other@example.org") == "/join/code/"
    assert browser.get("/join/topics/").headers["Location"] == "/join/code/"


def test_no_address_shows_anything_personal(browser: Client) -> None:
    for url in ("/join/code/", "/join/postcode/", "/join/area/", "/join/topics/", "/join/agree/"):
        assert "?" not in url
    assert "ann" not in send(browser, "/join/", email=ANN)


def test_a_forged_cookie_is_no_cookie(browser: Client, force: Force, other_force: Force) -> None:
    from django.core import signing

    held = {"email": ANN, "verified": True}
    for value in (
        "rubbish",
        signing.dumps(held),
        signing.dumps(held, salt=f"{cookies.JOINING}:{other_force.pk}"),
    ):
        browser.cookies[cookies.JOINING] = value
        assert browser.get("/join/postcode/").headers["Location"] == "/join/"


def test_members_and_strangers_are_told_the_same(
    browser: Client, force: Force, now: datetime
) -> None:
    make_member(force, ANN, now=now)
    pages = []
    for address in (ANN, "new@example.org"):
        visitor = Client()
        first = visitor.post("/join/", {"email": address})
        second = visitor.get("/join/code/")
        third = visitor.post("/join/code/", {"code": "000000"})
        text = [p.content.decode().replace(address, "X") for p in (second, third)]
        text = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", one) for one in text]
        pages.append((first.status_code, first.headers["Location"], *text))
    assert pages[0] == pages[1]
    pages = []
    for address in (ANN, "new@example.org"):
        visitor = Client()
        first = visitor.post("/preferences/", {"email": address})
        text = visitor.get("/preferences/code/").content.decode()
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        pages.append((first.status_code, first.headers["Location"], text))
    assert pages[0] == pages[1]


def test_wrong_answers_are_explained(browser: Client) -> None:
    assert "correct format" in browser_post(browser, "/join/", email="ann")
    send(browser, "/join/", email=ANN)
    assert "6 digits" in browser_post(browser, "/join/code/", code="12")
    wrong = f"{(int(code_in_mail(ANN)) + 1) % 10**6:06d}"
    assert "wrong or too old" in browser_post(browser, "/join/code/", code=wrong)
    send(browser, "/join/code/", code=code_in_mail(ANN))
    assert "not a postcode" in browser_post(browser, "/join/postcode/", postcode="here")
    assert "We do not know" in browser_post(browser, "/join/postcode/", postcode="LU1 9ZZ")
    assert "outside the area" in browser_post(browser, "/join/postcode/", postcode="ZZ1 1ZZ")


def browser_post(browser: Client, url: str, **answers: object) -> str:
    page = browser.get(url)
    _action, fields = next(forms_of(page.content.decode()))
    return browser.post(url, {**fields, **answers}).content.decode()


def test_another_code_can_be_asked_for(browser: Client) -> None:
    send(browser, "/join/", email=ANN)
    send(browser, "/join/code/", form=1, again="1")
    assert Notice.objects.filter(kind="code").count() == 2
    assert send(browser, "/join/code/", code=code_in_mail(ANN)) == "/join/postcode/"


def test_too_many_codes_from_one_place(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from bluelamp.members import join

    monkeypatch.setattr(join, "CODES_A_SOURCE", 1)
    send(browser, "/join/", email=ANN)
    assert "Try again in an hour" in browser_post(browser, "/join/", email="b@example.org")


# Preferences ----------------------------------------------------------------


@pytest.fixture
def member(force: Force, ground: None, now: datetime) -> Member:
    return make_member(force, ANN, now=now, topics=1)


@pytest.fixture
def inside(browser: Client, member: Member) -> Client:
    assert send(browser, "/preferences/", email=ANN) == "/preferences/code/"
    assert send(browser, "/preferences/code/", code=code_in_mail(ANN)) == "/preferences/"
    return browser


PAGES = ("topics", "place", "pause", "language", "tracking", "data", "leave")


@pytest.mark.parametrize("name", PAGES)
def test_preferences_are_for_the_member_alone(browser: Client, member: Member, name: str) -> None:
    assert browser.get(f"/preferences/{name}/").headers["Location"] == "/preferences/"
    send(browser, "/preferences/", email=ANN)  # a code asked for is not a code known
    assert browser.get(f"/preferences/{name}/").headers["Location"] == "/preferences/"


def test_everything_is_shown_and_can_be_changed(inside: Client, member: Member) -> None:
    page = inside.get("/preferences/").content.decode()
    assert ANN in page
    assert "BD1 1AA" in page
    topic = member.force.topics.get(slug="scams")
    assert send(inside, "/preferences/topics/", topics=[str(topic.pk)]) == "/preferences/"
    make_postcode("BD2 2BB", HOME[0] + 0.005, HOME[1])
    send(inside, "/preferences/place/", postcode="bd2 2bb")
    send(inside, "/preferences/language/", language="cy")
    send(inside, "/preferences/tracking/", tracking="on")
    member.refresh_from_db()
    assert member.topics == 1 << topic.bit
    assert (member.postcode, member.language) == ("BD2 2BB", "cy")
    assert member.reach & 4


def test_tracking_can_be_taken_back(inside: Client, member: Member) -> None:
    send(inside, "/preferences/tracking/", tracking="on")
    page = inside.get("/preferences/tracking/")
    _action, fields = next(forms_of(page.content.decode()))
    fields.pop("tracking")
    inside.post("/preferences/tracking/", fields)
    assert not Consent.objects.filter(purpose="tracking", withdrawn_at=None).exists()
    assert Consent.objects.filter(purpose="tracking").count() == 1


def test_a_pause_begins_and_ends(inside: Client, member: Member) -> None:
    send(inside, "/preferences/pause/", how_long="30")
    member.refresh_from_db()
    assert timedelta(28) < member.paused_until - datetime.now(UTC) < timedelta(31)
    assert "Paused until" in inside.get("/preferences/").content.decode()
    send(inside, "/preferences/pause/", end="1")
    member.refresh_from_db()
    assert member.paused_until is None
    past = {"until_day": "1", "until_month": "1", "until_year": "2020"}
    assert "in the next year" in browser_post(
        inside, "/preferences/pause/", how_long="date", **past
    )


def test_data_can_be_taken_home(inside: Client) -> None:
    page = inside.get("/preferences/data/")
    _action, fields = next(forms_of(page.content.decode()))
    facts = json.loads(inside.post("/preferences/data/", fields).content)
    assert facts["contact_points"][0]["address"] == ANN
    assert facts["consents"][0]["words"] == "I agree."


def test_leaving_from_the_preferences(inside: Client, member: Member) -> None:
    send(inside, "/preferences/leave/")
    member.refresh_from_db()
    assert member.state == "left"
    assert inside.get("/preferences/topics/").headers["Location"] == "/preferences/"


def test_signing_out_forgets(inside: Client) -> None:
    page = inside.get("/preferences/").content.decode()
    action, fields = list(forms_of(page))[-1]
    inside.post(action, fields)
    assert ANN not in inside.get("/preferences/").content.decode()


def test_the_sign_in_of_one_force_is_none_at_another(inside: Client, other_force: Force) -> None:
    assert inside.get("/preferences/topics/").status_code == 200
    other = inside.get("/preferences/topics/", headers={"host": "otherby.test"})
    assert other.headers["Location"] == "/preferences/"


def test_a_link_in_a_mail_opens_nothing_by_itself(browser: Client, member: Member) -> None:
    url = f"/p/{seal_link('leave', 7, member.email_point_id)}"
    page = browser.get(url).content.decode()
    assert ANN not in page
    assert "a•••@e•••.org" in page
    assert send(browser, url) == "/preferences/code/"
    assert send(browser, "/preferences/code/", code=code_in_mail(ANN)) == "/preferences/"
    assert browser.get("/p/rubbish").headers["Location"] == "/preferences/"


# Leaving by link --------------------------------------------------------------


def test_get_shows_and_post_acts(member: Member) -> None:
    browser = Client(enforce_csrf_checks=True)
    url = f"/l/{seal_link('leave', 42, member.email_point_id)}"
    page = browser.get(url)
    assert page.status_code == 200
    assert ANN not in page.content.decode()
    browser.head(url)
    member.refresh_from_db()
    assert member.state == "joined"
    done = browser.post(url)
    assert done.status_code == 200
    member.refresh_from_db()
    assert (member.state, member.left_message) == ("left", 42)
    assert Suppression.objects.get().reason == "left"
    assert "You have left" in browser.get(url).content.decode()


def test_one_click_by_a_mail_program(member: Member) -> None:
    """RFC 8058: this body, no cookie, no redirect."""
    machine = Client(enforce_csrf_checks=True)
    answer = machine.post(
        f"/l/{seal_link('leave', 42, member.email_point_id)}",
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert not answer.cookies
    member.refresh_from_db()
    assert member.state == "left"


def test_why_is_asked_afterwards(member: Member) -> None:
    browser = Client(enforce_csrf_checks=True)
    token = seal_link("leave", 42, member.email_point_id)
    page = browser.post(f"/l/{token}").content.decode()
    action, fields = next(forms_of(page))
    assert action == f"/l/{token}/why"
    said = browser.post(action, {**fields, "reason": "moved", "words": "To the sea"})
    assert "Thank you" in said.content.decode()
    member.refresh_from_db()
    assert (member.leave_reason, member.leave_words) == ("moved", "To the sea")


def test_why_cannot_be_said_for_someone_who_stays(member: Member) -> None:
    token = seal_link("leave", 42, member.email_point_id)
    Client().post(f"/l/{token}/why", {"reason": "moved"})
    member.refresh_from_db()
    assert (member.state, member.leave_reason) == ("joined", "")


def test_forged_foreign_and_erased_links_get_a_kind_page(
    member: Member, other_force: Force, now: datetime
) -> None:
    good = seal_link("leave", 42, member.email_point_id)
    bad = ["x", "A" * 36, seal_link("link", 42, member.email_point_id), seal_link("leave", 42, 0)]
    for token in bad:
        for answer in (Client().get(f"/l/{token}"), Client().post(f"/l/{token}")):
            assert answer.status_code == 404
            assert "This link does not work" in answer.content.decode()
    foreign = Client().post(f"/l/{good}", headers={"host": "otherby.test"})
    assert foreign.status_code == 404
    member.refresh_from_db()
    assert member.state == "joined"


def test_who_left_is_told_so(member: Member, now: datetime) -> None:
    actions.leave(member, by=VISITOR, now=now)
    url = f"/l/{seal_link('leave', 42, member.email_point_id)}"
    assert "You have left" in Client().get(url).content.decode()
    member.refresh_from_db()
    assert member.left_message is None


def test_every_address_can_be_reversed() -> None:
    assert reverse("members_public:leave", args=["t"]) == "/l/t"
