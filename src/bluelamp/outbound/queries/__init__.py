"""What reads messages: the console's lists, the gate's facts, the public's pages, the report."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.org.values import Acts
from bluelamp.outbound.queries.deciding import (
    alike,
    approved_content,
    approvers,
    areas_named,
    audience_of,
    content_of,
    count,
    digest_of,
    findings,
    gate_of,
    mail_account,
    outside,
)
from bluelamp.outbound.queries.lists import VIEWS, approvable, counts, messages, search, view
from bluelamp.outbound.queries.outcome import (
    FIGURES,
    Report,
    by_domain,
    by_reason,
    deliveries,
    last_message_to,
    live_facts,
    page_ratings,
    people_behind,
    report,
    status_name,
    told,
    told_points,
)
from bluelamp.outbound.queries.published import areas_of_news, card, news, news_of_area, public
from bluelamp.outbound.queries.rounds import shown_state, tried_again, waiting
from bluelamp.outbound.rules.settings import PUBLIC_URL, TRACKING

NAV = (NavItem(_("Alerts"), "outbound:alerts", (Acts.MESSAGE_READ.value,), order=10),)
SETTINGS = (TRACKING, PUBLIC_URL)

__all__ = [
    "FIGURES",
    "NAV",
    "SETTINGS",
    "VIEWS",
    "Report",
    "alike",
    "approvable",
    "approved_content",
    "approvers",
    "areas_named",
    "areas_of_news",
    "audience_of",
    "by_domain",
    "by_reason",
    "card",
    "content_of",
    "count",
    "counts",
    "deliveries",
    "digest_of",
    "findings",
    "gate_of",
    "last_message_to",
    "live_facts",
    "mail_account",
    "messages",
    "news",
    "news_of_area",
    "outside",
    "page_ratings",
    "people_behind",
    "public",
    "report",
    "search",
    "shown_state",
    "status_name",
    "told",
    "told_points",
    "tried_again",
    "view",
    "waiting",
]
