"""People of a test: accounts at the PDS, and what they do there by plain calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests

from bluelamp.channels.providers.bluesky.tests.chat import Chat

T = TypeVar("T")
_PASSWORD = "hunter2-secret"
_SECONDS = 60


@dataclass
class Person:
    """Somebody with an account."""

    pds: str
    handle: str
    did: str
    token: str

    def call(self, method: str, content: dict[str, Any] | None = None, **asked: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        verb = "GET" if content is None else "POST"
        answer = requests.request(
            verb, f"{self.pds}/xrpc/{method}", params=asked, json=content, headers=headers,
            timeout=30,
        )  # fmt: skip
        if not answer.ok:
            raise RuntimeError(f"{method}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else {}

    def record(self, collection: str, **record: Any) -> dict[str, Any]:
        """Make a record; its uri and cid."""
        record = {"$type": collection, "createdAt": now()} | record
        content = {"repo": self.did, "collection": collection, "record": record}
        made: dict[str, Any] = self.call("com.atproto.repo.createRecord", content)
        return {"uri": made["uri"], "cid": made["cid"]}

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        return self.record("app.bsky.feed.post", text=text, **more)

    def mention(self, whom: Person, words: str, **more: Any) -> dict[str, Any]:
        """Say something that begins with somebody's name."""
        name = f"@{whom.handle}"
        facet = {
            "index": {"byteStart": 0, "byteEnd": len(name)},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": whom.did}],
        }
        return self.say(f"{name} {words}", facets=[facet], **more)

    def reply(self, to: dict[str, Any], text: str, root: dict[str, Any] | None = None) -> Any:
        return self.say(text, reply={"parent": to, "root": root or to})

    def posts(self) -> list[dict[str, Any]]:
        """What lies in the account's repository."""
        found: list[dict[str, Any]] = self.call(
            "com.atproto.repo.listRecords", repo=self.did, collection="app.bsky.feed.post"
        )["records"]
        return found

    def unsay(self, uri: str) -> None:
        collection, rkey = uri.split("/")[-2:]
        content = {"repo": self.did, "collection": collection, "rkey": rkey}
        self.call("com.atproto.repo.deleteRecord", content)


@dataclass
class Town:
    """A network with people of one test."""

    pds: str
    chat_service: str
    chat: Chat
    number: int
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        """Somebody of this name, who gets an account when first asked for."""
        if name not in self.people:
            handle = f"{name}{self.number}.test"
            content = {"handle": handle, "email": f"{handle}@example.test", "password": _PASSWORD}
            made = requests.post(
                f"{self.pds}/xrpc/com.atproto.server.createAccount", json=content, timeout=30
            ).json()
            self.people[name] = Person(self.pds, handle, made["did"], made["accessJwt"])
        return self.people[name]

    def settings(self, name: str = "police", **more: Any) -> dict[str, Any]:
        return {
            "handle": self[name].handle, "app_password": _PASSWORD, "service": self.pds,
            "chat": self.chat_service, "timeout": 20,
        } | more  # fmt: skip

    def message(self, sender: str, to: str, text: str) -> dict[str, Any]:
        """Have somebody write a direct message."""
        talk = self.chat.getConvoForMembers(self[sender].did, {"members": [self[to].did]})
        content = {"convoId": talk["convo"]["id"], "message": {"text": text}}
        sent: dict[str, Any] = self.chat.sendMessage(self[sender].did, content)
        return sent

    def known(self, name: str) -> None:
        """Wait until the AppView knows somebody's name."""
        dids = [self[name].did]
        eventually(
            lambda: self["watcher"].call("app.bsky.actor.getProfiles", actors=dids)["profiles"]
        )

    def seen(self, uri: str) -> None:
        """Wait until the AppView has taken a post in."""
        eventually(lambda: self["watcher"].call("app.bsky.feed.getPosts", uris=[uri])["posts"])


def eventually(look: Callable[[], T]) -> T:
    """Look until something is there."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("It never came.")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
