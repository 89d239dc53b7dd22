"""Following a message: its page, its report, what is behind each figure; stop, amend, recall."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.kit import clock, live
from bluelamp.kit.page import Column, Event, Tile
from bluelamp.kit.tokens import seal_link, seal_mail
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts
from bluelamp.outbound import amend, content, labels, queries, recall, stop
from bluelamp.outbound.forms import RecallForm
from bluelamp.outbound.models import Message
from bluelamp.outbound.values import (
    EDITABLE,
    RECALLABLE,
    STOPPABLE,
    Decision,
    DeliveryStatus,
    MessageState,
)
from bluelamp.outbound.views.shared import (
    acts_of,
    audience_words,
    message_of,
    people_words,
    said,
    who,
)

PEOPLE_A_PAGE = 50
FIGURES: dict[str, Any] = {
    "recipients": gettext_lazy("People"),
    "accepted": gettext_lazy("Accepted"),
    "refused": gettext_lazy("Refused"),
    "bounced": gettext_lazy("Bounced"),
    "waiting": gettext_lazy("To be tried again"),
    "expired": gettext_lazy("Given up"),
    "unknown": gettext_lazy("Not known"),
    "skipped": gettext_lazy("Left out"),
    "opened": gettext_lazy("Opened"),
    "clicked": gettext_lazy("Followed a link"),
    "rated": gettext_lazy("Rated"),
    "replied": gettext_lazy("Replied"),
    "left": gettext_lazy("Left"),
    "complained": gettext_lazy("Complained"),
}
NOTES: dict[str, Any] = {
    "accepted": gettext_lazy("taken by the reader’s mail system"),
    "waiting": gettext_lazy("their mail system said: not now; for up to a day"),
    "opened": gettext_lazy("of those who let us know; some programs open mail by themselves"),
    "clicked": gettext_lazy("of those who let us know"),
    "skipped": gettext_lazy("left or took consent back before it was sent"),
    "unknown": gettext_lazy("sent, but no answer came"),
    "left": gettext_lazy("by this message’s link"),
}
ALWAYS = ("recipients", "accepted", "refused", "bounced", "opened", "clicked", "rated", "replied",
          "left", "complained")  # fmt: skip
MOVING = ("waiting",)
"""Shown while a message is sent, though they may be none yet."""
ALARMS = ("complained", "unknown", "expired")


@officers(Acts.MESSAGE_READ)
@require_GET
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a message: where it stands, what became of it, what can be done."""
    found = message_of(request, pk)
    sent, state = found.started_at is not None, queries.shown_state(found)
    return render(request, "outbound/console/message.html", {
        "message": found,
        "tag": labels.state_tag(state),
        "state": state,
        "tried_again": queries.tried_again([found]).get(found.pk),
        "kind": labels.KINDS[found.kind],
        "may": acts_of(request, found),
        "can": _can(found),
        "body": content.html_of(found.body),
        "whom": audience_words(found.force, found),
        "people": None if sent else people_words(found),
        "glass": found.approvals.filter(
            decision=Decision.BREAK_GLASS, version=found.version
        ).select_related("officer").first(),
        "returned": found.approvals.filter(decision=Decision.RETURNED).last()
        if found.state == MessageState.RETURNED else None,
        "sent": sent,
        "tiles": _tiles(found) if sent else [],
        "report": queries.report(found) if sent else None,
        "reasons": _reasons(found) if sent else [],
        "live_url": _live_url(found) if sent else "",
        "events": _timeline(found),
        "page_ratings": queries.page_ratings(found),
        "public_url": content.page_url(found) if sent else "",
        "replies_url": f"/console/inbox/?message={found.pk}",
        "follows": found.follows,
        "followed_by": found.followed_by.all(),
        "own": officer_of(request).pk in queries.gate_of(found).writers,
    })  # fmt: skip


def _can(found: Message) -> dict[str, bool]:
    """Return what may be done to a message in its state."""
    return {
        "edit": found.state in EDITABLE,
        "submit": found.state in (MessageState.DRAFT, MessageState.RETURNED),
        "decide": found.state == MessageState.SUBMITTED,
        "glass": found.urgency == "urgent" and found.state in EDITABLE - {MessageState.APPROVED},
        "reschedule": found.state == MessageState.APPROVED,
        "stop": found.state in STOPPABLE,
        "recall": found.state in RECALLABLE and found.kind != "correction",
        "amend": found.state in RECALLABLE | {MessageState.RECALLED},
    }


def _live_url(found: Message) -> str:
    return live.address(f"message:{found.pk}")


def _tiles(found: Message) -> list[Tile]:
    report = queries.report(found)
    moving = found.state == MessageState.SENDING
    tiles = []
    for name, title in FIGURES.items():
        value = getattr(report, name)
        if not (value or name in ALWAYS or (moving and name in MOVING)):
            continue
        shown = f"{report.stars:.1f} ★" if name == "rated" and report.stars else value
        note = NOTES.get(name, "")
        if name == "rated" and report.stars:
            note = _("average of %(n)s ratings") % {"n": report.rated}
        opens = name in queries.FIGURES and (value or moving)
        url = reverse("outbound:behind", args=[found.pk, name]) if opens else ""
        live_name = "" if name == "rated" else name
        tiles.append(Tile(title, shown, url, note, live_name, bool(value) and name in ALARMS))
    return tiles


def _reasons(found: Message) -> list[tuple[object, ...]]:
    kinds = {"bounced": _("Bounced"), "complained": _("Complained")}
    return [
        (reason or _("no reason given"), kinds[kind], people)
        for kind, reason, people in queries.by_reason(found)
    ]


def _timeline(found: Message) -> list[Event]:
    events = [Event(_("Written"), found.created_at, found.author.label)]
    if found.submitted_at:
        events.append(Event(_("Sent for approval"), found.submitted_at))
    events += [
        Event(labels.DECISIONS[one.decision], one.at, one.officer.label,
              one.reason if one.decision != Decision.STANDING else "")
        for one in found.approvals.select_related("officer")
    ]  # fmt: skip
    for title, at in (
        (_("Sending began"), found.started_at), (_("Sending ended"), found.finished_at),
        (_("Stopped"), found.stopped_at), (_("Recalled"), found.recalled_at),
    ):  # fmt: skip
        if at:
            words = found.recall_reason if at == found.recalled_at else ""
            events.append(Event(title, at, text=words))
    return sorted(events, key=lambda event: event.at, reverse=True)


@officers(Acts.MESSAGE_READ)
@require_GET
def facts(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the live numbers, for pages that cannot listen."""
    return JsonResponse({"facts": queries.live_facts(message_of(request, pk).pk)})


@officers(Acts.MESSAGE_READ)
@require_GET
def behind(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    """Show what is behind a figure: people for those who may see them, counts for all."""
    found = message_of(request, pk)
    if figure not in queries.FIGURES:
        raise Http404
    rows = queries.people_behind(found, figure)
    page = Paginator(rows.select_related("contact_point"), PEOPLE_A_PAGE).get_page(
        request.GET.get("page")
    )
    people = permit.may(officer_of(request), Acts.MEMBER_READ, found)
    context: dict[str, Any] = {
        "message": found, "title": FIGURES[figure], "figure": figure, "people": people,
        "total": page.paginator.count, "domains": queries.by_domain(rows),
        "reasons": _reasons(found) if figure in ("bounced", "complained") else [],
    }  # fmt: skip
    if people:
        points = [row.contact_point_id for row in page]
        read(actor_of(request), "outbound.behind", "members_contactpoint", points)
        context |= {"page": page, "rows": [_person(row) for row in page], "columns": _PEOPLE}
    return render(request, "outbound/console/behind.html", context)


_PEOPLE = (
    Column(gettext_lazy("Address")), Column(gettext_lazy("What became of it")),
    Column(gettext_lazy("Answer"), numeric=True), Column(gettext_lazy("Stars"), numeric=True),
)  # fmt: skip


def _person(row: Any) -> tuple[object, ...]:
    status = FIGURES[queries.status_name(DeliveryStatus(row.status))]
    return row.contact_point.address or _("erased"), status, row.code or None, row.rating


# Acts -----------------------------------------------------------------------


@officers(Acts.MESSAGE_STOP)
@require_POST
@said
def stop_now(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop sending."""
    reason = request.POST.get("reason", "")[:200]
    stop.stop(message_of(request, pk), reason=reason, now=clock.now(), **who(request))
    flash.warning(request, _("Stopped. Nothing more goes out."))
    return redirect("outbound:message", pk)


@officers(Acts.MESSAGE_RECALL)
@require_http_methods(["GET", "POST"])
@said
def recall_it(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraw a message, and say why."""
    found = message_of(request, pk)
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recall.recall(found, reason=form.cleaned_data["reason"], now=clock.now(), **who(request))
        flash.warning(request, _("Recalled. A correction goes to everyone who was told."))
        return redirect("outbound:message", pk)
    page = {"message": found, "form": form, "told": queries.told(found).count()}
    return render(request, "outbound/console/recall.html", page)


@officers(Acts.MESSAGE_AMEND)
@require_POST
@said
def amend_it(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Begin a message that takes the place of this one."""
    made = amend.amend(message_of(request, pk), now=clock.now(), **who(request))
    flash.success(request, _("This is the new message. It needs approval like any other."))
    return redirect("outbound:edit", made.pk)


@officers(Acts.MESSAGE_TEST)
@require_POST
@said
def test_copy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the officer a copy to look at, marked as one."""
    found, officer = message_of(request, pk), officer_of(request)
    permit.require(officer, Acts.MESSAGE_TEST, found)
    made = content.freeze(found, areas=content.areas_of(found.force, queries.audience_of(found)))
    slots = {"link": seal_link("link", found.pk, 0), "leave": seal_link("leave", found.pk, 0),
             "mail": seal_mail("mail", found.pk, 0)}  # fmt: skip
    tell(
        found.force, kind=NoticeKind.TEST_COPY, address=officer.email, now=clock.now(),
        subject=_("[Test] %(title)s") % {"title": made["subject"]},
        text=content.filled(made["text"], slots), html=content.filled(made["html"], slots),
    )  # fmt: skip
    words = _("A test copy is on its way to %(address)s")
    flash.success(request, words % {"address": officer.email})
    back = "outbound:check" if request.POST.get("back") == "check" else "outbound:message"
    return redirect(back, pk)
