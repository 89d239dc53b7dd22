"""The mailbox's pages: a list, a mail, and what a member can do with it."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from simulators.mailbox import answers
from simulators.mailbox.store import Mail, Store

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – simulated mailbox</title><link rel="stylesheet" href="/style.css"></head>
<body><header><p class="flag">Simulated: no mail leaves this machine</p>
<h1><a href="/">Members' mailbox</a></h1>
<form action="/" role="search"><label for="q">Find an address or a subject</label>
<input id="q" name="q" value="{search}"><button>Find</button></form></header>
<main>{body}</main></body></html>"""

_STYLE = (Path(__file__).parent / "style.css").read_text()

_DEEDS = {
    "reply": "Your reply was sent to the force.",
    "away": "An out-of-office answer was sent.",
    "bounce": "The mail was bounced: no such user.",
    "full": "The mail was bounced: mailbox full.",
    "complain": "A complaint was sent, as a provider does when somebody presses 'spam'.",
}


def _list(mails: list[Mail], total: int) -> str:
    if not mails:
        return "<section><h2>No mail yet</h2><p>Send an alert, or join as a member.</p></section>"
    rows = "".join(
        f'<li><a href="/mail/{mail.id}">{escape(mail.subject)}</a>'
        f'<div class="meta">To {escape(mail.recipient)} · {escape(mail.at)} UTC</div></li>'
        for mail in mails
    )
    return f"<h2>Newest mail ({total:,} kept)</h2><ul class=mails>{rows}</ul>"


def _mail(mail: Mail, said: str) -> str:
    note = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
    buttons = "".join(
        f'<button class="plain" name="deed" value="{deed}">{words}</button>'
        for deed, words in (
            ("away", "Out of office"), ("bounce", "Bounce: no such user"),
            ("full", "Bounce: mailbox full"), ("complain", "Report as spam"),
        )
    )  # fmt: skip
    return f"""{note}<h2>{escape(mail.subject)}</h2>
<p class="meta">From {escape(mail.sender)}<br>
To {escape(mail.recipient)} · {escape(mail.at)} UTC</p>
<iframe title="The mail as the member sees it" src="/mail/{mail.id}/html"
 sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<section><h3>Answer as this member</h3><form method="post" action="/mail/{mail.id}">
<label for="words">Your reply</label><textarea id="words" name="words" rows="4"></textarea>
<p><button name="deed" value="reply">Send reply</button></p>
<h3>Or as the member's mail system</h3><div class="row">{buttons}</div></form></section>
<section><details><summary>Plain text</summary><pre>{escape(mail.part("plain"))}</pre></details>
<details><summary>All headers</summary><pre>{escape(headers)}</pre></details></section>"""


class Pages(BaseHTTPRequestHandler):
    """Serves the mailbox; ``store`` and ``lmtp`` are set by :func:`serve`."""

    store: ClassVar[Store]
    lmtp: ClassVar[tuple[str, int]]

    def do_GET(self) -> None:
        """Show the list, one mail, its HTML or the style sheet."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        parts = url.path.strip("/").split("/")
        if url.path == "/style.css":
            self._answer(_STYLE, kind="text/css")
        elif url.path == "/":
            search = query.get("q", "")
            self._page("Inbox", _list(self.store.newest(search), self.store.count()), search)
        elif parts[0] == "mail" and (mail := self._find(parts[1:2])):
            if parts[2:] == ["html"]:
                self._answer(_in_new_tabs(mail), csp=False)
            else:
                self._page(mail.subject, _mail(mail, _DEEDS.get(query.get("done", ""), "")))
        else:
            self._page("Not found", "<h2>There is no such mail</h2>", status=HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Answer a mail as the member or their mail system."""
        mail = self._find(urlsplit(self.path).path.strip("/").split("/")[1:2])
        length = min(int(self.headers.get("Content-Length") or 0), 100_000)
        form = parse_qs(self.rfile.read(length).decode())
        deed = form.get("deed", ["reply"])[0]
        if mail is None or deed not in _DEEDS:
            self._page("Not found", "<h2>There is no such mail</h2>", status=HTTPStatus.NOT_FOUND)
            return
        try:
            self._do(deed, mail, form.get("words", [""])[0])
        except OSError as error:
            self._page(
                "Not sent", f"<h2>The force's mail receiver refused</h2><p>{escape(str(error))}"
            )
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/mail/{mail.id}?done={quote(deed)}")
        self.end_headers()

    def _do(self, deed: str, mail: Mail, words: str) -> None:
        makers = {
            "reply": lambda: answers.reply(mail, words or "Thank you."),
            "away": lambda: answers.out_of_office(mail),
            "bounce": lambda: answers.bounce(mail),
            "full": lambda: answers.bounce(mail, status="4.2.2", words="mailbox full"),
            "complain": lambda: answers.complaint(mail),
        }
        to, answer = makers[deed]()
        host, port = self.lmtp
        answers.hand_over(to, answer, host=host, port=port, null_sender=deed != "reply")

    def _find(self, number: list[str]) -> Mail | None:
        return self.store.get(int(number[0])) if number and number[0].isdigit() else None

    def _page(
        self, title: str, body: str, search: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        page = _PAGE.format(title=escape(title), body=body, search=escape(search, quote=True))
        self._answer(page, status=status)

    def _answer(
        self, text: str, *, kind: str = "text/html", csp: bool = True,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:  # fmt: skip
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if csp:
            self.send_header("Content-Security-Policy", "default-src 'self'; frame-src 'self'")
        else:  # a mail may style itself, but never run anything
            self.send_header("Content-Security-Policy", "script-src 'none'; object-src 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: addresses do not belong in logs."""


def _in_new_tabs(mail: Mail) -> str:
    html = mail.part("html") or f"<pre>{escape(mail.part('plain'))}</pre>"
    base = '<base target="_blank">'
    return html.replace("<head>", f"<head>{base}", 1) if "<head>" in html else base + html


def serve(store: Store, host: str, port: int, lmtp: tuple[str, int]) -> ThreadingHTTPServer:
    """Make the page server; the caller runs it."""
    handler = type("BoundPages", (Pages,), {"store": store, "lmtp": lmtp})
    return ThreadingHTTPServer((host, port), handler)
