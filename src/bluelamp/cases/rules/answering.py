"""Which answers go at once, and which want another's yes."""

from __future__ import annotations

from datetime import datetime, timedelta

ANSWERING = timedelta(minutes=2)
"""Whoever changed a draft so lately is taken to be answering now."""


def wants_another(*, public: bool) -> bool:
    """Say whether an answer waits for another officer's yes.

    What everybody can read is published by the force; what one person reads is an
    officer's own word, and goes at once under the standing approval of private answers.
    """
    return public


def is_answering(changed_at: datetime, text: str, *, now: datetime) -> bool:
    """Say whether a colleague's draft means that they are answering now."""
    return bool(text.strip()) and now - changed_at <= ANSWERING
