"""A force's own wording: how it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from bluelamp.cases.rules.greeting import closed_words, look_words
from bluelamp.cases.rules.wording import POSTS, Text
from bluelamp.kit import sms
from bluelamp.org.models import Force
from bluelamp.outbound.content import base_url

EXAMPLE = "7K3C-9QX2"
"""The reference that a preview shows."""


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
