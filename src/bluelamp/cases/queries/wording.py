"""A force's own wording: what holds, who changed it last, how it goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from bluelamp.audit import queries as record
from bluelamp.audit.queries import Filter
from bluelamp.cases.rules.greeting import closed_words, look_words
from bluelamp.cases.rules.wording import POSTS, Text
from bluelamp.kit import sms
from bluelamp.org.models import Force
from bluelamp.outbound.content import base_url

SET = "cases.set_wording"
EXAMPLE = "7K3C-9QX2"
"""The reference that a preview shows."""
LATELY = 100
"""Changes among which the last one of a text is looked for."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as it goes out, and how long it is where it goes."""

    text: str
    characters: int
    parts: int
    """Text messages that it takes."""
    fits: tuple[tuple[int, bool], ...]
    """For each length of a post, whether it holds the text."""


def preview(text: str) -> Preview:
    """Measure a text that goes out."""
    fits = tuple((limit, len(text) <= limit) for limit in POSTS)
    return Preview(text, len(text), sms.count(text).parts, fits)


def as_sent(force: Force, text: Text, words: str, opens: datetime) -> str:
    """Return words as they go out, with an example's reference and opening filled in.

    Where to look at a case is shown as it goes out: after the answer out of hours.
    """
    if text.key == "closed_answer":
        return closed_words({text.key: words}, opens)
    if text.key == "look_answer":
        page = f"{base_url(force)}{reverse('cases_public:ask')}"
        return closed_words(force.settings, opens) + look_words({text.key: words}, EXAMPLE, page)
    return words


def mark(force: Force, key: str) -> str:
    """Write down what an officer sees of a setting, to tell later whether it is still so."""
    if key not in force.settings:
        return "none"
    value = json.dumps(force.settings[key], sort_keys=True)
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def changed_last(force: Force, key: str) -> tuple[str, datetime | None]:
    """Return who changed a setting last on its page, and when."""
    return next(_changes(force, key), ("", None))


def _changes(force: Force, key: str) -> Iterator[tuple[str, datetime | None]]:
    for act in record.acts(force.pk, Filter(act=SET, table="org_force"))[:LATELY]:
        for entry in record.entries(force.pk, act):
            for one in record.changes(entry) or ():
                if one.column == "settings" and _of(one.old, key) != _of(one.new, key):
                    yield act.actor_label or "", act.at


def _of(settings: object, key: str) -> object:
    return settings.get(key) if isinstance(settings, dict) else None
