"""The words in which cases, promises and severities are shown."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bluelamp.cases.rules.savedreply import ReplyField
from bluelamp.cases.values import (
    ArticleState,
    CaseState,
    Joined,
    MilestoneKind,
    MilestoneState,
    ReplyState,
)
from bluelamp.inbound.values import Severity
from bluelamp.kit.page import Colour, Tag, Words

SEVERITIES: dict[int, Words] = {
    Severity.EMERGENCY: _("Emergency"),
    Severity.URGENT: _("Urgent"),
    Severity.PROMPT: _("Prompt"),
    Severity.ROUTINE: _("Routine"),
    Severity.NONE: _("No need to act"),
}
SEVERITY_HINTS: dict[int, Words] = {
    Severity.EMERGENCY: _("Somebody may be in danger now"),
    Severity.URGENT: _("Before all else that waits"),
    Severity.PROMPT: _("Harm, risk or somebody vulnerable, not now: this shift"),
    Severity.ROUTINE: _("In its turn"),
    Severity.NONE: _("Nothing in it asks for anybody"),
}
_SEVERITY_COLOURS: dict[int, Colour] = {
    Severity.EMERGENCY: "red",
    Severity.URGENT: "orange",
    Severity.PROMPT: "yellow",
    Severity.ROUTINE: "blue",
    Severity.NONE: "grey",
}
_STATES: dict[str, tuple[Words, Colour]] = {
    CaseState.NEW: (_("Not read yet"), "purple"),
    CaseState.OPEN: (_("Open"), "blue"),
    CaseState.WAITING: (_("Waiting for them"), "grey"),
    CaseState.CLOSED: (_("Closed"), "green"),
}
CHANNELS: dict[str, Words] = {
    "email": _("E-mail"),
    "sms": _("Text message"),
    "web": _("Web form"),
    "phone": _("Telephone"),
    "counter": _("Front counter"),
    "bluesky": _("Bluesky"),
    "mastodon": _("Mastodon"),
    "memory": _("Trial channel"),
}
KINDS: dict[str, Words] = {
    MilestoneKind.FIRST_RESPONSE: _("First answer"),
    MilestoneKind.UPDATE: _("Next word to them"),
    MilestoneKind.RESOLUTION: _("Resolved"),
}
_CLOCKS: dict[str, tuple[Words, Colour]] = {
    MilestoneState.PENDING: (_("Not begun"), "grey"),
    MilestoneState.RUNNING: (_("Running"), "blue"),
    MilestoneState.PAUSED: (_("Paused"), "grey"),
    MilestoneState.BREACHED: (_("Overdue"), "red"),
    MilestoneState.MET: (_("Met"), "green"),
    MilestoneState.MET_LATE: (_("Met late"), "orange"),
    MilestoneState.CANCELLED: (_("Ended"), "grey"),
}
JOINED: dict[str, Words] = {
    Joined.OPENED: _("opened this case"),
    Joined.CONVERSATION: _("the same exchange"),
    Joined.SAME_PERSON: _("the same person"),
    Joined.REPEATS: _("passes it on"),
    Joined.BY_HAND: _("put here by an officer"),
}
HEADINGS: dict[str, Words] = {
    "threat": _("Threat"),
    "harm": _("Harm"),
    "risk": _("Risk"),
    "investigation": _("Investigation"),
    "vulnerability": _("Vulnerability"),
    "engagement": _("Engagement"),
}
"""THRIVE, in its order."""
_ARTICLES: dict[str, tuple[Words, Colour]] = {
    ArticleState.DRAFT: (_("Draft"), "grey"),
    ArticleState.PUBLISHED: (_("Published"), "green"),
    ArticleState.RETIRED: (_("Retired"), "red"),
}
FIELDS: dict[str, Words] = {
    ReplyField.CITIZEN_NAME: _("the citizen’s name"),
    ReplyField.REFERENCE: _("the case’s reference"),
    ReplyField.OFFICER_NAME: _("your rank and name"),
    ReplyField.UNIT_NAME: _("the unit’s name"),
    ReplyField.UNIT_PHONE: _("the telephone number for the public"),
    ReplyField.OPEN_HOURS: _("the opening hours"),
    ReplyField.FORCE_NAME: _("the force’s name"),
}
_REPLIES: dict[str, tuple[Words, Colour]] = {
    ReplyState.SUBMITTED: (_("Waits for approval"), "yellow"),
    "ready": (_("On its way"), "blue"),
    "doing": (_("On its way"), "blue"),
    "done": (_("Sent"), "green"),
    "failed": (_("Could not be sent"), "red"),
}


def severity_tag(severity: int) -> Tag:
    """Return a severity as a word and a colour that says the same."""
    return Tag(SEVERITIES[severity], _SEVERITY_COLOURS[severity])


def state_tag(state: str) -> Tag:
    """Return how a case stands."""
    return Tag(*_STATES[state])


def article_tag(state: str) -> Tag:
    """Return whether officers are shown an article."""
    return Tag(*_ARTICLES[state])


def clock_tag(state: str) -> Tag:
    """Return how a milestone stands."""
    return Tag(*_CLOCKS[state])


def reply_tag(state: str, act: str = "") -> Tag:
    """Return where an answer stands; ``act``: the state of its act on the platform."""
    return Tag(*_REPLIES[act or state])


def channel(name: str) -> Words:
    """Return a channel's name; one that is not known here shows its own."""
    return CHANNELS.get(name, name.capitalize())


def heading(name: str) -> Words:
    """Return a THRIVE heading's name."""
    return HEADINGS.get(name, name.replace("_", " ").capitalize())


def span(length: timedelta) -> str:
    """Say how long, in its two largest units: 2 hours 10 minutes, 3 days."""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = (
        (ngettext("%(n)d day", "%(n)d days", days), days),
        (ngettext("%(n)d hour", "%(n)d hours", hours), hours),
        (ngettext("%(n)d minute", "%(n)d minutes", minutes), minutes),
    )
    said = [words % {"n": number} for words, number in parts if number]
    return " ".join(said[:1] if days > 2 else said[:2]) or _now("less than a minute")
