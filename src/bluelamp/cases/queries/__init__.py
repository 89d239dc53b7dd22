"""What reads cases, each reader in a file of its own."""

from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.org.values import Acts

NAV = (
    NavItem(_("Cases"), "cases:queue", (Acts.CASE_READ.value,), order=15),
    NavItem(
        _("Contacts"),
        "contacts:home",
        (Acts.REVIEW_DECIDE.value, Acts.CONTACT_MERGE.value),
        order=17,
    ),
    NavItem(_("Briefings"), "briefings:briefings", (Acts.BRIEFING_READ.value,), order=16),
    NavItem(
        _("Settings"),
        "settings:home",
        (
            Acts.ROUTING_MANAGE.value,
            Acts.TRIAGE_MANAGE.value,
            Acts.WORDS_MANAGE.value,
            Acts.WORDING_MANAGE.value,
            Acts.ACCOUNT_MANAGE.value,
        ),
        order=85,
    ),
)
