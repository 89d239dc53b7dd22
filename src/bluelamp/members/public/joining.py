"""Joining: e-mail, code, postcode, area, topics, agreement, done; one thing a page.

Each step reads and writes the visitor's cookie, so that the back button works,
a reload does no harm, and whoever comes back within a day goes on where they were.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.kit import clock
from bluelamp.kit.page import Link, Row
from bluelamp.members import forms, join, labels, queries
from bluelamp.members.errors import MembersError, TooOftenError, WrongCodeError
from bluelamp.members.public import cookies
from bluelamp.members.values import LANGUAGES, Answers, CodePurpose, Purpose
from bluelamp.org.gate import actor_of, everyone, source_of
from bluelamp.org.models import Force
from bluelamp.org.tenancy import force_of
from bluelamp.places.queries import areas, areas_of_postcode

Held = dict[str, Any]
Step = Callable[[HttpRequest, Force, Held], HttpResponse]
STEPS = ("email", "code", "postcode", "area", "topics", "agree")
_NEEDS = {
    "email": (),
    "code": ("email",),
    "postcode": ("email", "verified"),
    "area": ("email", "verified", "postcode"),
    "topics": ("email", "verified", "postcode"),
    "agree": ("email", "verified", "postcode", "topics"),
}
_FILLS = {
    "email": "email", "verified": "code", "postcode": "postcode", "topics": "topics",
}  # fmt: skip


def _at(step: str) -> str:
    return reverse("members_public:join" if step == "email" else f"members_public:join_{step}")


def _step(name: str) -> Callable[[Step], Callable[..., HttpResponseBase]]:
    """Make a view of a step: it is shown once all before it is answered."""

    def decorate(view: Step) -> Callable[..., HttpResponseBase]:
        @everyone
        @never_cache
        @require_http_methods(["GET", "POST"])
        @wraps(view)
        def shown(request: HttpRequest) -> HttpResponseBase:
            force = force_of(request)
            held = cookies.read(request, cookies.JOINING, force)
            for need in _NEEDS[name]:
                if need not in held or held[need] is False:
                    return redirect(_at(_FILLS[need]))
            return view(request, force, held)

        return shown

    return decorate


def _on(step: str, force: Force, held: Held) -> HttpResponse:
    """Keep what was said and go to the next step."""
    response = redirect(_at(step))
    cookies.write(response, cookies.JOINING, force, held)
    return response


def _show(request: HttpRequest, step: str, force: Force, **context: Any) -> HttpResponse:
    place = STEPS.index(step)
    page = {
        "number": place + 1, "total": len(STEPS), "force": force,
        "back_url": _at(STEPS[place - 1]) if place else "", **context,
    }  # fmt: skip
    return render(request, f"members/join/{step}.html", page)


@_step("email")
def email(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Ask for the address and send a code to it."""
    if request.method != "POST":
        known = {"email": held.get("email", "")}
        return _show(
            request, "email", force, form=forms.EmailForm(initial=known), held=held,
            resume_url=_at(_next(held)) if held.get("verified") else "",
        )  # fmt: skip
    form = forms.EmailForm(request.POST)
    if form.is_valid():
        address = form.cleaned_data["email"]
        if held.get("verified") and held.get("email") == address:
            return _on("postcode", force, held)
        try:
            join.start(force, address, CodePurpose.JOIN, source=source_of(request), now=clock.now())
            return _on("code", force, {**held, "email": address, "verified": False})
        except TooOftenError as error:
            form.add_error(None, str(error))
    return _show(request, "email", force, form=form)


def _next(held: Held) -> str:
    """Return the first step that is not answered yet."""
    for step in STEPS:
        if any(not held.get(need) and held.get(need) != 0 for need in _NEEDS[step]):
            return STEPS[max(0, STEPS.index(step) - 1)]
    return "agree"


@_step("code")
def code(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Ask for the code."""
    if held.get("verified"):
        return redirect(_at("postcode"))
    if request.method == "POST" and "again" in request.POST:
        return _again(request, force, held)
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            join.verify(
                force, held["email"], form.cleaned_data["code"], CodePurpose.JOIN, now=clock.now()
            )
            return _on("postcode", force, {**held, "verified": True})
        except WrongCodeError as error:
            form.add_error("code", str(error))
    return _show(request, "code", force, form=form, address=held["email"])


def _again(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    form = forms.CodeForm()
    said = _("If we can, we have sent another code. Only the newest one works.")
    try:
        join.start(
            force, held["email"], CodePurpose.JOIN, source=source_of(request), now=clock.now()
        )
    except TooOftenError as error:
        said = str(error)
    return _show(request, "code", force, form=form, address=held["email"], said=said)


@_step("postcode")
def postcode(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Ask where the person lives."""
    form = forms.PostcodeForm(
        force,
        request.POST if request.method == "POST" else None,
        initial={"postcode": held.get("postcode", "")},
    )
    if request.method == "POST" and form.is_valid():
        return _on("area", force, {**held, "postcode": form.cleaned_data["postcode"]})
    return _show(request, "postcode", force, form=form)


@_step("area")
def area(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Show on a map and as a list which areas the postcode lies in."""
    if request.method == "POST":
        if queries.topics(force).exists():
            return _on("topics", force, held)
        return _on("agree", force, {**held, "topics": 0})
    position, found = areas_of_postcode(force, held["postcode"])
    return _show(
        request, "area", force, postcode=held["postcode"],
        areas=[found_area for found_area in found if found_area.kind != "force"],
        selected=",".join(str(found_area.pk) for found_area in found),
        point=f"{position.latitude:.5f},{position.longitude:.5f}",
        map_url=_map_url(force),
    )  # fmt: skip


def _map_url(force: Force) -> str:
    return reverse("places_public:map") if areas(force).exists() else ""


@_step("topics")
def topics(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Ask what the person wants news of."""
    offered = list(queries.topics(force))
    mask = held.get("topics", join.preset_mask(force))
    ticked = [str(topic.pk) for topic in offered if mask >> topic.bit & 1]
    form = forms.TopicsForm(
        offered, request.POST if request.method == "POST" else None, initial={"topics": ticked}
    )
    if request.method == "POST" and form.is_valid():
        return _on("agree", force, {**held, "topics": form.mask()})
    return _show(request, "topics", force, form=form)


@_step("agree")
def agree(request: HttpRequest, force: Force, held: Held) -> HttpResponse:
    """Show the answers, ask for the consents and make the person a member."""
    alerts = labels.consent_words(force.name, Purpose.ALERTS)
    tracking = labels.consent_words(force.name, Purpose.TRACKING)
    form = forms.AgreeForm(alerts, tracking, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answers = Answers(
            held["email"], held["postcode"], int(held["topics"]), words=alerts,
            tracking_words=tracking if form.cleaned_data["tracking"] else "",
            language=_language(),
        )  # fmt: skip
        try:
            join.complete(force, answers, by=actor_of(request), now=clock.now())
        except MembersError as error:
            form.add_error(None, str(error))
        else:
            response = redirect("members_public:join_done")
            cookies.drop(response, cookies.JOINING)
            return response
    return _show(request, "agree", force, form=form, rows=_answers(force, held))


def _language() -> str:
    code = (get_language() or "en").partition("-")[0]
    return code if code in LANGUAGES else "en"


def _answers(force: Force, held: Held) -> list[Row]:
    names = [_(topic.name) for topic in queries.topics_in(force, held["topics"])]
    rows = [
        Row(_("E-mail address"), held["email"], [Link(_("Change"), _at("email"))]),
        Row(_("Postcode"), held["postcode"], [Link(_("Change"), _at("postcode"))]),
    ]
    if queries.topics(force).exists():
        chosen = names or _("Only urgent messages for everyone near you")
        rows.append(Row(_("Topics"), chosen, [Link(_("Change"), _at("topics"))]))
    return rows


@require_safe
@everyone
def done(request: HttpRequest) -> HttpResponse:
    """Say that it is done and what happens now."""
    return render(request, "members/join/done.html", {"force": force_of(request)})
