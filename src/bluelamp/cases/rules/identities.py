"""What somebody tells of how else they are reached: never guessed, only read where they say so.

Three things count.  Their own words ("my e-mail is …", "call me on …"), the end of
their mail, below its closing; and what their profile openly says.  What is quoted,
passed on or reported of somebody else ("the text said: my new number is …") does not:
scams are told to the police in just these words, and a wrong link is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from bluelamp.channels.contract import Handles
from bluelamp.kit import phone
from bluelamp.members.errors import AddressError
from bluelamp.members.rules import normalise_email

EMAIL, PHONE = "email", "phone"
Platforms = tuple[Handles, ...]
"""Those on which people are called by a handle."""


class Source(StrEnum):
    """From where it is known that an address is somebody's.  Stored."""

    OWN = "own"  # they wrote to us from it
    FIELD = "field"  # in a field of a form that asks for it
    TOLD = "told"  # in their own words
    SIGNED = "signed"  # at the end of a mail
    PUBLISHED = "published"  # in their profile
    LINKED = "linked"  # in their profile, and their platform checked the way back (rel="me")


class Identity(NamedTuple):
    """An address or handle, in the one form that equality goes by."""

    kind: str
    """``email``, ``phone`` or a channel on which people have handles."""
    value: str


class Found(NamedTuple):
    """An identity with where it stands."""

    source: Source
    identity: Identity
    words: str
    """As written, with the words that make it theirs."""


# What an address is ---------------------------------------------------------------


def own(channel: str, sender: str, platforms: Platforms) -> Identity | None:
    """Return who a sender is on the channel they wrote by; nothing where it is no address."""
    if any(one.channel == channel for one in platforms):
        return _handle(channel, sender, platforms)
    return _email(sender) if "@" in sender else _phone(sender)


def _email(text: str) -> Identity | None:
    try:
        return Identity(EMAIL, normalise_email(text.strip(".,;:<>()")).identity)
    except AddressError:
        return None


def _phone(text: str) -> Identity | None:
    try:
        return Identity(PHONE, phone.e164(text.strip(" .,;:()-")))
    except phone.PhoneNumberError:
        return None


def _handle(channel: str, text: str, platforms: Platforms) -> Identity | None:
    platform = next(one for one in platforms if one.channel == channel)
    name = platform.whole(text)
    return Identity(channel, name) if name else None


# Own words ------------------------------------------------------------------------

_MAIL = r"(?P<email>[^\s<>()\"“”]+@[^\s<>()\"“”]+\.[^\s<>()\"“”]+)"
_DIALLED = r"(?P<phone>\+?\(?\d[\d\s()-]{7,18}\d)"
_NAMED = r"(?P<handle>@?[\w-]+(?:[.@][\w-]+)+)"
_IS = r"(?:\s+(?:is|at|on|address|now|also|the same)\b|\s*[:=–-])*\s*<?"
_I_AM = "i am|i'm|i’m"


@cache
def _phrases(channels: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return what makes an address theirs, in the words that stand before or after it."""
    by = f"(?P<channel>{'|'.join(map(re.escape, channels))})" if channels else r"(?!)"
    before = (
        (r"my (?:own |other |new |private |work )?e-?mail(?: address)?", _MAIL),
        (r"(?:e-?mail|write to|reach|contact|answer) me", _MAIL),
        (r"my (?:own |other |new |private |work )?(?:mobile|phone|telephone|tel|cell)?\s*"
         r"(?:number|no\.?|phone|mobile)", _DIALLED),
        (r"(?:call|ring|phone|text|reach|contact) me(?: back)?", _DIALLED),
        (rf"my {by}(?: handle| name| account)?", _NAMED),
        (rf"(?:{_I_AM}|find me|message me)(?: also)? on {by}(?: as)?", _NAMED),
    )  # fmt: skip
    after = rf"(?:{_I_AM}|message me at|find me as)(?: also)? {_NAMED} on {by}"
    forms = [*(f"(?:{words}){_IS}{address}" for words, address in before), after]
    return tuple(re.compile(rf"(?<!\w){form}", re.IGNORECASE) for form in forms)


_QUOTED = re.compile(
    r"[\"“„«‘](?:[^\"“”„«»’]|(?<=\w)’(?=\w)){8,}[\"”“»’]|(?<!\w)'.{8,}?'(?!\w)", re.DOTALL
)
_REPORTED = re.compile(
    r"(?<!\bi )(?<!\bi've )(?<!\bi’ve )(?<!\bi have )\b(?:says?|said|saying|wrote|writes|writing"
    r"|reads|told|tells|claim(?:s|ed|ing)?|messaged|texted)\b"
    r"|\b(?:(?:the|a|this|that|his|her|their|following) (?:message|text|e-?mail|letter|call)"
    r"|received|pretend(?:s|ed|ing)?|scam\w*|fraud\w*|hi mum|hi dad|hello mum|hello dad|not my)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“‘])")


def told(text: str, platforms: Platforms) -> list[Found]:
    """Return what somebody says in their own words of how else they are reached."""
    found = [
        one
        for paragraph in re.split(r"\n\s*\n", without_quotes(text))
        if not _REPORTED.search(paragraph)
        for sentence in _SENTENCE.split(_QUOTED.sub(" ", paragraph))
        for one in _said(sentence, platforms)
    ]
    return _once(found)


def _said(sentence: str, platforms: Platforms) -> Iterator[Found]:
    for phrase in _phrases(tuple(one.channel for one in platforms)):
        for match in phrase.finditer(sentence):
            identity = _identity(match.groupdict(), platforms)
            if identity is not None:
                yield Found(Source.TOLD, identity, " ".join(match[0].split()).rstrip(".,;:!"))


def _identity(groups: dict[str, str | None], platforms: Platforms) -> Identity | None:
    if groups.get("email"):
        return _email(groups["email"] or "")
    if groups.get("phone"):
        return _phone(groups["phone"] or "")
    return _handle((groups.get("channel") or "").lower(), groups.get("handle") or "", platforms)


def field(text: str) -> list[Found]:
    """Return what somebody put into a form's field for another address of theirs."""
    identity = _email(text) if "@" in text else _phone(text)
    return [Found(Source.FIELD, identity, text.strip())] if identity else []


def without_quotes(text: str) -> str:
    """Return a text without the lines it quotes, and without what follows a mail's quotation."""
    lines = []
    for line in text.splitlines():
        if _BEGINS_QUOTATION.match(line):
            break
        if not line.lstrip().startswith((">", "|")):
            lines.append(line)
    return "\n".join(lines)


_BEGINS_QUOTATION = re.compile(
    r"\s*(?:-{2,}\s*(?:original|forwarded) message|begin forwarded message|on .{6,80} wrote:\s*$"
    r"|from:\s.+|sent from my )",
    re.IGNORECASE,
)


# The end of a mail ----------------------------------------------------------------

SIGNATURE = 8
"""The most lines that an end has; what is longer is a letter, not a name and a number."""
_CLOSING = re.compile(
    r"\s*(?:--\s*|(?:(?:kind|best|warm|many)\s+)?(?:regards|wishes|thanks)|thank you|thanks|cheers"
    r"|yours(?: sincerely| faithfully| truly)?|best|sincerely|diolch)[\s,.!]*$",
    re.IGNORECASE,
)
_LINE_MAIL = re.compile(_MAIL)
_LINE_PHONE = re.compile(_DIALLED)


def signed(whole: str) -> list[Found]:
    """Return what stands at the end of a mail, below its closing; nothing where it has none.

    :param whole: the mail's text with its end; what it quotes is left out here.
    """
    lines = [line for line in without_quotes(whole).splitlines() if line.strip()]
    last = max((at for at, line in enumerate(lines) if _CLOSING.match(line)), default=None)
    if last is None or len(lines) - last - 1 > SIGNATURE:
        return []
    return _once(one for line in lines[last + 1 :] for one in _standing(line, Source.SIGNED))


def _standing(line: str, source: Source) -> Iterator[Found]:
    for pattern, read in ((_LINE_MAIL, _email), (_LINE_PHONE, _phone)):
        for match in pattern.finditer(line):
            identity = read(match[0])
            if identity is not None:
                yield Found(source, identity, " ".join(line.split())[:120])


# A profile ------------------------------------------------------------------------


def published(profile: str, links: Iterable[str], platforms: Platforms) -> list[Found]:
    """Return what a profile openly says.

    :param profile: its text, as everybody reads it.
    :param links: addresses in it whose page links back, as the platform has checked.
    """
    shown = re.findall(r"https?://\S+", profile)
    named = (_of_page(link, Source.LINKED, platforms) for link in links)
    pages = (_of_page(link, Source.PUBLISHED, platforms) for link in shown)
    lines = (one for line in profile.splitlines() for one in _standing(line, Source.PUBLISHED))
    return _once([*filter(None, named), *filter(None, pages), *lines])


def _of_page(url: str, source: Source, platforms: Platforms) -> Found | None:
    """Return whose profile an address is, as far as its form says."""
    parts = urlsplit(url.rstrip(".,;)"))
    host = (parts.hostname or "").removeprefix("www.")
    there = [one for one in platforms if one.host == host] or platforms
    named = ((one.channel, one.of_page(host, parts.path)) for one in there)
    identity = next((Identity(channel, name) for channel, name in named if name), None)
    return Found(source, identity, url) if identity else None


def _once(found: Iterable[Found]) -> list[Found]:
    first: dict[tuple[Source, Identity], Found] = {}
    for one in found:
        first.setdefault((one.source, one.identity), one)
    return list(first.values())
