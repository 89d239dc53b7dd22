"""The console's and the public's pages, asked for as a browser without script does."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from bluelamp.kit.tokens import seal_link
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import check, compose, queries
from bluelamp.outbound.models import DeliveryEvent, Message
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    make_postcode,
    pretend_sent,
    send_through,
)
from bluelamp.outbound.views.shared import spoken_findings
from bluelamp.places.models import Area


@pytest.fixture
def wards(force: Force, now: datetime) -> dict[str, Area]:
    make_account(force, now)
    found = make_areas(force, now)
    make_member(force, "ann@example.test", now, ward=0)
    make_member(force, "ben@example.test", now, ward=1)
    return found


@pytest.fixture
def message(wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime) -> Message:
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    ann = make_member(made.force, "ann@example.test", now)
    return pretend_sent(made, {ann.pk: 1}, now)


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


WORDS = {
    "kind": "crime", "title": "Vans broken into", "body": "Two vans were broken into.",
    "urgency": "routine", "match": "all", "when": "now",
}  # fmt: skip


def test_the_whole_river_through_the_pages(
    wards: dict[str, Area], alice: Officer, bob: Officer
) -> None:
    writer, approver = as_officer(alice), as_officer(bob)
    form = WORDS | {"areas": [wards["Northwick"].pk], "then": "check"}
    answer = writer.post("/console/alerts/new/", form, follow=True)
    assert "Check the alert" in text(answer)
    message = Message.objects.get()
    answer = writer.post(f"/console/alerts/{message.pk}/check/", {"version": 1}, follow=True)
    assert "Sent for approval" in text(answer)
    page = approver.get(f"/console/alerts/{message.pk}/approve/")
    assert "Vans broken into" in text(page)
    digest = page.context["digest"]
    answer = approver.post(
        f"/console/alerts/{message.pk}/approve/", {"digest": digest, "decision": "approve"},
        follow=True,
    )  # fmt: skip
    message.refresh_from_db()
    assert message.state == "approved"
    assert "Approved" in text(answer)


def test_the_author_is_not_offered_the_decision_and_cannot_post_it(
    wards: dict[str, Area], carol: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=carol, now=now)
    message = check.submit(message, by=carol, now=now)
    client = as_officer(carol)
    page = client.get(f"/console/alerts/{message.pk}/approve/")
    assert 'value="approve"' not in text(page)
    client.post(
        f"/console/alerts/{message.pk}/approve/",
        {"digest": queries.digest_of(message), "decision": "approve"},
    )
    message.refresh_from_db()
    assert message.state == "submitted"


def test_a_return_without_a_reason_is_asked_for_one(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = check.submit(message, by=alice, now=now)
    answer = as_officer(bob).post(
        f"/console/alerts/{message.pk}/approve/",
        {"digest": queries.digest_of(message), "decision": "return", "reason": ""},
    )
    assert answer.status_code == 400
    assert "Say why" in text(answer)


def test_what_was_said_before_is_named_once_with_how_often(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    for _time in range(3):
        send_through(alice, bob, draft(wards["Northwick"]), now)
    again = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    spoken = spoken_findings(queries.findings(again, now=now))["warnings"]
    [said] = [words for words in spoken if "much the same" in words]
    assert said.endswith("(3 times)")


def test_autosave_keeps_a_draft_and_refuses_an_old_version(
    wards: dict[str, Area], alice: Officer
) -> None:
    client = as_officer(alice)
    first = client.post("/console/alerts/new/save/", WORDS).json()
    again = client.post(first["autosave_url"], WORDS | {"title": "Vans", "version": "1"}).json()
    assert again["fields"] == {"version": "2"}
    late = client.post(first["autosave_url"], WORDS | {"title": "Cars", "version": "1"})
    assert late.status_code == 409
    assert Message.objects.get().title == "Vans"


def test_autosave_does_not_take_a_submission_back(
    wards: dict[str, Area], alice: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    check.submit(message, by=alice, now=now)
    answer = as_officer(alice).post(f"/console/alerts/{message.pk}/save/", WORDS)
    assert answer.status_code == 409
    assert Message.objects.get().state == "submitted"


def test_the_count_keeps_small_numbers_vague(wards: dict[str, Area], alice: Officer) -> None:
    client = as_officer(alice)
    few = client.post("/console/alerts/count/", WORDS | {"areas": [wards["Northwick"].pk]})
    assert "Fewer than 10 people" in text(few)
    nobody = client.post("/console/alerts/count/", WORDS | {"areas": [wards["Riverside"].pk]})
    assert "Nobody" in text(nobody)


@pytest.mark.parametrize(
    "name", ["mine", "waiting", "scheduled", "sending", "sent", "drafts", "all"]
)
def test_every_list_answers(message: Message, alice: Officer, name: str) -> None:
    assert as_officer(alice).get(f"/console/alerts/?list={name}").status_code == 200


def test_the_message_page_shows_the_report(message: Message, alice: Officer) -> None:
    page = text(as_officer(alice).get(f"/console/alerts/{message.pk}/"))
    assert "What became of it" in page
    assert "data-live-url" in page


def test_people_behind_a_figure_are_for_those_who_may_see_them(
    message: Message, alice: Officer, carol: Officer
) -> None:
    from bluelamp.audit.models import Entry

    address = f"/console/alerts/{message.pk}/behind/accepted/"
    assert "ann@example.test" not in text(as_officer(alice).get(address))
    assert not Entry.objects.filter(op="R", table="members_contactpoint").exists()
    assert "ann@example.test" in text(as_officer(carol).get(address))
    assert Entry.objects.filter(op="R", table="members_contactpoint").count() == 1


def test_a_test_copy_goes_to_oneself(message: Message, alice: Officer) -> None:
    from bluelamp.notices.models import Notice

    as_officer(alice).post(f"/console/alerts/{message.pk}/test/")
    told = Notice.objects.get(kind="test_copy")
    assert told.address == alice.email
    assert "[[" not in told.text + told.html


# The public -----------------------------------------------------------------


def test_a_message_is_public_when_sending_begins_and_not_before(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime, client: Client
) -> None:
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    assert client.get(f"/alert/{made.public_id}").status_code == 404
    assert made.title not in text(client.get("/"))
    pretend_sent(made, {}, now)
    page = text(client.get(f"/alert/{made.public_id}"))
    assert made.title in page
    assert "Northwick" in page
    assert 'property="og:title"' in page
    assert made.title in text(client.get("/"))


def test_a_postcode_is_posted_and_leads_to_its_area(
    message: Message, client: Client, wards: dict[str, Area]
) -> None:
    make_postcode("BR1 1AA", 0)
    answer = client.post("/near", {"postcode": "br11aa"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/area/{wards['Northwick'].pk}-northwick"
    assert message.title in text(client.get(answer["Location"]))
    assert "Enter a postcode" in text(client.post("/near", {"postcode": ""}))


def test_a_rating_is_recorded_on_post_alone(
    message: Message, client: Client, now: datetime
) -> None:
    ann = make_member(message.force, "ann@example.test", now)
    address = f"/r/{seal_link('link', message.pk, ann.pk)}/4"
    page = client.get(address)
    assert 'value="4" checked' in text(page)
    assert not DeliveryEvent.objects.exists()
    assert "Thank you" in text(client.post(address, {"stars": "5"}))
    event = DeliveryEvent.objects.get()
    assert (event.kind, event.value, event.contact_point_id) == ("rated", 5, ann.pk)


def test_opening_and_clicking_is_counted_only_with_consent(
    message: Message, client: Client, now: datetime
) -> None:
    ann = make_member(message.force, "ann@example.test", now)
    cat = make_member(message.force, "cat@example.test", now, tracking=True)
    for point in (ann, cat):
        token = seal_link("link", message.pk, point.pk)
        assert client.get(f"/o/{token}.gif").status_code == 200
        led = client.get(f"/c/{token}/0")
        assert led["Location"] == "https://example.org/sheds"
        assert client.get(f"/c/{token}/1").status_code == 404
    assert set(DeliveryEvent.objects.values_list("contact_point_id", flat=True)) == {cat.pk}


def test_forged_and_foreign_tokens_lead_nowhere(
    message: Message, other_force: Force, client: Client, now: datetime
) -> None:
    token = seal_link("link", message.pk, 1)
    assert client.get(f"/r/{token[:-2]}xx/4").status_code == 404
    assert client.get(f"/r/{token}/4", headers={"host": "otherby.test"}).status_code == 404
    assert client.get(f"/r/{seal_link('leave', message.pk, 1)}/4").status_code == 404


def test_another_force_sees_nothing(
    message: Message, mallory: Officer, client: Client, wards: dict[str, Area]
) -> None:
    stranger = as_officer(mallory)
    for page in (
        "",
        "edit/",
        "check/",
        "mail/",
        "approve/",
        "recall/",
        "behind/accepted/",
        "facts/",
    ):
        assert stranger.get(f"/console/alerts/{message.pk}/{page}").status_code == 404, page
    assert message.title not in text(stranger.get("/console/alerts/?list=all"))
    area = wards["Northwick"].pk
    for path in (
        f"/alert/{message.public_id}", f"/alert/{message.public_id}.cap", f"/area/{area}-northwick",
        f"/area/{area}/feed.atom", f"/alert/{message.public_id}/map.json",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
        assert client.get(path, headers={"host": "otherby.test"}).status_code == 404, path
    assert message.title not in text(client.get("/feed.atom", headers={"host": "otherby.test"}))


def test_robots_keep_out_of_links(client: Client, force: Force) -> None:
    assert "Disallow: /r/" in text(client.get("/robots.txt"))
