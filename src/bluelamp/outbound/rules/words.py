"""What the check notices in a message: blocking findings and warnings.

Each rule yields findings with the very words that led to it, so that an author
sees what to change.  Patterns err on the side of asking: an officer reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bluelamp.outbound.rules.times import quiet
from bluelamp.outbound.values import Facts, Finding, Severity, Urgency

TITLE_LIMIT, BODY_LIMIT = 120, 5_000
"""Characters; the title is a mail's subject and cut by phones beyond about 60."""
TITLE_COMFORT = 60
SENTENCE_COMFORT = 25
"""Words a sentence; GOV.UK style asks for no more."""

BLOCK, WARN = Severity.BLOCKING, Severity.WARNING

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_SHORTENERS = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly)/",
    re.IGNORECASE,
)
_ADDRESS_HOST = re.compile(r"^https?://(?:\d{1,3}\.){3}\d{1,3}(?=[:/]|$)", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/-])(?:\+44\s?|0)(?:\d[\s-]?){8,9}\d(?!\w)")
_OURS = re.compile(r"^0(?:800|808|300|3\d\d)")
"""Freephone and non-geographic lines are services, not people."""
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_PLATE = re.compile(r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b|\b[A-Z]\d{1,3}\s?[A-Z]{3}\b")
_BIRTH = re.compile(
    r"\b(?:date of birth|d\.?o\.?b\.?|born on)\b[\s:]*(?:\d{1,2}[/. -]\w+[/. -]\d{2,4})?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Return everything there is to say about a message, blocking findings first."""
    found = [
        *_lengths(facts),
        *_people(facts),
        *_links(facts.body),
        *personal(f"{facts.title}\n{facts.body}"),
        *_tone(facts),
        *_circumstances(facts),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity is WARN))


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return those that keep a message from being submitted."""
    return tuple(finding for finding in findings if finding.severity is BLOCK)


def _lengths(facts: Facts) -> Iterator[Finding]:
    title, body = facts.title.strip(), facts.body.strip()
    if not title:
        yield Finding("title_empty", BLOCK)
    if len(title) > TITLE_LIMIT:
        yield Finding("title_long", BLOCK, str(len(title)))
    elif len(title) > TITLE_COMFORT:
        yield Finding("title_wordy", WARN, str(len(title)))
    if not body:
        yield Finding("body_empty", BLOCK)
    if len(body) > BODY_LIMIT:
        yield Finding("body_long", BLOCK, str(len(body)))


def _people(facts: Facts) -> Iterator[Finding]:
    if facts.counted == 0:
        yield Finding("audience_empty", BLOCK)


def _links(body: str) -> Iterator[Finding]:
    for link in LINK.findall(body):
        if _SHORTENERS.match(link):
            yield Finding("link_shortened", BLOCK, link)
        elif _ADDRESS_HOST.match(link):
            yield Finding("link_number", BLOCK, link)
        elif not link.lower().startswith("https://"):
            yield Finding("link_insecure", WARN, link)


def personal(text: str) -> Iterator[Finding]:
    """Yield what in a text may point to a person."""
    prose = LINK.sub(" ", text)
    for phone in _PHONE.findall(prose):
        if not _OURS.match(phone.replace(" ", "")):
            yield Finding("phone", WARN, phone.strip())
    for code, pattern, severity in (
        ("mail", _MAIL, WARN),
        ("postcode", _POSTCODE, WARN),
        ("plate", _PLATE, WARN),
        ("birth", _BIRTH, BLOCK),
    ):
        for match in pattern.finditer(prose):
            yield Finding(code, severity, match.group().strip())


def _tone(facts: Facts) -> Iterator[Finding]:
    words = _WORD.findall(facts.title)
    shouted = [word for word in words if len(word) > 3 and word.isupper()]
    if len(shouted) > 1 or (shouted and len(words) <= 2):
        yield Finding("shouting", WARN, " ".join(shouted))
    if "!!" in facts.title + facts.body:
        yield Finding("exclamation", WARN, "!!")
    long = _longest_sentence(facts.body)
    if long:
        yield Finding("sentence_long", WARN, long)


def _longest_sentence(body: str) -> str:
    sentences = (part.strip() for part in _SENTENCE.findall(LINK.sub("link", body)))
    longest = max(sentences, key=lambda part: len(_WORD.findall(part)), default="")
    return longest if len(_WORD.findall(longest)) > SENTENCE_COMFORT else ""


def _circumstances(facts: Facts) -> Iterator[Finding]:
    if facts.urgency is Urgency.ROUTINE and quiet(facts.goes_at):
        yield Finding("quiet_hours", WARN)
    yield from (Finding("outside", WARN, name) for name in facts.outside)
    yield from (Finding("alike", WARN, title) for title in facts.alike)
