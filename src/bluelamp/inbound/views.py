"""The console's inbox: what people answered, message by message."""

from __future__ import annotations

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.audit.actions import read
from bluelamp.files import serve
from bluelamp.files.models import File
from bluelamp.inbound import desk, queries
from bluelamp.inbound.forms import DeskForm
from bluelamp.kit import clock
from bluelamp.org import permit
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
    found = found.prefetch_related("files__file")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = [item.pk for item in page]
    if shown:
        read(actor_of(request), "inbound.read", "inbound_item", shown)
    may_write = permit.may(officer_of(request), Acts.CASE_WORK)
    context = {"page": page, "about": about, "may_write": may_write}
    return render(request, "inbound/console/inbox.html", context)


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
