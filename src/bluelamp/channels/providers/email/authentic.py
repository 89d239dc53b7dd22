"""Whether a mail comes from the address in its From, as the server that took it in found.

That server writes what it found into an ``Authentication-Results`` field under its own
name (RFC 8601).  Anybody can write such a field into a mail, so that only those of the
one name that the installation sets count, and of them for each method the topmost: what
a server adds stands above what came.  It has to take out fields that bear its name when
a mail comes in (section 5); what no method vouches for is not proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .understand.message import Mail

FIELD = "Authentication-Results"
MAX_FIELDS, MAX_CHARACTERS = 50, 10_000
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_ESCAPED_OR_SIGN = re.compile(r"\\.|[()\"]", re.DOTALL)
_BARE_CR = re.compile(rb"\r(?!\n)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BIT = re.compile(rf'{_QUOTED.pattern}|;|[^;"]+|"', re.DOTALL)
_PAIR = re.compile(rf'\s*([^\s="]+)\s*=\s*((?:{_QUOTED.pattern}|[^\s"])+)(?=\s|$)', re.DOTALL)
"""A name and its value, which runs to the next space outside quotes whatever else is in it:
senders choose the local part of their envelope address, and may put ``=`` or quotes there."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one method said: ``dkim``, ``pass``, ``{"header.d": "example.test"}``."""

    method: str
    result: str
    properties: Mapping[str, str]


def sender_proven(raw: bytes, server: str) -> bool | None:
    """Say whether a mail's own From is :func:`proven`; only its header is read.

    ``None`` where no server is named whose word would count: it was not looked at, which
    is neither good nor bad news of a mail.

    A lone carriage return ends a line for some and not for others (RFC 5322 forbids it):
    behind one a field may hide from the server that has to take out those of its name.
    """
    if not server:
        return None
    head = _HEAD_ENDS.split(raw, maxsplit=1)[0]
    return not _BARE_CR.search(head) and proven(Mail.read(head), server)


def proven(mail: Mail, server: str) -> bool:
    """Say whether our server vouches that a mail comes from its From's domain.

    By DMARC (RFC 7489); where the domain publishes none, by a signature or an envelope
    sender of that very domain.

    :param server: the name under which it writes (authserv-id).
    """
    domain = _only_domain(mail)
    if not domain:
        return False
    found = _topmost(results(value) for value in _fields(mail, server))
    said = {one.result for one in found.get("dmarc", ()) if one.result != "none"}
    if said:
        return said == {"pass"} and _vouched(found["dmarc"], domain, "header.from")
    return _vouched(found.get("dkim", ()), domain, "header.d", "header.i") or _vouched(
        found.get("spf", ()), domain, "smtp.mailfrom"
    )


def results(value: str) -> tuple[Result, ...]:
    """Read a field's results; what does not follow the form is passed over."""
    return tuple(_results(_pieces(value)[1:]))


def _only_domain(mail: Mail) -> str:
    """Return the domain of the one address in the one From; nothing where there are more."""
    senders = [address for _name, address in mail.addresses("From") if "@" in address]
    if len(mail.message.get_all("From", [])) != 1 or len(senders) != 1:
        return ""
    return _domain(senders[0])


def _fields(mail: Mail, server: str) -> Iterator[str]:
    """Yield the fields that bear our server's name, from the top."""
    for value in mail.message.get_all(FIELD, [])[:MAX_FIELDS]:
        text = str(value)[:MAX_CHARACTERS]
        names = _pieces(text)[0].split()
        if names and _unquoted(names[0]).lower() == server.lower():
            yield text


def _topmost(fields: Iterable[tuple[Result, ...]]) -> dict[str, list[Result]]:
    """Return for each method what the first field that speaks of it says."""
    found: dict[str, list[Result]] = {}
    for field in fields:
        here: dict[str, list[Result]] = {}
        for one in field:
            here.setdefault(one.method, []).append(one)
        found = here | found
    return found


def _vouched(found: Iterable[Result], domain: str, *properties: str) -> bool:
    return any(
        one.result == "pass" and _domain(one.properties.get(name, "")) == domain
        for one in found
        for name in properties
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").lower()


# The field's form -----------------------------------------------------------------


def _pieces(value: str) -> list[str]:
    """Return what stands between semicolons; nothing from a quote on that does not end."""
    pieces = [""]
    for bit in _BIT.finditer(_without_comments(value)):
        if bit[0] == '"':
            break
        if bit[0] == ";":
            pieces.append("")
        else:
            pieces[-1] += bit[0]
    return pieces


def _results(pieces: Iterable[str]) -> Iterator[Result]:
    for piece in pieces:
        pairs = _pairs(piece)
        if pairs:
            (method, result), *rest = pairs
            yield Result(method.partition("/")[0], result, dict(reversed(rest)))


def _pairs(piece: str) -> list[tuple[str, str]]:
    """Return names and values; of a result that does not follow the form only what it says."""
    found, at = [], 0
    while pair := _PAIR.match(piece, at):
        found.append((pair[1].lower(), _unquoted(pair[2]).lower()))
        at = pair.end()
    return found[:1] if piece[at:].strip() else found


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), text)


def _without_comments(value: str) -> str:
    """Return a field without its comments, which may nest (RFC 5322 section 3.2.2)."""
    kept: list[str] = []
    depth, quoted, done = 0, False, 0
    for sign in _ESCAPED_OR_SIGN.finditer(value):
        opens, closes = sign[0] == "(" and not quoted, sign[0] == ")" and not quoted
        if depth == 0:
            kept.append(value[done : sign.start()] + (" " if opens else sign[0]))
            quoted ^= sign[0] == '"'
        depth = max(depth + opens - closes, 0)
        done = sign.end()
    return "".join([*kept, value[done:] if depth == 0 else ""])
