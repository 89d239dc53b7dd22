"""What the public reads."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bluelamp.org.models import Force
from bluelamp.outbound import labels
from bluelamp.outbound.models import Message, MessageArea
from bluelamp.outbound.values import PUBLIC, MessageState, Urgency
from bluelamp.places.models import Area


def public(force: Force) -> QuerySet[Message]:
    """Return what everyone may read: sending has begun, newest first.

    A message that was stopped before anybody was told was never public.  The
    correction that follows a recall is shown on the page of what it corrects.
    """
    begun = Message.objects.filter(force=force, state__in=PUBLIC, started_at__isnull=False)
    found = begun.order_by("-started_at", "-pk").select_related("unit", "author")
    return found.prefetch_related("areas__area")


def news(force: Force) -> QuerySet[Message]:
    """Return the public messages that lists and feeds carry."""
    return public(force).exclude(kind="correction")


def news_of_area(area: Area) -> QuerySet[Message]:
    """Return the news that speaks about an area, or about the whole force."""
    return news(area.force).filter(Q(areas__area=area) | Q(areas=None)).distinct()


def areas_of_news(force: Force) -> QuerySet[Area]:
    """Return the areas that public messages speak about, by name."""
    named = MessageArea.objects.filter(message__in=news(force)).values("area")
    return Area.objects.filter(pk__in=named).defer("boundary").order_by("name")


def card(message: Message) -> dict[str, Any]:
    """Return what a public list shows of a message."""
    return {
        "message": message,
        "url": f"/alert/{message.public_id}",
        "kind": labels.KINDS[message.kind],
        "urgent": message.urgency == Urgency.URGENT,
        "areas": [row.area.name for row in message.areas.all()],
        "at": message.started_at or message.changed_at,
        "summary": " ".join(message.body.split())[:180],
        "recalled": message.state == MessageState.RECALLED,
    }
