"""What a force sets for those who turn to it."""

from __future__ import annotations

from bluelamp.org.rules.settings import Setting, Words

LONGEST = 1000
CONTACT_EMERGENCY = Setting(
    "contact_emergency", "Danger, on the contact page",
    "What stands above the contact form for who is in danger, a paragraph a line.",
    Words(LONGEST), "",
)  # fmt: skip
"""Empty: the page's own words.  Officers word it beside the other texts (``cases.wording``)."""
