"""The words of this floor: consents, letters, states and reasons."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bluelamp.members.values import LeaveReason, MemberState, Purpose, SuppressionReason

STATES: dict[str, Promise] = {
    MemberState.PENDING: gettext_lazy("Not confirmed"),
    MemberState.JOINED: gettext_lazy("Member"),
    MemberState.LEFT: gettext_lazy("Left"),
}
REASONS: dict[str, Promise] = {
    SuppressionReason.LEFT: gettext_lazy("They left"),
    SuppressionReason.HARD_BOUNCE: gettext_lazy("The address does not work"),
    SuppressionReason.COMPLAINT: gettext_lazy("They marked our mail as spam"),
    SuppressionReason.MANUAL: gettext_lazy("Put here by an officer"),
}
LEAVE_REASONS: dict[str, Promise] = {
    LeaveReason.TOO_MANY: gettext_lazy("Too many messages"),
    LeaveReason.NOT_RELEVANT: gettext_lazy("They were not about where I live"),
    LeaveReason.MOVED: gettext_lazy("I have moved away"),
    LeaveReason.NEVER_JOINED: gettext_lazy("I never joined"),
    LeaveReason.OTHER: gettext_lazy("Another reason"),
}
PURPOSES: dict[str, Promise] = {
    Purpose.ALERTS: gettext_lazy("Police messages"),
    Purpose.TRACKING: gettext_lazy("Knowing what is opened and used"),
    Purpose.SURVEYS: gettext_lazy("Questions about policing"),
}
LEFT_OUT: dict[str, Promise] = {
    "paused": gettext_lazy("have paused messages"),
    "not_verified": gettext_lazy("have not confirmed their address"),
    "not_allowed": gettext_lazy("may not be sent anything"),
}
LANGUAGES: dict[str, Promise] = {"en": gettext_lazy("English"), "cy": gettext_lazy("Welsh")}


def consent_words(force_name: str, purpose: Purpose) -> str:
    """Return the exact words that a person is asked to agree to, in their language."""
    words = {
        Purpose.ALERTS: _(
            "I agree that %(force)s uses my e-mail address and postcode to send me police"
            " messages about the area where I live. I can change my mind at any time."
        ),
        Purpose.TRACKING: _(
            "%(force)s may see whether I open its messages and which links I use, to learn"
            " what is useful. Everything works the same if I do not agree."
        ),
        Purpose.SURVEYS: _("%(force)s may ask me what I think of policing where I live."),
    }
    return words[purpose] % {"force": force_name}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that needs no approval: its subject and the blanks of the kit's notice."""

    subject: str
    body: str
    note: str = ""
    code: str = ""
    button_url: str = ""
    button_text: str = ""


def code_letter(force_name: str, code: str) -> Letter:
    """Write the mail with a code."""
    return Letter(
        subject=_("Your code is %(code)s") % {"code": code},
        body=_("This is your code for messages from %(force)s.") % {"force": force_name},
        code=code,
        note=_(
            "It works for 15 minutes and can be used once. If you did not ask for it, you can"
            " ignore this e-mail: nothing happens without the code."
        ),
    )


def already_letter(force_name: str, address: str) -> Letter:
    """Write to a member who asked to join."""
    return Letter(
        subject=_("You are already a member"),
        body=_(
            "Someone, probably you, asked to join messages from %(force)s with this address."
            " You are a member already, so there is nothing more to do."
        )
        % {"force": force_name},
        button_url=f"{address}/preferences/",
        button_text=_("Change what you get"),
        note=_("If it was not you, you can ignore this e-mail. Nothing has changed."),
    )


def stranger_letter(force_name: str, address: str) -> Letter:
    """Write to somebody who asked for the preferences of an address that is no member's."""
    return Letter(
        subject=_("You are not a member yet"),
        body=_(
            "Someone, probably you, asked to change what this address gets from %(force)s."
            " It is not a member, so it gets nothing."
        )
        % {"force": force_name},
        button_url=f"{address}/join/",
        button_text=_("Join"),
        note=_("If it was not you, you can ignore this e-mail."),
    )


def welcome_letter(force_name: str, address: str) -> Letter:
    """Welcome a new member."""
    return Letter(
        subject=_("Welcome to messages from %(force)s") % {"force": force_name},
        body=_(
            "You are a member now. We will write when something happens near you, and tell you"
            " how it ended."
        ),
        button_url=f"{address}/preferences/",
        button_text=_("Change what you get"),
        note=_(
            "You can pause, move or leave at any time. Do not report a crime by answering our"
            " messages: call 101, or 999 in an emergency."
        ),
    )
