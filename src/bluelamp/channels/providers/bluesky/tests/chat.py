"""A stand-in for the chat, whose server is not public: what its lexicons and app tell of it.

It sits behind a real PDS, which signs for the person who asks: a call without that
signature's token, or with a token for another method, is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

_DEFS = "chat.bsky.convo.defs#"


class Chat:
    """Conversations of two, and the log of all that happened."""

    def __init__(self) -> None:
        self.clear()
        chat = self

        class Handler(_Handler):
            server_chat = chat

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def clear(self) -> None:
        self.talks: dict[str, frozenset[str]] = {}
        self.log: list[dict[str, Any]] = []
        self.lose = 0
        """How many messages are taken without an answer."""
        self._revs = count(1)

    # What the app does

    def getConvoForMembers(self, who: str, given: dict[str, Any]) -> Any:  # noqa: N802
        return {"convo": self._convo(self._talk(who, *given["members"]))}

    def listConvos(self, who: str, given: dict[str, Any]) -> Any:  # noqa: N802
        mine = [name for name, members in self.talks.items() if who in members]
        return {"convos": [self._convo(name) for name in reversed(mine)]}

    def getMessages(self, who: str, given: dict[str, Any]) -> Any:  # noqa: N802
        self._member(who, given["convoId"])
        mine = [log["message"] for log in self.log if log["convoId"] == given["convoId"]]
        return {"messages": mine[::-1][: int(given["limit"])]}

    def sendMessage(self, who: str, given: dict[str, Any]) -> Any:  # noqa: N802
        self._member(who, given["convoId"])
        rev = f"{next(self._revs):013d}"
        message = {
            **given["message"], "$type": f"{_DEFS}messageView", "id": f"m{rev}", "rev": rev,
            "sender": {"did": who}, "sentAt": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        kind = f"{_DEFS}logCreateMessage"
        self.log.append(
            {"$type": kind, "rev": rev, "convoId": given["convoId"], "message": message}
        )
        if self.lose:
            self.lose -= 1
            raise ConnectionAbortedError
        return message

    def getLog(self, who: str, given: dict[str, Any]) -> Any:  # noqa: N802
        since = given.get("cursor", "")
        mine = [log for log in self.log if who in self.talks[log["convoId"]] and log["rev"] > since]
        return {"logs": mine, "cursor": mine[-1]["rev"] if mine else since}

    def _talk(self, *people: str) -> str:
        members = frozenset(people)
        for name, known in self.talks.items():
            if known == members:
                return name
        name = f"talk{len(self.talks)}"
        self.talks[name] = members
        return name

    def _member(self, who: str, name: str) -> None:
        if who not in self.talks.get(name, ()):
            raise LookupError("InvalidConvo")

    def _convo(self, name: str) -> dict[str, Any]:
        revs = [log["rev"] for log in self.log if log["convoId"] == name]
        return {"id": name, "rev": revs[-1] if revs else "", "members": [], "unreadCount": 0}


class _Handler(BaseHTTPRequestHandler):
    server_chat: Chat

    def _serve(self) -> None:
        place = urlsplit(self.path)
        method = place.path.removeprefix("/xrpc/")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        asked = parse_qs(place.query)
        single = {name: values[0] for name, values in asked.items() if name != "members"}
        given = json.loads(body) if body else single | {"members": asked.get("members", [])}
        try:
            self._answer(200, self._called(method)(_signed(self.headers, method), given))
        except ConnectionAbortedError:
            self.close_connection = True
        except (LookupError, AttributeError) as error:
            self._answer(400, {"error": str(error.args[0]), "message": "No such thing."})
        except PermissionError:
            self._answer(401, {"error": "AuthMissing", "message": "Who asks?"})

    def _called(self, method: str) -> Callable[[str, dict[str, Any]], Any]:
        found: Callable[[str, dict[str, Any]], Any] = getattr(
            self.server_chat, method.removeprefix("chat.bsky.convo.")
        )
        return found

    def _answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _signed(headers: Any, method: str) -> str:
    """Whom the PDS speaks for; its signature is not checked, what it is for is."""
    token = str(headers.get("Authorization", "")).removeprefix("Bearer ")
    if token.count(".") != 2:
        raise PermissionError
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    if claims["lxm"] != method:
        raise PermissionError
    return str(claims["iss"])
