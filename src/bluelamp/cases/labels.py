"""The words in which cases, promises and severities are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bluelamp.cases.rules.fieldmap import Fact
from bluelamp.cases.rules.gathering import Because
from bluelamp.cases.rules.identities import Source
from bluelamp.cases.rules.sameness import FAIR, STRONG
from bluelamp.cases.rules.savedreply import ReplyField
from bluelamp.cases.rules.vulnerability import Reason
from bluelamp.cases.values import (
    ArticleState,
    CaseState,
    Joined,
    LinkState,
    MilestoneKind,
    MilestoneState,
    ReplyState,
    ReviewDecision,
    ReviewState,
)
from bluelamp.inbound.values import Severity
from bluelamp.kit.page import Colour, Tag, Words
from bluelamp.members.values import Basis

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
EMERGENCIES: dict[str, Words] = {
    "weapon": _("A weapon"),
    "violence": _("Violence"),
    "suicide": _("Suicide"),
    "child": _("A child in danger"),
    "domestic": _("Domestic abuse"),
    "plea": _("A plea for help"),
    "silent": _("Somebody who cannot speak"),
    "trapped": _("Somebody trapped"),
    "fire": _("Fire"),
    "missing": _("Somebody missing"),
    "medical": _("A medical emergency"),
    "sexual": _("A sexual offence"),
    "crash": _("A crash"),
}
"""Kinds of emergency that the product's list knows."""
TONGUES: dict[str, Words] = {
    "gu": _("Gujarati"),
    "ku": _("Kurdish"),
    "so": _("Somali"),
    "am": _("Amharic"),
    "zh": _("Chinese"),
}
"""Languages that Django has no name for."""
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
    ReplyState.RETURNED: (_("Sent back"), "orange"),
    "ready": (_("On its way"), "blue"),
    "doing": (_("On its way"), "blue"),
    "done": (_("Sent"), "green"),
    "failed": (_("Could not be sent"), "red"),
}


FACTS: dict[str, Words] = {
    Fact.REFERENCE: _("Our reference"),
    Fact.TITLE: _("Title"),
    Fact.STATE: _("State"),
    Fact.SEVERITY: _("Severity"),
    Fact.UNIT: _("Unit’s code"),
    Fact.OWNER: _("Owner’s number"),
    Fact.CHANNEL: _("Channel"),
    Fact.LONGITUDE: _("Longitude"),
    Fact.LATITUDE: _("Latitude"),
    Fact.OPENED_AT: _("Opened at"),
    Fact.CLOSED_AT: _("Closed at"),
    Fact.URL: _("Address of the case here"),
}
"""What another system can be told of a case."""
_LINKS: dict[str, tuple[Words, Colour]] = {
    LinkState.READY: (_("Waits to be told"), "yellow"),
    LinkState.DOING: (_("Being told"), "blue"),
    LinkState.DONE: (_("Told"), "green"),
    LinkState.FAILED: (_("Refused"), "red"),
}


def link_tag(state: str) -> Tag:
    """Return how far another system knows of a case."""
    return Tag(*_LINKS[state])


def fact(fact: str, value: object) -> tuple[Words, object]:
    """Return the name of something that another system says, and its value in our words."""
    if fact == Fact.STATE and value in _STATES:
        return FACTS[Fact.STATE], state_tag(str(value))
    if fact == Fact.SEVERITY and str(value) in "01234":
        return FACTS[Fact.SEVERITY], severity_tag(int(str(value)))
    return FACTS.get(fact, fact), value


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
    """Return a channel's name; a platform shows its own."""
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


def because(one: Because) -> str:
    """Say what a proposal of an incident stands on."""
    people = ngettext("%(n)d person", "%(n)d people", one.people) % {"n": one.people}
    near = _now("within %(n)d m") % {"n": one.metres} if one.metres else ""
    soon = _now("within %(span)s") % {"span": span(timedelta(minutes=max(1, one.minutes)))}
    text = _now("the same text passed on") if one.same_text else ""
    words = _now("the same words: %(words)s") % {"words": ", ".join(one.words)}
    return ", ".join(filter(None, [people, near, soon, text, words if one.words else ""]))


# How people fare, and who they are ------------------------------------------------

DECISIONS: dict[str, Words] = {
    ReviewDecision.SUPPORT: _("Passed on for support"),
    ReviewDecision.PLAN: _("Somebody helps already"),
    ReviewDecision.WATCH: _("Watch how it goes"),
    ReviewDecision.NO_CONCERN: _("No concern"),
}
DECISION_HINTS: dict[str, Words] = {
    ReviewDecision.SUPPORT: _("To safeguarding, a victims’ service, a doctor: say to whom"),
    ReviewDecision.PLAN: _("There is a plan, and it fits what they tell now"),
    ReviewDecision.WATCH: _("Nothing is to be done yet: choose a day to look again"),
    ReviewDecision.NO_CONCERN: _("They turn to us often, and are not vulnerable for that"),
}
_REVIEWS: dict[str, tuple[Words, Colour]] = {
    ReviewState.OPEN: (_("Waits for a review"), "orange"),
    ReviewState.DECIDED: (_("Decided, to be seen again"), "blue"),
    ReviewState.CLOSED: (_("Closed"), "green"),
}
SOURCES: dict[str, Words] = {
    Source.OWN: _("Writes to us from this address"),
    Source.FIELD: _("Gave it in a form"),
    Source.TOLD: _("Told us in their own words"),
    Source.SIGNED: _("Stands at the end of their mail"),
    Source.PUBLISHED: _("Stands in their public profile"),
    Source.LINKED: _("Linked from their profile, and it links back"),
}
BASES: dict[str, Words] = {
    Basis.TOLD: _("they told us"),
    Basis.PUBLISHED: _("they published it"),
    Basis.SAME_POINT: _("the same address"),
}


def review_tag(state: str) -> Tag:
    """Return how far a review is."""
    return Tag(*_REVIEWS[state])


def surety_tag(confidence: int) -> Tag:
    """Return how sure a suggestion is, in a word with its number."""
    words, colour = _SURETIES[(confidence >= 100 * FAIR) + (confidence >= 100 * STRONG)]
    return Tag(_now("%(word)s, %(n)d in 100") % {"word": words, "n": confidence}, colour)


_SURETIES: tuple[tuple[Words, Colour], ...] = (
    (_("Weak"), "grey"), (_("Fair"), "yellow"), (_("Strong"), "green"),
)  # fmt: skip


def review_reason(reason: Mapping[str, Any]) -> str:
    """Say why somebody should look at how a person fares, with its numbers."""
    facts: dict[str, Any] = dict(reason)
    if facts["reason"] == Reason.SEVERER:
        facts |= {name: str(SEVERITIES[facts[name]]) for name in ("severity", "was")}
    if facts["reason"] == Reason.SAME_HARM:
        facts["heading"] = str(heading(facts["heading"]))
    return str(_WHY[facts["reason"]]) % facts


_WHY: dict[str, Words] = {
    Reason.REPEATED: _("%(times)d separate contacts within %(days)d days"),
    Reason.RISING: _(
        "Contact rises: %(recent)d in the last %(recent_days)d days, %(base)d in the"
        " %(base_days)d days before"
    ),
    Reason.SEVERER: _(
        "It grows more severe: “%(severity)s” in the last %(recent_days)d days,"
        " at most “%(was)s” before"
    ),
    Reason.SAME_HARM: _(
        "“%(heading)s” stands in %(times)d of %(of)d contacts within %(days)d days"
    ),
}
