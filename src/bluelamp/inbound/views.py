"""The console's inbox: all that came in, wherever it went, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.files import serve
from bluelamp.files.models import File
from bluelamp.inbound import desk, queries
from bluelamp.inbound.actions import read_again
from bluelamp.inbound.forms import DeskForm
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.excerpt import excerpt
from bluelamp.inbound.values import ItemState
from bluelamp.kit import clock
from bluelamp.kit.page import Link
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries import messages

A_PAGE = 25


@officers(Acts.REPLY_READ, Acts.INBOUND_READ)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what people wrote, of one message or of all; reading it is recorded."""
    show = request.GET.get("show", "")
    if show in _RAW:
        return _unread(request, show)
    found, about = queries.items(officer_of(request)), _about(request)
    if about is not None:
        found = found.filter(message=about)
        if request.GET.get("kind") != "all":
            found = found.filter(kind="human")
    found = _PARTS.get(show, _everything)(found)
    facts = {"has_case": Q(in_case__isnull=False), "settled": ~Q(stage__in=queries.ON_THE_WAY)}
    found = found.annotate(**facts).prefetch_related("files__file")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    _recorded(request, "inbound_item", page)
    return _shown(request, show, page, about=about)


def _about(request: HttpRequest) -> Message | None:
    wanted = request.GET.get("message", "")
    if not (wanted.isascii() and wanted.isdigit()):
        return None
    return get_object_or_404(messages(officer_of(request)), pk=wanted)


def _everything(found: QuerySet[Item]) -> QuerySet[Item]:
    return found


_PARTS = {"case": queries.in_a_case, "aside": queries.aside}
_RAW = {"unread": ItemState.FAILED, "reports": ItemState.SET_ASIDE}
_SENTENCES = {
    "case": _lazy("What came in and belongs to a case."),
    "aside": _lazy(
        "What came in and nobody need act on: passed on, found by listening, or written by a"
        " machine. No case has it; you can open one."
    ),
    "unread": _lazy(
        "What came in and could not be read. Nobody has seen it: read the words below, and have"
        " it read again once the fault is mended."
    ),
    "reports": _lazy(
        "Machines’ reports about mail that this force did not send, and requests to leave that"
        " name nobody. Nothing was done about them."
    ),
}
_TITLES = {
    "": _lazy("All"), "case": _lazy("In a case"), "aside": _lazy("Set aside"),
    "unread": _lazy("Could not be read"), "reports": _lazy("Not about us"),
}  # fmt: skip


def _unread(request: HttpRequest, show: str) -> HttpResponse:
    """Show what became no item, with as much of its words as can be shown."""
    officer = officer_of(request)
    found = queries.raws(officer, _RAW[show])
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    _recorded(request, "inbound_rawitem", page)
    rows = [{"raw": raw, "words": excerpt(bytes(raw.payload))} for raw in page]
    return _shown(request, show, page, rows=rows)


def _recorded(request: HttpRequest, table: str, page: Iterable[Item | RawItem]) -> None:
    shown = [one.pk for one in page]
    if shown:
        read(actor_of(request), "inbound.read", table, shown)


def _shown(request: HttpRequest, show: str, page: Page[Any], **more: Any) -> HttpResponse:
    officer = officer_of(request)
    return render(request, "inbound/console/inbox.html", {
        "page": page, "show": show, "sentence": _SENTENCES.get(show),
        "whole": permit.may(officer, Acts.INBOUND_READ, officer.force),
        "parts": _parts(officer, show), "may_write": permit.may(officer, Acts.CASE_WORK),
        "cases_url": "/console/cases/",
    } | more)  # fmt: skip


def _parts(officer: Officer, show: str) -> list[Link]:
    """Return the inbox's lists; what is nobody's is only for who reads all of the force."""
    whole = permit.may(officer, Acts.INBOUND_READ, officer.force)
    failed = queries.raws(officer, ItemState.FAILED).count()
    return [
        Link(title, f"?show={name}" if name else reverse("inbound:inbox"), current=name == show,
             count=failed or None if name == "unread" else None)
        for name, title in _TITLES.items()
        if whole or name not in _RAW
    ]  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def again(request: HttpRequest, raw: int) -> HttpResponseBase:
    """Have something read again that could not be read."""
    officer = officer_of(request)
    found = get_object_or_404(queries.raws(officer, ItemState.FAILED), pk=raw)
    read_again(officer.force, by=officer, only=[found.pk])
    flash.success(request, _("It is read again. It stands here once more if that fails."))
    return redirect(f"{reverse('inbound:inbox')}?show=unread")


@officers(Acts.REPLY_READ, Acts.INBOUND_READ)
@require_GET
def attachment(request: HttpRequest, file: int) -> HttpResponse:
    """Hand out what came with an item, as it came; the reading is recorded."""
    found, name = _attachment(request, file)
    return serve.download(found, name)


@officers(Acts.REPLY_READ, Acts.INBOUND_READ)
@require_GET
def preview(request: HttpRequest, file: int) -> HttpResponse:
    """Show a picture that came with an item, without what it says of where it was taken."""
    found, _as = _attachment(request, file)
    return serve.preview(found)


def _attachment(request: HttpRequest, pk: int) -> tuple[File, str]:
    link = get_object_or_404(queries.attachments(officer_of(request)), pk=pk)
    if link.file is None:
        raise Http404
    read(actor_of(request), "inbound.attachment", "inbound_itemfile", [link.pk])
    return link.file, link.name


@officers(Acts.CASE_WORK)
@require_http_methods(["GET", "POST"])
def write_down(request: HttpRequest) -> HttpResponseBase:
    """Take down what somebody said who called or came."""
    here = timezone.localtime(clock.now())
    form = DeskForm(request.POST or None, initial={"day": here.date(), "time": here.time()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        desk.write_down(
            given["text"], by=officer_of(request), once=given["once"], at=given["at"],
            now=clock.now(), how=given["how"], name=given["name"], reach=given["reach"],
            where=given["where"],
        )  # fmt: skip
        flash.success(request, _("Written down. It goes to the team whose turn it is."))
        return redirect("inbound:write_down")
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "inbound/console/write_down.html", {"form": form}, status=status)
