"""The words in which states, kinds and findings are shown."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.page import Colour, Tag, Words
from bluelamp.outbound.values import (
    Decision,
    Finding,
    Kind,
    MessageState,
    UnknownPolicy,
    Urgency,
)

KINDS: dict[str, Words] = {
    Kind.CRIME: _("Crime alert"),
    Kind.APPEAL: _("Appeal for information"),
    Kind.MISSING: _("Missing person"),
    Kind.SAFETY: _("Safety advice"),
    Kind.EVENT: _("Event"),
    Kind.GOOD_NEWS: _("Good news"),
    Kind.UPDATE: _("Update"),
    Kind.CORRECTION: _("Correction"),
}
URGENCIES: dict[str, Words] = {Urgency.ROUTINE: _("Routine"), Urgency.URGENT: _("Urgent")}

_STATES: dict[str, tuple[Words, Colour]] = {
    MessageState.DRAFT: (_("Draft"), "grey"),
    MessageState.SUBMITTED: (_("Waiting for approval"), "yellow"),
    MessageState.RETURNED: (_("Returned"), "orange"),
    MessageState.APPROVED: (_("Scheduled"), "blue"),
    MessageState.SENDING: (_("Sending"), "teal"),
    MessageState.SENT: (_("Sent"), "green"),
    MessageState.STOPPED: (_("Stopped"), "red"),
    MessageState.RECALLED: (_("Recalled"), "red"),
}
DECISIONS: dict[str, Words] = {
    Decision.APPROVED: _("Approved"),
    Decision.RETURNED: _("Returned for a change"),
    Decision.BREAK_GLASS: _("Sent without a second officer"),
    Decision.STANDING: _("Approved by a standing rule"),
}
POLICIES: dict[str, Words] = {
    UnknownPolicy.RECONCILE: _("Ask the mail relay what arrived, then send the rest"),
    UnknownPolicy.AT_MOST_ONCE: _("Never send twice; show what is not known"),
    UnknownPolicy.AT_LEAST_ONCE: _("Send again; the copy carries the same number"),
}

FINDINGS: dict[str, Words] = {
    "title_empty": _("Enter a title."),
    "title_long": _("The title has %(found)s characters. It can have 120."),
    "title_wordy": _("The title has %(found)s characters. Phones show about the first 60."),
    "body_empty": _("Enter the message."),
    "body_long": _("The message has %(found)s characters. It can have 5,000."),
    "audience_empty": _("Nobody would get this message. Choose other areas or topics."),
    "link_shortened": _("Give the full address instead of %(found)s, so that readers see it."),
    "link_number": _("%(found)s leads to a bare number. Use the site’s name."),
    "link_insecure": _("%(found)s does not begin with https://."),
    "phone": _("Is %(found)s somebody’s own telephone number?"),
    "mail": _("Is %(found)s somebody’s own e-mail address?"),
    "postcode": _("%(found)s is a full postcode, which can point to one home. Say the street."),
    "plate": _("%(found)s looks like a vehicle registration. Must it be published?"),
    "birth": _("“%(found)s”: do not publish a date of birth. Give an age."),
    "shouting": _("“%(found)s” is in capitals, which reads as shouting and is hard to read."),
    "exclamation": _("One exclamation mark too many: plain words are taken more seriously."),
    "sentence_long": _("A sentence has more than 25 words: “%(found)s”."),
    "quiet_hours": _("It would go between 9pm and 8am. A routine message waits until 8am."),
    "outside": _("%(found)s is not policed by your team."),
    "alike": _("“%(found)s” said much the same to the same areas in the last week."),
}  # fmt: skip
"""What each finding means and what to do; ``found`` is what led to it."""


def state_tag(state: str) -> Tag:
    """Return a state as a tag."""
    words, colour = _STATES[state]
    return Tag(words, colour)


def tried_again(people: int) -> tuple[object, ...]:
    """Return the state of a message that is sent but for those who are tried again."""
    number = number_format(people, use_l10n=True, force_grouping=True)
    return state_tag(MessageState.SENT), _("%(n)s being tried again") % {"n": number}


def sentence(finding: Finding) -> str:
    """Return a finding as a sentence for its author."""
    return str(FINDINGS[finding.code]) % {"found": finding.found}


NOBODY = _("Nobody")
FEW = _("Fewer than 10 people")
ABOUT = _("About %(people)s")
