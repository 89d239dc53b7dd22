"""What reads cases, each reader in a file of its own."""

from django.utils.translation import gettext_lazy as _

from bluelamp.cases.rules.phones import PUBLIC_PHONE, PUBLIC_PHONES
from bluelamp.cases.rules.showing import HIDDEN_KINDS
from bluelamp.cases.rules.vulnerability import VULNERABILITY
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
            Acts.SETTING_MANAGE.value,
            Acts.ACCOUNT_MANAGE.value,
        ),
        order=85,
    ),
)
SETTINGS = (PUBLIC_PHONE, PUBLIC_PHONES, HIDDEN_KINDS, VULNERABILITY)
