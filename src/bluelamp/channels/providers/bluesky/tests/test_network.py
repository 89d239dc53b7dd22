"""The adapter against a real network: PDS, AppView and directory from npm, the chat a stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bluelamp.channels.contract import (
    Change,
    ChannelError,
    InboundItem,
    Media,
    Polled,
    RawInbound,
    Utterance,
    Visibility,
)
from bluelamp.channels.counting import graphemes
from bluelamp.channels.providers.bluesky import ADAPTER, BlueskyAdapter
from bluelamp.channels.providers.bluesky.names import record_key
from bluelamp.channels.providers.bluesky.tests.people import Town, eventually

pytestmark = pytest.mark.bluesky

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "00000000050001a5f645400000000049454e44ae426082"
)
POST = Utterance("Two sheds broken into on Mill Lane.", "post-1")


def refused(call: Callable[[], object]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        call()
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"
    return caught.value


# Saying ---------------------------------------------------------------------


def test_a_post_is_there_and_has_an_address(town: Town) -> None:
    posted = ADAPTER.post(POST, town.settings())
    [record] = town["police"].posts()
    assert posted.external_id == record["uri"]
    assert posted.at == datetime.fromisoformat(record["value"]["createdAt"])
    assert posted.url.endswith(f"/{town['police'].did}/post/{record_key('post-1')}")
    assert record["value"]["langs"] == ["en-GB"]


def test_a_repeated_post_is_one(town: Town) -> None:
    first = ADAPTER.post(POST, town.settings())
    assert ADAPTER.post(POST, town.settings()) == first
    ADAPTER.post(Utterance(POST.text, "post-2"), town.settings())
    assert len(town["police"].posts()) == 2


def test_a_post_whose_answer_was_lost_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _lose_the_answer(monkeypatch, "com.atproto.repo.createRecord")
    posted = ADAPTER.post(POST, town.settings())
    [record] = town["police"].posts()
    assert posted.external_id == record["uri"]


def _lose_the_answer(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Let the next call of ``method`` be carried out and its answer get lost."""
    import httpx

    request = httpx.Client.request
    left = [method]

    def lossy(client: httpx.Client, *given: Any, **named: Any) -> httpx.Response:
        answer = request(client, *given, **named)
        if left and str(named["url"]).endswith(left[0]):
            left.pop()
            raise httpx.ReadTimeout("lost")
        return answer

    monkeypatch.setattr(httpx.Client, "request", lossy)


def test_a_post_is_looked_up_by_its_key(town: Town) -> None:
    ADAPTER.post(POST, town.settings())
    assert ADAPTER.lookup(["post-1", "post-2"], town.settings()) == {"post-1"}


def test_links_topics_and_names_lead_somewhere(town: Town) -> None:
    anna = town["anna"]
    text = f"Grüße 👮🏾‍♀️ @{anna.handle}: https://www.police.uk/a_(b) #Brackenshire @nobody.test"
    ADAPTER.post(Utterance(text, "p"), town.settings())
    [record] = town["police"].posts()
    data = text.encode()
    shown = {
        data[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(): one["features"][0]
        for one in record["value"]["facets"]
    }
    kind = "app.bsky.richtext.facet"
    assert shown == {
        f"@{anna.handle}": {"$type": f"{kind}#mention", "did": anna.did},
        "https://www.police.uk/a_(b)": {
            "$type": f"{kind}#link", "uri": "https://www.police.uk/a_(b)",
        },
        "#Brackenshire": {"$type": f"{kind}#tag", "tag": "Brackenshire"},
    }  # fmt: skip


def test_a_picture_carries_its_description(town: Town) -> None:
    picture = Media(PNG, "image/png", "A broken shed door")
    ADAPTER.post(Utterance("Seen?", "p", media=(picture,)), town.settings())
    [record] = town["police"].posts()
    [image] = record["value"]["embed"]["images"]
    assert (image["alt"], image["image"]["mimeType"]) == ("A broken shed door", "image/png")


def test_too_big_a_picture_is_refused_for_good(town: Town) -> None:
    picture = Media(PNG + bytes(6_000_000), "image/png", "Big")
    error = refused(lambda: ADAPTER.post(Utterance("", "p", media=(picture,)), town.settings()))
    assert error.permanent


def test_an_answer_refers_to_what_it_answers_and_to_the_thread(town: Town) -> None:
    root = town["ben"].say("Loud bang on Mill Lane")
    question = town["anna"].reply(root, "What was it?")
    town.seen(question["uri"])
    ADAPTER.post(Utterance("A burst tyre.", "a", answers=question["uri"]), town.settings())
    [record] = town["police"].posts()
    assert record["value"]["reply"] == {"root": root, "parent": question}


def test_an_answer_to_what_is_gone_fails_for_good(town: Town) -> None:
    question = town["anna"].say("Is the road open?")
    town.seen(question["uri"])
    town["anna"].unsay(question["uri"])
    eventually(
        lambda: not town["ben"].call("app.bsky.feed.getPosts", uris=[question["uri"]])["posts"]
    )
    answer = Utterance("It is.", "a", answers=question["uri"])
    error = refused(lambda: ADAPTER.post(answer, town.settings()))
    assert error.permanent
    assert "no longer there" in str(error)
    assert town["police"].posts() == []


@pytest.mark.parametrize("unit", ["a", "é", "e\u0301", "🇬🇧", "👨‍👩‍👧‍👦", "👮🏾‍♀️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_our_count_is_the_server_s(town: Town, unit: str) -> None:
    """The longest text that fits is taken; one more is refused here and there."""
    room = min(300, 3_000 // len(unit.encode()))
    fits, over = Utterance(unit * room, "p"), Utterance(unit * (room + 1), "q")
    assert graphemes(fits.text) == room
    ADAPTER.post(fits, town.settings())
    assert refused(lambda: ADAPTER.post(over, town.settings())).permanent
    with pytest.raises(RuntimeError, match="400"):
        town["anna"].say(over.text)


def test_a_deleted_post_is_gone_and_stays_so(town: Town) -> None:
    posted = ADAPTER.post(POST, town.settings())
    ADAPTER.delete(posted.external_id, town.settings())
    assert town["police"].posts() == []
    ADAPTER.delete(posted.external_id, town.settings())


def test_another_s_post_cannot_be_deleted(town: Town) -> None:
    said = town["anna"].say("Hello")
    assert refused(lambda: ADAPTER.delete(said["uri"], town.settings())).permanent
    assert len(town["anna"].posts()) == 1


# Direct messages ------------------------------------------------------------


def private(town: Town, text: str, **more: str) -> Utterance:
    return Utterance(text, f"key {text}", visibility=Visibility.PRIVATE, **more)


def words(town: Town) -> list[str]:
    return [log["message"]["text"] for log in town.chat.log]


def test_a_private_message_reaches_the_author_of_a_post(town: Town) -> None:
    question = town["anna"].say("My door was forced")
    posted = ADAPTER.post(private(town, "Come in.", answers=question["uri"]), town.settings())
    [log] = town.chat.log
    assert log["message"]["sender"]["did"] == town["police"].did
    assert town.chat.talks[log["convoId"]] == {town["anna"].did, town["police"].did}
    assert posted.external_id == f"{log['convoId']}/{log['message']['id']}"
    assert town["police"].posts() == []


def test_a_private_message_is_answered_where_it_was_said(town: Town) -> None:
    town.message("anna", "police", "Help")
    [raw] = eventually(lambda: polled(town, begun_before(town)).raws)
    said = parsed(raw).said
    assert said is not None
    ADAPTER.post(private(town, "Where are you?", answers=said.external_id), town.settings())
    ADAPTER.post(private(town, "Stay there.", to=town["anna"].did), town.settings())
    assert words(town) == ["Help", "Where are you?", "Stay there."]
    assert len(town.chat.talks) == 1


def begun_before(town: Town) -> str:
    """A cursor from before anything was said."""
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    return json.dumps({"since": long_ago.isoformat(), "deep": long_ago.isoformat()})


def test_a_message_whose_answer_was_lost_is_not_sent_again(town: Town) -> None:
    one = private(town, "Come in.", to=town["anna"].did)
    town.chat.lose = 1
    posted = ADAPTER.post(one, town.settings())
    assert ADAPTER.post(one, town.settings()) == posted
    assert words(town) == ["Come in."]


def test_the_same_words_after_an_answer_are_another_message(town: Town) -> None:
    one = private(town, "Where are you?", to=town["anna"].did)
    ADAPTER.post(one, town.settings())
    town.message("anna", "police", "I moved")
    ADAPTER.post(one, town.settings())
    assert words(town) == ["Where are you?", "I moved", "Where are you?"]


def test_what_was_said_in_private_is_not_answered_in_public(town: Town) -> None:
    answer = Utterance("Noted.", "k", answers="talk0/m1")
    assert refused(lambda: ADAPTER.post(answer, town.settings())).permanent
    assert town["police"].posts() == []


def test_a_message_cannot_be_taken_back(town: Town) -> None:
    posted = ADAPTER.post(private(town, "Hello", to=town["anna"].did), town.settings())
    assert refused(lambda: ADAPTER.delete(posted.external_id, town.settings())).permanent


# Listening ------------------------------------------------------------------


def polled(town: Town, cursor: str) -> Polled:
    return ADAPTER.poll(cursor, town.settings())


def parsed(raw: RawInbound) -> InboundItem:
    return ADAPTER.parse(raw)


def arrived(town: Town, cursor: str, count: int) -> Polled:
    """Poll from ``cursor`` until so many are there."""

    def look() -> Polled | None:
        found = polled(town, cursor)
        return found if len(found.raws) >= count else None

    return eventually(look)


def test_what_was_said_before_we_began_is_left(town: Town) -> None:
    said = town["anna"].mention(town["police"], "before")
    town.seen(said["uri"])
    begun = polled(town, "")
    assert begun.raws == ()
    quick = BlueskyAdapter(lambda: datetime.now(UTC) + timedelta(hours=5))
    town["anna"].mention(town["police"], "after")
    found = eventually(lambda: list(quick.poll(begun.cursor, town.settings()).raws)[1:])
    assert parsed(found[-1]).text == "after"


def test_what_is_said_comes_oldest_first_and_unchanged(town: Town) -> None:
    police, anna = town["police"], town["anna"]
    post = ADAPTER.post(POST, town.settings())
    ref = {"uri": post.external_id, "cid": police.posts()[0]["cid"]}
    town.seen(ref["uri"])
    cursor = polled(town, "").cursor
    said = [
        anna.mention(police, "help"),
        anna.reply(ref, "I saw them"),
        anna.say("Look", embed={"$type": "app.bsky.embed.record", "record": ref}),
        anna.record("app.bsky.feed.repost", subject=ref),
    ]
    found = arrived(town, cursor, 4)
    assert [raw.external_id for raw in found.raws] == [f"{a['uri']}@{a['cid']}" for a in said]
    given = police.call("app.bsky.notification.listNotifications")["notifications"]
    assert [json.loads(raw.payload) for raw in found.raws] == given[::-1]
    mention, reply, quote, repost = map(parsed, found.raws)
    assert (mention.text, mention.sender) == ("help", f"@{anna.handle}")
    assert [item.said and item.said.answers for item in (mention, reply)] == ["", ref["uri"]]
    assert [item.said and item.said.repeats for item in (quote, repost)] == [ref["uri"]] * 2
    assert [item.said and item.said.conversation for item in (reply, repost)] == [ref["uri"]] * 2
    assert repost.text == ""


def test_how_many_follow_the_author_is_known(town: Town) -> None:
    town["ben"].record("app.bsky.graph.follow", subject=town["anna"].did)
    anna = [town["anna"].did]

    def followed() -> bool:
        found = town["ben"].call("app.bsky.actor.getProfiles", actors=anna)["profiles"]
        return bool(found and found[0].get("followersCount"))

    eventually(followed)
    cursor = polled(town, "").cursor
    town["anna"].mention(town["police"], "help")
    said = parsed(arrived(town, cursor, 1).raws[0]).said
    assert said is not None
    assert said.reach == 1


def test_a_post_from_a_slow_clock_is_found(town: Town) -> None:
    said = town["anna"].mention(town["police"], "now")
    town.seen(said["uri"])
    cursor = polled(town, "").cursor
    late = (datetime.now(UTC) - timedelta(hours=30)).isoformat().replace("+00:00", "Z")
    backdated = town["anna"].mention(town["police"], "by a slow clock", createdAt=late)
    town.seen(backdated["uri"])
    now = [raw for raw in polled(town, cursor).raws if "slow" in parsed(raw).text]
    assert now == []
    later = BlueskyAdapter(lambda: datetime.now(UTC) + timedelta(hours=1, minutes=1))
    found = later.poll(cursor, town.settings())
    assert any("slow" in parsed(raw).text for raw in found.raws)
    again = later.poll(found.cursor, town.settings())
    assert not any("slow" in parsed(raw).text for raw in again.raws)


def test_a_flood_is_read_to_its_bottom(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelamp.channels.providers.bluesky.listen.PAGE", 5)
    monkeypatch.setattr("bluelamp.channels.providers.bluesky.listen.PAGES", 2)
    cursor = polled(town, "").cursor
    said = [town["anna"].mention(town["police"], str(number)) for number in range(23)]
    town.seen(said[-1]["uri"])
    found: list[str] = []
    more, rounds = True, 0
    while more:
        page = polled(town, cursor)
        found += [raw.external_id.partition("@did")[0] for raw in page.raws]
        cursor, more, rounds = page.cursor, page.more, rounds + 1
    assert rounds == 3
    assert len(found) == len(set(found)) == 23
    assert "page" not in json.loads(cursor)


def test_messages_come_once_and_ours_do_not(town: Town) -> None:
    cursor = polled(town, "").cursor
    town.known("anna")
    town.message("anna", "police", "one")
    town.message("police", "anna", "ours")
    town.message("anna", "police", "two")
    first = polled(town, cursor)
    assert [parsed(raw).text for raw in first.raws] == ["one", "two"]
    assert first.more
    again = polled(town, first.cursor)
    assert (again.raws, again.more) == ((), False)
    item = parsed(first.raws[0])
    assert item.said is not None
    assert item.said.visibility is Visibility.PRIVATE
    assert item.sender == f"@{town['anna'].handle}"
    assert item.said.author_id == town["anna"].did


def test_messages_from_before_we_began_are_left(town: Town) -> None:
    town.message("anna", "police", "before")
    cursor = polled(town, "").cursor
    town.message("anna", "police", "after")
    assert [parsed(raw).text for raw in polled(town, cursor).raws] == ["after"]


def test_what_is_gone_is_told_apart_from_what_stays_or_hides(town: Town) -> None:
    anna, ben = town["anna"], town["ben"]
    kept, gone, hidden = anna.say("kept"), anna.say("gone"), ben.say("hidden")
    for said in (kept, gone, hidden):
        town.seen(said["uri"])
    anna.unsay(gone["uri"])
    ben.record("app.bsky.graph.block", subject=town["police"].did)
    shown = [kept["uri"], gone["uri"], hidden["uri"]]

    def look() -> dict[str, RawInbound] | None:
        found = {r.external_id: r for r in ADAPTER.revisit(shown, town.settings())}
        return found if f"{gone['uri']}@gone" in found else None

    found = eventually(look)
    assert f"{hidden['uri']}@gone" not in found
    assert f"{kept['uri']}@{kept['cid']}" in found
    said = parsed(found[f"{gone['uri']}@gone"]).said
    assert said is not None
    assert (said.external_id, said.change) == (gone["uri"], Change.DELETED)
    assert json.loads(found[f"{gone['uri']}@gone"].payload)["error"] == "RecordNotFound"


def test_an_unchanged_post_comes_back_under_its_name(town: Town) -> None:
    cursor = polled(town, "").cursor
    said = town["anna"].mention(town["police"], "help")
    [raw] = arrived(town, cursor, 1).raws
    [again] = ADAPTER.revisit([said["uri"], "talk0/m1"], town.settings())
    assert again.external_id == raw.external_id
    assert parsed(again).text == "help"


# Refusals -------------------------------------------------------------------


def test_a_wrong_password_is_said_plainly(town: Town) -> None:
    error = refused(lambda: ADAPTER.health(town.settings(app_password="hunter2-wrong")))
    assert error.permanent
    assert "does not accept the handle" in str(error)


def test_health_says_who_we_are_and_who_may_write(town: Town) -> None:
    name = f"knows us as @{town['police'].handle}."
    said = ADAPTER.health(town.settings())
    assert name in said
    assert "from people whom we follow alone" in said
    content = {
        "repo": town["police"].did, "collection": "chat.bsky.actor.declaration", "rkey": "self",
        "record": {"$type": "chat.bsky.actor.declaration", "allowIncoming": "all"},
    }  # fmt: skip
    town["police"].call("com.atproto.repo.putRecord", content)
    assert "from everybody" in ADAPTER.health(town.settings())
    assert "neither" in ADAPTER.health(town.settings(direct_messages=False))


def test_a_password_without_messages_is_refused_them_in_words(town: Town) -> None:
    made = town["police"].call("com.atproto.server.createAppPassword", {"name": "posts"})
    settings = town.settings(app_password=made["password"])
    error = refused(lambda: ADAPTER.health(settings))
    assert error.permanent
    assert "may not read or send direct messages" in str(error)
    assert "neither" in ADAPTER.health(settings | {"direct_messages": False})


def test_one_log_in_serves_many_calls(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from bluelamp.channels.providers.bluesky import wire

    begun: list[str] = []
    log_in = wire.Wire._log_in
    monkeypatch.setattr(wire.Wire, "_log_in", lambda one: (begun.append(""), log_in(one))[1])
    for number in range(3):
        ADAPTER.post(Utterance("Hello", f"k{number}"), town.settings())
    assert len(begun) == 1


def test_a_session_that_has_ended_is_begun_anew(town: Town) -> None:
    from bluelamp.channels.providers.bluesky import wire

    ADAPTER.health(town.settings())
    place = wire._place(wire.BlueskySettings(**town.settings()))
    handle, did, _access, _refresh, pds = wire._SESSIONS[place].split(":::")
    ended = _token(did, datetime(2020, 1, 1, tzinfo=UTC))
    wire._SESSIONS[place] = ":::".join((handle, did, ended, ended, pds))
    assert "knows us" in ADAPTER.health(town.settings())
    assert wire._SESSIONS[place].split(":::")[2] != ended


def _token(did: str, end: datetime) -> str:
    """A session's token that nobody signed."""
    from base64 import urlsafe_b64encode

    parts: tuple[dict[str, Any], ...] = (
        {"alg": "HS256", "typ": "at+jwt"}, {"sub": did, "exp": int(end.timestamp())},
    )  # fmt: skip
    coded = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return f"{coded[0]}.{coded[1]}.c2lnbmF0dXJl"


def test_nobody_at_the_address_is_a_passing_trouble() -> None:
    nobody = {
        "service": "http://127.0.0.1:9", "handle": "police.test", "app_password": "hunter2-secret",
    }  # fmt: skip
    error = refused(lambda: ADAPTER.health(nobody))
    assert (error.permanent, str(error)) == (False, "127.0.0.1:9 did not answer.")
