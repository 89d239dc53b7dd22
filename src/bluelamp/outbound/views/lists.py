"""Lists of messages: mine, waiting for me, scheduled, being sent, sent; and search."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bluelamp.kit.moments import stamp
from bluelamp.kit.page import Column, Link
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts
from bluelamp.outbound import labels, queries
from bluelamp.outbound.models import Message

A_PAGE = 25
LISTS = {
    "mine": _("Mine"),
    "waiting": _("Waiting for me"),
    "scheduled": _("Scheduled"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "drafts": _("Drafts"),
    "all": _("All"),
}
COLUMNS = (
    Column(_("Message")), Column(_("Where it stands")), Column(_("Author")),
    Column(_("People"), numeric=True), Column(_("Last change")),
)  # fmt: skip


@officers(Acts.MESSAGE_READ)
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """Show one of the lists, or what a search finds."""
    officer = officer_of(request)
    name, words = request.GET.get("list", "mine"), request.GET.get("q", "").strip()
    name = name if name in LISTS else "mine"
    found = queries.search(officer, words) if words else queries.view(officer, name)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts(officer)
    again = queries.tried_again(page)
    url = reverse("outbound:alerts")
    return render(request, "outbound/console/alerts.html", {
        "lists": [
            Link(title, f"{url}?list={key}", current=key == name and not words,
                 count=counts.get(key) if key in ("waiting", "sending") else None)
            for key, title in LISTS.items()
        ],
        "title": LISTS[name],
        "words": words,
        "page": page,
        "columns": COLUMNS,
        "rows": [_row(message, again.get(message.pk)) for message in page],
        "may_write": permit.may(officer, Acts.MESSAGE_WRITE),
    })  # fmt: skip


def _row(message: Message, again: int | None) -> tuple[object, ...]:
    """Show a message in a line; ``again``: its people who are all that is left to try."""
    title = message.title or _("Without a title")
    people = message.recipients if message.recipients is not None else message.counted
    return (
        Link(title, reverse("outbound:message", args=[message.pk])),
        labels.state_tag(message.state) if again is None else labels.tried_again(again),
        message.author.label,
        people,
        stamp(message.scheduled_for if message.state == "approved" else message.changed_at),
    )
