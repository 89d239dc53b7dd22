"""The pages on which a citizen looks at their case: asked for, opened by a code, left quickly.

Every page is for this visit alone (no-store), names neither the case nor what it is about
in its address or title, and works without script.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.audit.actions import read
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.cases import citizen_words
from bluelamp.cases.actions import access, showing
from bluelamp.cases.actions.access import Visit
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import citizen as forms
from bluelamp.cases.models import Case
from bluelamp.cases.public import cookies
from bluelamp.cases.queries.citizen import view_of
from bluelamp.cases.values import SendBy, Standing
from bluelamp.inbound.public import emergency_of
from bluelamp.kit import clock
from bluelamp.org.gate import everyone, source_of
from bluelamp.org.limits import too_many, too_many_from, too_often
from bluelamp.org.models import Force
from bluelamp.org.tenancy import force_of

ASKED_HERE, TRIED_HERE, ADDED_HERE = 20, 60, 20
"""Forms an hour from one address: a library and a mobile network share theirs."""
ASKED_OF_ONE = 5
"""Codes an hour for one reference from one address, whether or not there is such a case.

Not for the reference alone: whoever knows it would keep its citizen out.
"""
ASKED_IN_ALL = 600
"""Codes an hour in a force: more is somebody who tries references."""
IN_A_RUSH = 2
"""Codes an hour from one address once there were so many: no crowd of others keeps anybody out."""
NOTHING = 0
"""In the cookie of who asked too often: no code is for them, and the page is the same."""
ELSEWHERE = "https://www.bbc.co.uk/weather"
"""A neutral page that anybody may have open."""


# Asked for --------------------------------------------------------------------------


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask for the reference and where a code may go; the answer is the same for all."""
    force, now = force_of(request), clock.now()
    if request.method != "POST" and cookies.session(request, force, now=now):
        return redirect("cases_public:now")
    form = forms.AskForm(request.POST or None)
    if form.is_valid():
        response = redirect("cases_public:code")
        if _may_ask(request, form.cleaned_data["reference"], force, now):
            by = SendBy(form.cleaned_data["by"])
            made = access.ask(force, form.cleaned_data["reference"], by, now=now)
            cookies.write(response, force, asked=made.pk)
        elif cookies.asked(request, force) is None:
            cookies.write(response, force, asked=NOTHING)
        return response
    return _show(request, "ask", form)


def _may_ask(request: HttpRequest, reference: str, force: Force, now: datetime) -> bool:
    """Say whether another code may be asked for; what is counted never depends on a case.

    Where it may not, the answer is the same page: whoever asked before still has that code.
    """
    source = source_of(request)
    if too_many_from(source, "case.ask", ASKED_HERE, now=now):
        return False
    if too_many_from(source, f"case.reference.{force.pk}.{reference}", ASKED_OF_ONE, now=now):
        return False
    rush = too_many("all", f"case.all.{force.pk}", ASKED_IN_ALL, now=now)
    return not (rush and too_many_from(source, f"case.rush.{force.pk}", IN_A_RUSH, now=now))


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code, and open the case that it was sent for."""
    force, now = force_of(request), clock.now()
    asked = cookies.asked(request, force)
    if asked is None:
        return redirect("cases_public:ask")
    form = forms.CodeForm(request.POST or None)
    if form.is_valid() and _may_try(request, form, now):
        try:
            access.enter(force, asked, form.cleaned_data["code"], now=now)
        except CaseRefusedError as error:
            form.add_error("code", str(error))
        else:
            response = redirect("cases_public:now")
            cookies.write(response, force, opened=asked, since=int(now.timestamp()))
            return response
    return _show(request, "code", form)


def _may_try(request: HttpRequest, form: Form, now: datetime) -> bool:
    if not too_often(request, "case.try", TRIED_HERE, now=now):
        return True
    form.add_error(
        None, _("Too many codes were tried from here. Try again in an hour, or call 101.")
    )
    return False


def _show(request: HttpRequest, name: str, form: Form | None = None, **more: Any) -> HttpResponse:
    status = 400 if form is not None and form.errors else 200
    page = {"form": form, "emergency": emergency_of(force_of(request)), **more}
    return render(request, f"cases/public/{name}.html", page, status=status)


# Open -------------------------------------------------------------------------------

Page = Callable[[HttpRequest, Visit, datetime], HttpResponse]


def _open(page: Page) -> Callable[..., HttpResponseBase]:
    """Make a view of a page of an open case; whoever has none open begins again."""

    @everyone
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(page)
    def shown(request: HttpRequest) -> HttpResponseBase:
        force, now = force_of(request), clock.now()
        held = cookies.session(request, force, now=now)
        visit = access.opened(force, held["opened"], now=now) if held else None
        if held is None or visit is None:
            response = redirect("cases_public:ask")
            cookies.drop(response)
            return response
        answer = page(request, visit, now)
        if cookies.NAME not in answer.cookies:
            cookies.write(answer, force, **held)
        return answer

    return shown


def _actor(request: HttpRequest, case: Case) -> Actor:
    """Return the citizen as the record names them: by the number of their address."""
    point = str(case.contact_point_id or "")
    return Actor(ActorKind.MEMBER, point, "citizen", case.force_id, source_of(request))


@_open
def now(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    """Show how it stands, when they hear next, and what they were told."""
    case = visit.case
    read(_actor(request, case), showing.CITIZEN, "cases_case", [case.pk])
    view = view_of(case, now=at, exchange=visit.exchange)
    heading, words = citizen_words.STANDS[view.stands]
    return _show(
        request, "now", view=view, heading=heading, words=words,
        next=citizen_words.next_words(view.next, view.stands),
        closed=view.stands == Standing.CLOSED, waiting=view.stands == Standing.WAITING,
    )  # fmt: skip


@_open
def add(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    """Take what they add to their case."""
    form = forms.AddForm(request.POST or None)
    if form.is_valid() and _may_add(request, form, at):
        given = form.cleaned_data
        showing.add(visit.case, given["text"], once=given["once"], now=at)
        return redirect("cases_public:added")
    return _show(request, "add", form)


def _may_add(request: HttpRequest, form: Form, now: datetime) -> bool:
    if not too_often(request, "case.add", ADDED_HERE, now=now):
        return True
    form.add_error(None, _("Too many messages came from here. Try again in an hour, or call 101."))
    return False


@_open
def added(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:  # noqa: ARG001
    """Say that it came, and repeat nothing."""
    return _show(request, "added")


@_open
def stop(request: HttpRequest, visit: Visit, at: datetime) -> HttpResponse:
    """Hide their case, because it is not safe to be contacted this way."""
    form = forms.StopForm(request.POST or None)
    if form.is_valid():
        by = _actor(request, visit.case)
        showing.decline(visit.case, once=form.cleaned_data["once"], by=by, now=at)
        response = redirect("cases_public:stopped")
        cookies.drop(response)
        return response
    return _show(request, "stop", form)


# Left -------------------------------------------------------------------------------


@everyone
@never_cache
@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Say what holds from now on, whoever reads it."""
    return _left(_show(request, "stopped"))


@everyone
@never_cache
@require_safe
def finish(request: HttpRequest) -> HttpResponse:
    """End the visit."""
    return _left(_show(request, "finished"))


@everyone
@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - views take a request
    """End the visit at once and be somewhere else; the way back shows nothing."""
    response = redirect(ELSEWHERE)
    response["Referrer-Policy"] = "no-referrer"
    return _left(response)


def _left(response: HttpResponse) -> HttpResponse:
    cookies.drop(response)
    return response
