"""The adapter against mastodon_mock: what it says arrives once, what is said to it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from bluelamp.channels.contract import (
    Change,
    ChannelError,
    Media,
    Polled,
    RawInbound,
    Utterance,
    Visibility,
)
from bluelamp.channels.providers.mastodon import ADAPTER, MastodonAdapter
from bluelamp.channels.providers.mastodon.tests.peers import Server, lossy

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "00000000050001a5f645400000000049454e44ae426082"
)
POST = Utterance("Two sheds broken into on Mill Lane.", "post-1")


def refused(call: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        call()
    assert "police-token" not in f"{caught.value} {caught.value.__cause__}"
    return caught.value


# Saying ---------------------------------------------------------------------


def test_a_post_is_there_and_has_an_address(server: Server) -> None:
    posted = ADAPTER.post(POST, server.settings())
    [status] = server.statuses("police")
    assert posted.external_id == status["id"]
    assert posted.url == status["url"]
    assert posted.at == datetime.fromisoformat(status["created_at"])
    assert (status["visibility"], status["language"]) == ("public", "en")


def test_a_repeated_post_is_one(server: Server) -> None:
    first = ADAPTER.post(POST, server.settings())
    assert ADAPTER.post(POST, server.settings()) == first
    ADAPTER.post(Utterance(POST.text, "post-2"), server.settings())
    assert len(server.statuses("police")) == 2


def test_a_post_whose_answer_was_lost_is_one(server: Server) -> None:
    with lossy(server, "POST /api/v1/statuses") as way:
        lost = refused(lambda: ADAPTER.post(POST, way.settings()))
        assert not lost.permanent
        posted = ADAPTER.post(POST, way.settings())
    [status] = server.statuses("police")
    assert posted.external_id == status["id"]


def test_a_picture_carries_its_description(server: Server) -> None:
    picture = Media(PNG, "image/png", "A broken shed door")
    ADAPTER.post(Utterance("Seen?", "post-3", media=(picture,)), server.settings())
    [status] = server.statuses("police")
    assert [one["description"] for one in status["media_attachments"]] == ["A broken shed door"]


def test_an_answer_names_whom_it_answers(server: Server) -> None:
    question = server.say("anna", "@police is the road open?")
    answer = Utterance("It is.", "answer-1", answers=question["id"])
    ADAPTER.post(answer, server.settings())
    [status] = server.statuses("police")
    assert status["in_reply_to_id"] == question["id"]
    assert [one["username"] for one in status["mentions"]] == ["anna"]
    [told] = server.call("anna", "GET", "notifications")
    assert told["status"]["id"] == status["id"]


def test_a_thread_of_our_own_names_nobody(server: Server) -> None:
    first = ADAPTER.post(POST, server.settings())
    more = Utterance("And a third.", "post-4", answers=first.external_id)
    ADAPTER.post(more, server.settings())
    assert server.statuses("police")[0]["mentions"] == []


@pytest.mark.parametrize("by", ["answers", "to"])
def test_a_private_message_is_read_by_one(server: Server, by: str) -> None:
    question = server.say("anna", "@police my door was forced", visibility="direct")
    where = question["id"] if by == "answers" else question["account"]["id"]
    private = Utterance("Come in.", "p-1", visibility=Visibility.PRIVATE, **{by: where})
    posted = ADAPTER.post(private, server.settings())
    status = server.call("anna", "GET", f"statuses/{posted.external_id}")
    assert status["visibility"] == "direct"
    assert [one["username"] for one in status["mentions"]] == ["anna"]
    assert server.call("ben", "GET", "notifications") == []


def test_what_was_said_in_private_is_not_answered_in_public(server: Server) -> None:
    question = server.say("anna", "@police my door was forced", visibility="direct")
    error = refused(
        lambda: ADAPTER.post(Utterance("Noted.", "a", answers=question["id"]), server.settings())
    )
    assert error.permanent
    assert server.statuses("police") == []


def test_a_private_message_that_names_another_is_not_sent(server: Server) -> None:
    question = server.say("anna", "@police my door was forced", visibility="direct")
    answer = Utterance("As @ben said", "a", question["id"], visibility=Visibility.PRIVATE)
    assert refused(lambda: ADAPTER.post(answer, server.settings())).permanent
    assert server.call("ben", "GET", "notifications") == []


def test_an_answer_to_what_is_gone_fails_for_good(server: Server) -> None:
    answer = Utterance("It is.", "answer-1", answers="987654321")
    error = refused(lambda: ADAPTER.post(answer, server.settings()))
    assert error.permanent
    assert "no longer there" in str(error)


def test_what_does_not_fit_is_not_offered(server: Server) -> None:
    error = refused(lambda: ADAPTER.post(Utterance("a" * 501, "k"), server.settings()))
    assert error.permanent
    assert server.statuses("police") == []


def test_an_edited_answer_keeps_its_reader(server: Server) -> None:
    question = server.say("anna", "@police is the road open?")
    answer = Utterance("It is.", "a", answers=question["id"])
    posted = ADAPTER.post(answer, server.settings())
    edited = ADAPTER.edit(posted.external_id, Utterance("Not yet.", "e"), server.settings())
    [status] = server.statuses("police")
    source = server.call("police", "GET", f"statuses/{posted.external_id}/source")
    assert source["text"] == "@anna Not yet."
    assert (edited.external_id, edited.at) == (
        status["id"],
        datetime.fromisoformat(status["edited_at"]),
    )


def test_an_edited_post_names_its_pictures_again(server: Server) -> None:
    """The real server takes away those that an edit does not name; the mock keeps them."""
    picture = Media(PNG, "image/png", "A road")
    posted = ADAPTER.post(Utterance("Closed.", "p", media=(picture,)), server.settings())
    kept = server.statuses("police")[0]["media_attachments"][0]["id"]
    with lossy(server) as way:
        ADAPTER.edit(posted.external_id, Utterance("Open.", "e"), way.settings())
    assert parse_qs(way.heard[-1].decode())["media_ids[]"] == [kept]


def test_what_is_not_ours_cannot_be_edited(server: Server) -> None:
    question = server.say("anna", "hello")
    change = Utterance("x", "e")
    assert refused(lambda: ADAPTER.edit(question["id"], change, server.settings())).permanent


def test_a_deleted_post_is_gone_and_stays_so(server: Server) -> None:
    posted = ADAPTER.post(POST, server.settings())
    ADAPTER.delete(posted.external_id, server.settings())
    assert server.statuses("police") == []
    ADAPTER.delete(posted.external_id, server.settings())


# Refusals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (403, True), (422, True), (500, False), (502, False), (503, False)],
)
def test_a_refusal_says_whether_to_come_again(server: Server, status: int, permanent: bool) -> None:
    server.fail("/api/v1/statuses", type="status", status=status)
    error = refused(lambda: ADAPTER.post(POST, server.settings()))
    assert error.permanent is permanent
    assert str(error).endswith(".")


def test_a_limit_says_how_long_it_lasts(server: Server) -> None:
    server.fail("/api/v1/statuses", type="ratelimit", headers={"Retry-After": "40"})
    error = refused(lambda: ADAPTER.post(POST, server.settings()))
    assert (error.permanent, error.retry_after) == (False, timedelta(seconds=40))


@pytest.mark.parametrize(
    ("reset", "wait"),
    [
        ("2026-11-21T10:02:00.000000Z", timedelta(minutes=2)),
        ("1795255320", timedelta(minutes=2)),
        ("2026-11-21T09:00:00Z", timedelta(seconds=1)),
        ("2027-01-01T00:00:00Z", timedelta(hours=1)),
        ("soon", timedelta(minutes=5)),
    ],
)
def test_a_limit_is_read_from_the_time_of_its_end(
    server: Server, reset: str, wait: timedelta
) -> None:
    adapter = MastodonAdapter(lambda: datetime(2026, 11, 21, 10, tzinfo=UTC))
    server.fail("/api/v1/statuses", type="status", status=429, headers={"X-RateLimit-Reset": reset})
    error = refused(lambda: adapter.post(POST, server.settings()))
    assert (error.permanent, error.retry_after) == (False, wait)


def test_nonsense_for_an_answer_is_a_passing_trouble(server: Server) -> None:
    server.fail("/api/v1/notifications", type="malformed")
    assert not refused(lambda: ADAPTER.poll("0", server.settings())).permanent


def test_nobody_at_the_address_is_a_passing_trouble() -> None:
    nobody = {"instance": "http://127.0.0.1:9", "access_token": "police-token"}
    error = refused(lambda: ADAPTER.health(nobody))
    assert (error.permanent, str(error)) == (False, "127.0.0.1:9 did not answer.")


def test_a_wrong_token_is_said_plainly(server: Server) -> None:
    error = refused(lambda: ADAPTER.health(server.settings(access_token="wrong-police-token")))
    assert error.permanent
    assert "does not accept the access token" in str(error)


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": "/etc/passwd"},
        {"instance": "http://social.example"},
        {"instance": "https://social.example/@police"},
        {"instance": ""},
        {"max_characters": 0},
    ],
)
def test_wrong_settings_are_refused_without_showing_them(wrong: dict[str, Any]) -> None:
    settings = {"instance": "https://social.example", "access_token": "police-token"} | wrong
    error = refused(lambda: ADAPTER.fit(POST, settings))
    assert error.permanent
    assert "passwd" not in str(error)


def test_health_says_who_we_are_and_what_differs(server: Server) -> None:
    assert ADAPTER.health(server.settings()).endswith("knows us as @police.")
    assert "It takes 500 characters" in ADAPTER.health(server.settings(max_characters=300))


# Listening ------------------------------------------------------------------


def begun(server: Server) -> str:
    polled = ADAPTER.poll("", server.settings())
    assert (polled.raws, polled.more) == ((), False)
    return polled.cursor


def texts(polled: Polled) -> list[str]:
    return [ADAPTER.parse(raw).text for raw in polled.raws]


def test_what_was_said_before_we_began_is_left(server: Server) -> None:
    server.say("anna", "@police before")
    cursor = begun(server)
    assert texts(ADAPTER.poll(cursor, server.settings())) == []


def test_what_is_said_comes_oldest_first_and_unchanged(server: Server) -> None:
    cursor = begun(server)
    for word in ("one", "two", "three"):
        server.say("anna", f"@police {word}")
    polled = ADAPTER.poll(cursor, server.settings())
    assert texts(polled) == ["one", "two", "three"]
    given = server.call("police", "GET", "notifications")
    assert [json.loads(raw.payload) for raw in polled.raws] == given[::-1]


def test_messages_from_strangers_that_the_server_sets_aside_are_found(server: Server) -> None:
    cursor = begun(server)
    server.call("police", "PATCH", "../v2/notifications/policy", for_private_mentions="filter")
    said = server.say("anna", "@police help me", visibility="direct")
    assert server.call("police", "GET", "notifications") == []
    [raw] = ADAPTER.poll(cursor, server.settings()).raws
    item = ADAPTER.parse(raw)
    assert item.said is not None
    assert (item.said.external_id, item.said.visibility) == (said["id"], Visibility.PRIVATE)


def test_a_flood_is_read_in_pages_and_nothing_twice_or_never(server: Server) -> None:
    cursor = begun(server)
    said = [server.say("anna", f"@police {number}")["id"] for number in range(90)]
    found: list[RawInbound] = []
    pages, more = 0, True
    while more:
        polled = ADAPTER.poll(cursor, server.settings())
        cursor, more, pages = polled.cursor, polled.more, pages + 1
        found += polled.raws
    assert pages == 3
    assert [raw.external_id for raw in found] == said


def test_the_last_minutes_are_read_again_until_they_are_old(server: Server) -> None:
    cursor = begun(server)
    server.say("anna", "@police one")
    young = ADAPTER.poll(cursor, server.settings())
    assert young.cursor == cursor
    later = MastodonAdapter(lambda: datetime.now(UTC) + timedelta(minutes=10))
    old = later.poll(young.cursor, server.settings())
    assert texts(old) == ["one"]
    assert texts(later.poll(old.cursor, server.settings())) == []


def test_a_boost_says_what_it_repeats(server: Server) -> None:
    posted = ADAPTER.post(POST, server.settings())
    cursor = begun(server)
    server.call("anna", "POST", f"statuses/{posted.external_id}/reblog")
    [raw] = ADAPTER.poll(cursor, server.settings()).raws
    item = ADAPTER.parse(raw)
    assert item.said is not None
    assert (item.said.repeats, item.text) == (posted.external_id, "")
    assert item.sender.startswith("@anna@127.0.0.1")
    assert item.said.external_id == raw.external_id


def test_an_answer_knows_how_its_thread_began(server: Server) -> None:
    first = server.say("ben", "Loud bang on Mill Lane")
    second = server.say("anna", "Heard it too", in_reply_to_id=first["id"])
    cursor = begun(server)
    server.say("ben", "@police what was it?", in_reply_to_id=second["id"])
    [raw] = ADAPTER.poll(cursor, server.settings()).raws
    said = ADAPTER.parse(raw).said
    assert said is not None
    assert (said.answers, said.conversation) == (second["id"], first["id"])


def test_what_was_edited_comes_as_another_version(server: Server) -> None:
    cursor = begun(server)
    said = server.say("anna", "@police one")
    [before] = ADAPTER.poll(cursor, server.settings()).raws
    [same] = ADAPTER.revisit([said["id"]], server.settings())
    assert same.external_id == before.external_id
    server.call("anna", "PUT", f"statuses/{said['id']}", status="@police two")
    [after] = ADAPTER.revisit([said["id"]], server.settings())
    assert after.external_id.startswith(f"{said['id']}@20")
    item = ADAPTER.parse(after)
    assert item.said is not None
    assert (item.text, item.said.change) == ("two", Change.EDITED)
    assert item.said.external_id == said["id"]


def test_what_is_gone_is_told_apart_from_what_stays(server: Server) -> None:
    kept, gone = (server.say("anna", f"@police {word}")["id"] for word in ("one", "two"))
    server.call("anna", "DELETE", f"statuses/{gone}")
    found = {raw.external_id: raw for raw in ADAPTER.revisit([gone, kept], server.settings())}
    assert set(found) == {kept, f"{gone}@gone"}
    said = ADAPTER.parse(found[f"{gone}@gone"]).said
    assert said is not None
    assert (said.external_id, said.change) == (gone, Change.DELETED)


def test_a_server_without_the_question_for_many_is_asked_one_by_one(server: Server) -> None:
    ids = [server.say("anna", f"@police {number}")["id"] for number in range(3)]
    server.fail("/api/v1/statuses", type="status", status=404)
    found = ADAPTER.revisit(ids, server.settings())
    assert [raw.external_id for raw in found] == ids


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_server_in_trouble_makes_nothing_gone(server: Server, status: int) -> None:
    server.fail("/api/v1/statuses/12345", type="status", status=status)
    refused(lambda: ADAPTER.revisit(["12345"], server.settings()))


def test_a_boost_cannot_be_looked_at_again(server: Server) -> None:
    assert ADAPTER.revisit(["boost-7"], server.settings()) == ()
