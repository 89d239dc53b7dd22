"""The console's inbox: what people answered, message by message."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from bluelamp.audit.actions import read
from bluelamp.inbound import queries
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries import messages

A_PAGE = 25


@officers(Acts.REPLY_READ, Acts.INBOUND_READ)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what people wrote, of one message or of all; reading it is recorded."""
    found = queries.items(officer_of(request))
    about: Message | None = None
    wanted = request.GET.get("message", "")
    if wanted.isascii() and wanted.isdigit():
        about = get_object_or_404(messages(officer_of(request)), pk=wanted)
        found = found.filter(message=about)
    if request.GET.get("kind") != "all":
        found = found.filter(kind="human")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = [item.pk for item in page]
    if shown:
        read(actor_of(request), "inbound.read", "inbound_item", shown)
    return render(request, "inbound/console/inbox.html", {"page": page, "about": about})
