"""Tags: put on a case and taken off from its page; the force's list on a page of its own."""

from __future__ import annotations

from django.contrib import messages as flash
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bluelamp.cases.actions import tags as acts
from bluelamp.cases.forms.guidance import TagForm
from bluelamp.cases.models import CaseTag
from bluelamp.cases.views.case_acts import change
from bluelamp.cases.views.shared import done, who
from bluelamp.kit.asked import number
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts


def _tag_of(request: HttpRequest, pk: int | None) -> CaseTag:
    return get_object_or_404(CaseTag, force=officer_of(request).force_id, pk=pk)


@officers(Acts.CASE_WORK)
@require_POST
def put_on(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Put a tag on a case."""
    tag = _tag_of(request, number(request.POST.get("tag", "")))
    return change(
        request, reference, "plain",
        lambda case, _given: acts.put_on(case, tag, **who(request)),
        _("Tagged “%(name)s”") % {"name": tag.name},
    )  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def take_off(request: HttpRequest, reference: str, tag: int) -> HttpResponseBase:
    """Take a tag off a case."""
    found = _tag_of(request, tag)
    return change(
        request, reference, "plain",
        lambda case, _given: acts.take_off(case, found, **who(request)),
        _("“%(name)s” is taken off") % {"name": found.name},
    )  # fmt: skip


# The list -------------------------------------------------------------------


@officers(Acts.CASE_READ, Acts.TAG_MANAGE)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponseBase:
    """Show the force's tags, and let who may add one."""
    permit.require(officer_of(request), _needed(request))
    form = TagForm(request.POST or None)
    if request.method == "POST" and _kept(request, form, None):
        return redirect("cases:tags")
    return _page(request, form, None)


@officers(Acts.TAG_MANAGE)
@require_http_methods(["GET", "POST"])
def changed(request: HttpRequest, tag: int) -> HttpResponseBase:
    """Change a tag's name, what it is for, or whether it is in use."""
    found = _tag_of(request, tag)
    initial = {"name": found.name, "description": found.description, "active": found.active}
    form = TagForm(request.POST or None, initial=initial)
    if request.method == "POST" and _kept(request, form, found):
        return redirect("cases:tags")
    return _page(request, form, found)


def _needed(request: HttpRequest) -> Acts:
    return Acts.TAG_MANAGE if request.method == "POST" else Acts.CASE_READ


def _kept(request: HttpRequest, form: TagForm, tag: CaseTag | None) -> bool:
    me = officer_of(request)
    if not done(form, lambda given: acts.define_tag(me.force, by=me, tag=tag, **given)):
        return False
    flash.success(request, _("The tag is kept"))
    return True


def _page(request: HttpRequest, form: TagForm, tag: CaseTag | None) -> HttpResponse:
    me = officer_of(request)
    found = CaseTag.objects.filter(force=me.force_id).order_by("-active", "key")
    return render(request, "cases/console/tags.html", {
        "tags": found.annotate(
            cases=Count("tagged", distinct=True), pages=Count("articles", distinct=True)
        ),
        "form": form, "tag": tag, "may_manage": permit.may(me, Acts.TAG_MANAGE),
    }, status=400 if form.errors else 200)  # fmt: skip
