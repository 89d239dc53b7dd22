"""The page of phones: what each one received, and a box to text back from it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import quote

from simulators.notify.service import Received, Sent, Service, moment

STYLE = (Path(__file__).parent / "style.css").read_text()
SHOWN = 100
"""The newest texts that are shown."""

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – simulated phones</title><link rel="stylesheet" href="/style.css"></head>
<body><header><p class="flag">Simulated: no text message leaves this machine</p>
<h1><a href="/">Phones</a></h1>
<form action="/" role="search"><label for="phone">Number of a phone</label>
<input id="phone" name="phone" value="{phone}" inputmode="tel"><button>Show</button></form>
</header><main>{body}</main></body></html>"""


def phones(service: Service, search: str) -> str:
    """Write the page of all phones, or of those whose number ends like ``search``."""
    digits = "".join(one for one in search if one.isdigit()).lstrip("0")
    with service.lock:
        everything: list[Sent | Received] = [*service.sent, *service.received]
    texts = [one for one in everything if _number(one).endswith(digits)]
    texts.sort(key=lambda one: one.created_at, reverse=True)
    numbers = {_number(one) for one in texts}
    form = _form(numbers.pop()) if digits and len(numbers) == 1 else ""
    title = "One phone" if form else "All phones"
    body = form + _list(texts[:SHOWN])
    return _PAGE.format(title=title, phone=escape(search, quote=True), body=body)


def missing() -> str:
    """Write the page for an address that leads nowhere."""
    return _PAGE.format(title="Not found", phone="", body="<h2>There is no such page</h2>")


def _list(texts: list[Sent | Received]) -> str:
    if not texts:
        return "<section><h2>No text messages yet</h2><p>None was sent to this.</p></section>"
    rows = "".join(_row(one) for one in texts)
    return f'<h2>Newest text messages</h2><ul class="texts">{rows}</ul>'


def _row(one: Sent | Received) -> str:
    number = _number(one)
    link = f'<a href="/?phone={quote(number)}">{escape(number)}</a>'
    if isinstance(one, Sent):
        kind, heading, words = "in", f"To {link} · {escape(one.status)}", one.body
    else:
        kind, heading, words = "out", f"From {link}", one.content
    at = moment(one.created_at)[:19].replace("T", " ")
    return (
        f'<li class="{kind}"><p class="meta">{heading} · {at} UTC</p>'
        f'<p class="words">{escape(words)}</p></li>'
    )


def _form(number: str) -> str:
    return (
        f'<section><h2>Text from this phone</h2><form method="post" action="/phone">'
        f'<input type="hidden" name="phone" value="{escape(number, quote=True)}">'
        '<label for="words">Text message</label>'
        '<textarea id="words" name="words" rows="3" required></textarea>'
        "<p><button>Send</button></p></form></section>"
    )


def _number(one: Sent | Received) -> str:
    return one.phone_number if isinstance(one, Sent) else f"+{one.user_number}"
