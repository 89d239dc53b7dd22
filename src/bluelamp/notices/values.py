"""Kinds and states of notices."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about."""

    CODE = "code"
    SIGN_IN = "sign_in"
    APPROVAL_WANTED = "approval_wanted"
    DECIDED = "decided"
    WELCOME = "welcome"
    TEST_COPY = "test_copy"
    CASE = "case"  # somebody is wanted in a case
    BRIEFING = "briefing"  # a shift begins
    GUIDANCE = "guidance"  # an article wants a review
    PAGE = "page"  # somebody must look now


class Rung(StrEnum):
    """Who is rung; from rung to rung more people, and those above."""

    ON_CALL = "on_call"  # the unit's phone and who is on call for it
    ON_SHIFT = "on_shift"  # everybody on duty there
    ABOVE = "above"  # supervisors and commanders of the force


class NoticeState(StrEnum):
    """Where a notice stands; the column is the queue."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
