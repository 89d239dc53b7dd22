"""The force's own words: which texts there are, who gets each, and what none of them may say.

The one table that the settings' page, the readers of ``rules/greeting.py`` and the list in
docs/operating.md go by.  What goes out by itself is read on phones that are shared: no text
names what a case is about, none has a link of its own, and none asks for a value that
nothing fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bluelamp.inbound.rules.settings import LONGEST

EMERGENCY = (
    "If you or someone else is in danger now, call 999. If you cannot speak: on a mobile, press "
    "55 when you are asked to; on a landline, stay on the line. If you cannot hear or speak, text "
    "999 (emergencySMS) or use 999 BSL. We cannot promise to read this at once."
)
"""Fits 300 graphemes and names nothing that the person wrote: somebody else may see the phone."""
OUT_OF_HOURS = "Thank you for your message. Somebody will read it {when}. In an emergency call 999."
LOOK = "Your reference is {reference}. See how it stands: {page}"
POSTS = (300, 500)
"""Characters that a post of Bluesky and one of Mastodon hold."""


class Flaw(StrEnum):
    """What is wrong with a text; from :attr:`NO_55` on it is a warning, before that a refusal."""

    EMPTY = "empty"
    LONG = "long"
    NO_999 = "no_999"
    AGAINST_999 = "against_999"
    LINK = "link"
    FIELD = "field"
    TOPIC = "topic"
    NO_55 = "no_55"
    NO_SMS = "no_sms"
    NO_BSL = "no_bsl"
    NO_999_TOLD = "no_999_told"
    NO_WHEN = "no_when"
    NO_REFERENCE = "no_reference"
    NO_PAGE = "no_page"

    @property
    def refuses(self) -> bool:
        """Whether a text with this flaw cannot be put in force."""
        return self in _REFUSED


_REFUSED = frozenset(
    {Flaw.EMPTY, Flaw.LONG, Flaw.NO_999, Flaw.AGAINST_999, Flaw.LINK, Flaw.FIELD, Flaw.TOPIC}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A flaw, with the words of the text that show it."""

    flaw: Flaw
    words: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a force."""

    key: str
    """Its key in ``Force.settings``."""
    name: str
    purpose: str
    goes_to: str
    usual: str
    """The product's own words, which hold where the force has none."""
    needs: tuple[Flaw, ...] = ()
    """What its words must not lack, or had better not."""
    fields: tuple[str, ...] = ()
    """Values that are filled in where they stand in braces."""
    longest: int = 500
    may_be_empty: bool = False
    """Empty words say nothing, in place of the product's."""
    goes_out: bool = True
    """It is sent, and not only shown on a page."""


_OTHER_WAYS = (Flaw.NO_55, Flaw.NO_SMS, Flaw.NO_BSL)
_DANGER_ON_PAGE = (
    "If you cannot speak: on a mobile, call 999 and press 55 when you are asked to. On a landline, "
    "stay on the line.\nIf you cannot hear or speak on the phone: text 999 if you have registered "
    "with emergencySMS, or use 999 BSL."
)
EMERGENCY_ANSWER = Text(
    "emergency_answer", "Answer to an emergency",
    "Sent by itself as soon as words of danger come in, before anybody has read them.",
    "Whoever wrote them, by the way they wrote; once in 24 hours", EMERGENCY,
    (Flaw.NO_999, Flaw.AGAINST_999, *_OTHER_WAYS),
)  # fmt: skip
CLOSED_ANSWER = Text(
    "closed_answer", "Answer out of hours",
    "Sent by itself while the unit that has the case is closed.",
    "Whoever wrote in private, by the way they wrote; once in 24 hours", OUT_OF_HOURS,
    (Flaw.AGAINST_999, Flaw.NO_999_TOLD, Flaw.NO_WHEN), ("when",),
)  # fmt: skip
LOOK_ANSWER = Text(
    "look_answer", "Where to look at one’s case",
    "Follows the answer out of hours where it fits and nobody shares the channel. "
    "Leave it empty to say nothing.",
    "Whoever opened the case, by the way they wrote", LOOK,
    (Flaw.NO_REFERENCE, Flaw.NO_PAGE), ("reference", "page"), may_be_empty=True,
)  # fmt: skip
CONTACT_EMERGENCY = Text(
    "contact_emergency", "Danger, on the contact page",
    "Stands above the contact form, under the heading “In danger now? Call 999”; "
    "a paragraph a line.",
    "Everybody who opens the page", _DANGER_ON_PAGE,
    (Flaw.AGAINST_999, *_OTHER_WAYS), longest=LONGEST, goes_out=False,
)  # fmt: skip
TEXTS = (EMERGENCY_ANSWER, CLOSED_ANSWER, LOOK_ANSWER, CONTACT_EMERGENCY)
"""In the order in which a citizen meets them."""
OUTCOME = Text(
    "outcomes", "What a case is closed with",
    "What an officer chooses when a case ends; the words tell its citizen what came of it.",
    "Who brought the case, where that is safe", "", (Flaw.AGAINST_999,),
)  # fmt: skip
"""What holds for the words of each outcome; those are listed in ``rules/outcomes.py``."""

_HAVE: Mapping[Flaw, re.Pattern[str]] = {
    # a 999 to call: neither the one that is texted nor the one of the sign language service
    Flaw.NO_999: re.compile(
        r"(?<!text )(?<!text\n)\b999\b(?!\s*\(?(?:emergencySMS|BSL))|\bcall or text 999\b",
        re.IGNORECASE,
    ),
    Flaw.NO_55: re.compile(r"\b55\b"),
    Flaw.NO_SMS: re.compile(r"emergency ?SMS", re.IGNORECASE),
    Flaw.NO_BSL: re.compile(r"\b999 ?BSL\b", re.IGNORECASE),
    Flaw.NO_999_TOLD: re.compile(r"\b999\b"),
    Flaw.NO_WHEN: re.compile(r"\{when\}"),
    Flaw.NO_REFERENCE: re.compile(r"\{reference\}"),
    Flaw.NO_PAGE: re.compile(r"\{page\}"),
}
_AGAINST = re.compile(
    r"\b(?:do not|don[’']?t|never|cannot|must not|no need to)\s+(?:call|ring|dial|phone|use)"
    r"\s+999\b", re.IGNORECASE,
)  # fmt: skip
_LINK = re.compile(
    r"\b(?:https?:|www\.)\S*|\S+@\S+\.\w+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:uk|com|org|net|info|police|scot|wales|cymru|eu|io|ly|link|app)\b"
    r"\S*", re.IGNORECASE,
)  # fmt: skip
_BRACED = re.compile(r"\{+([^{}]*)\}+|[{}]")
_TOPIC = re.compile(
    r"\b(?:domestic|abus\w*|assault\w*|rap(?:e|ed|ist)|sexual\w*|stalk\w*|harass\w*|violen\w+|"
    r"suicid\w*|self[- ]harm\w*|coerci\w+|groom\w*|traffick\w*|forced marriage|hate crime|"
    r"murder\w*|stabb?\w*|kni(?:fe|ves)|weapons?|guns?|drugs?|overdose\w*|burgl\w*|robb\w+|"
    r"theft|thief|fraud\w*|safeguarding|informant|(?:your|ex)[- ](?:partner|husband|wife|abuser)|"
    r"victims?|suspects?|witness\w*)\b", re.IGNORECASE,
)  # fmt: skip


def text_of(key: str) -> Text | None:
    """Return the text of that key; ``None``: there is none."""
    return next((one for one in TEXTS if one.key == key), None)


def own(settings: Mapping[str, Any], text: Text) -> str | None:
    """Return the force's own words; ``None``: it has none, or none that may be sent."""
    given = settings.get(text.key)
    if not isinstance(given, str) or (not given.strip() and not text.may_be_empty):
        return None
    words = given.strip()
    out_of_order = refused(text, words) if text.goes_out else len(words) > text.longest
    return None if out_of_order else words


def unread(settings: Mapping[str, Any], text: Text) -> bool:
    """Say whether the force has words that are not said: they must not go out."""
    return own(settings, text) is None and bool(settings.get(text.key))


def holding(settings: Mapping[str, Any], text: Text) -> str:
    """Return the words that hold: the force's own, or the product's."""
    words = own(settings, text)
    return text.usual if words is None else words


def flaws(text: Text, words: str) -> tuple[Found, ...]:
    """Return what is wrong with words for a text, refusals first."""
    words = words.strip()
    if not words:
        return () if text.may_be_empty else (Found(Flaw.EMPTY),)
    found = [*_refusals(text, words), *_lacks(text, words)]
    return tuple(sorted(found, key=lambda one: not one.flaw.refuses))


def refused(text: Text, words: str) -> tuple[Found, ...]:
    """Return why words cannot be put in force; empty where they can."""
    return tuple(one for one in flaws(text, words) if one.flaw.refuses)


def warned(text: Text, words: str) -> tuple[Found, ...]:
    """Return what an officer is warned of, and may want all the same."""
    return tuple(one for one in flaws(text, words) if not one.flaw.refuses)


def _refusals(text: Text, words: str) -> Iterator[Found]:
    if len(words) > text.longest:
        yield Found(Flaw.LONG, str(len(words)))
    for braced in _BRACED.finditer(words):
        if braced[0] not in {f"{{{name}}}" for name in text.fields}:
            yield Found(Flaw.FIELD, braced[0])
    for flaw, pattern in ((Flaw.LINK, _LINK), (Flaw.TOPIC, _TOPIC)):
        if named := pattern.search(words):
            yield Found(flaw, named[0].rstrip(".,;:)"))
    if Flaw.AGAINST_999 in text.needs and (named := _AGAINST.search(words)):
        yield Found(Flaw.AGAINST_999, named[0])


def _lacks(text: Text, words: str) -> Iterator[Found]:
    for flaw in text.needs:
        pattern = _HAVE.get(flaw)
        if pattern and not pattern.search(words):
            yield Found(flaw)
