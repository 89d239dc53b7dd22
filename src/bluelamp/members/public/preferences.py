"""What a member gets and says about themselves: signed in by a code, for half an hour."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.audit import actions as audit
from bluelamp.audit.values import Actor
from bluelamp.kit import clock
from bluelamp.kit.page import Link, Row
from bluelamp.kit.tokens import open_link, seal_link
from bluelamp.members import actions, forms, join, labels, queries, rules
from bluelamp.members.errors import TooOftenError, WrongCodeError
from bluelamp.members.models import ContactPoint, Member
from bluelamp.members.public import cookies, leaving
from bluelamp.members.values import Channel, CodePurpose, Purpose
from bluelamp.org.gate import everyone, source_of
from bluelamp.org.models import Force
from bluelamp.org.tenancy import force_of

Page = Callable[[HttpRequest, Member], HttpResponse]
HOME = "members_public:preferences"


# Signing in -----------------------------------------------------------------


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the preferences, or ask whose they are."""
    force = force_of(request)
    member = cookies.signed_in(request, force)
    if member is not None and request.method == "GET":
        return render(request, "members/preferences/home.html", _overview(member))
    form = forms.EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _send_code(request, force, form, form.cleaned_data["email"])
    return render(request, "members/preferences/sign_in.html", {"form": form})


def _send_code(
    request: HttpRequest, force: Force, form: forms.EmailForm, address: str
) -> HttpResponse:
    try:
        join.start(force, address, CodePurpose.SIGN_IN, source=source_of(request), now=clock.now())
    except TooOftenError as error:
        form.add_error(None, str(error))
        return render(request, "members/preferences/sign_in.html", {"form": form})
    response = redirect("members_public:preferences_code")
    cookies.write(response, cookies.SIGNED_IN, force, {"email": address})
    return response


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Offer a code to the owner of the address that a mail's link names.

    A mail may be passed on, so the link alone opens nothing.
    """
    force = force_of(request)
    sealed = open_link(leaving.PURPOSE, token)
    point = (
        ContactPoint.objects.filter(pk=sealed.contact_point, force=force).first()
        if sealed
        else None
    )
    if point is None or not point.address:
        return redirect(HOME)
    form = forms.EmailForm({"email": point.address})
    if request.method == "POST" and form.is_valid():
        return _send_code(request, force, form, point.address)
    page = {"masked": rules.masked_email(point.address)}
    return render(request, "members/preferences/by_link.html", page)


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and sign in."""
    force = force_of(request)
    address = cookies.read(request, cookies.SIGNED_IN, force).get("email")
    if not address:
        return redirect(HOME)
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            join.verify(
                force, address, form.cleaned_data["code"], CodePurpose.SIGN_IN, now=clock.now()
            )
        except WrongCodeError as error:
            form.add_error("code", str(error))
        else:
            return _let_in(force, address)
    return render(request, "members/preferences/code.html", {"form": form, "address": address})


def _let_in(force: Force, address: str) -> HttpResponse:
    response = redirect(HOME)
    point = queries.point_of(force, Channel.EMAIL, address)
    if point is not None:
        cookies.write(response, cookies.SIGNED_IN, force, {"contact": point.contact_id})
    return response


@everyone
@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - views take a request
    """Forget who this is."""
    response = redirect(HOME)
    cookies.drop(response, cookies.SIGNED_IN)
    return response


def _member_page(page: Page) -> Callable[..., HttpResponseBase]:
    """Make a view that only a signed-in member sees; the half hour begins anew."""

    @everyone
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(page)
    def shown(request: HttpRequest) -> HttpResponseBase:
        force = force_of(request)
        member = cookies.signed_in(request, force)
        if member is None:
            return redirect(HOME)
        response = page(request, member)
        if cookies.SIGNED_IN not in response.cookies:
            held = {"contact": member.contact_id}
            cookies.write(response, cookies.SIGNED_IN, force, held)
        return response

    return shown


def _by(request: HttpRequest, member: Member) -> Actor:
    return actions.member_actor(member.contact, source_of(request))


def _saved(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(HOME)


def _ask(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    page = {"back_url": reverse(HOME), **context}
    return render(request, f"members/preferences/{name}.html", page)


# The page of everything -------------------------------------------------------


def _overview(member: Member) -> dict[str, Any]:
    names = [_(topic.name) for topic in queries.topics_in(member.force, member.topics)]
    tracking = queries.agrees(member.contact, Purpose.TRACKING)
    change = _("Change")
    rows = [
        Row(_("E-mail address"), member.email_point.address if member.email_point else ""),
        Row(_("Postcode"), member.postcode, [Link(change, _to("place"))]),
        Row(
            _("Topics"), names or _("Only urgent messages for everyone near you"),
            [Link(change, _to("topics"))],
        ),
        Row(_("Messages"), _messages_words(member), [Link(change, _to("pause"))]),
        Row(_("Language"), labels.LANGUAGES.get(member.language, member.language),
            [Link(change, _to("language"))]),
        Row(_("We may see what you open"), tracking, [Link(change, _to("tracking"))]),
    ]  # fmt: skip
    return {"rows": rows, "member": member, "paused": is_paused(member)}


def _to(name: str) -> str:
    return reverse(f"members_public:preferences_{name}")


def is_paused(member: Member) -> bool:
    """Say whether nothing is sent to the member for now."""
    return member.paused_until is not None and member.paused_until > clock.now()


def _messages_words(member: Member) -> str:
    if not is_paused(member) or member.paused_until is None:
        return _("You get them as they come")
    day = date_format(timezone.localtime(member.paused_until), "j F Y")
    return _("Paused until %(day)s") % {"day": day}


@_member_page
def topics(request: HttpRequest, member: Member) -> HttpResponse:
    """Change the topics."""
    offered = list(queries.topics(member.force))
    ticked = [str(topic.pk) for topic in offered if member.topics >> topic.bit & 1]
    form = forms.TopicsForm(
        offered, request.POST if request.method == "POST" else None, initial={"topics": ticked}
    )
    if request.method == "POST" and form.is_valid():
        actions.change_topics(member, form.chosen(), by=_by(request, member))
        return _saved(request, _("Your topics are changed."))
    return _ask(request, "topics", form=form)


@_member_page
def place(request: HttpRequest, member: Member) -> HttpResponse:
    """Move."""
    form = forms.PostcodeForm(
        member.force,
        request.POST if request.method == "POST" else None,
        initial={"postcode": member.postcode},
    )
    if request.method == "POST" and form.is_valid():
        actions.move(member, form.cleaned_data["place"], by=_by(request, member))
        return _saved(request, _("Your postcode is changed."))
    return _ask(request, "place", form=form)


@_member_page
def pause(request: HttpRequest, member: Member) -> HttpResponse:
    """Pause messages, or end a pause."""
    form = forms.PauseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "end" in request.POST:
        actions.pause(member, None, by=_by(request, member))
        return _saved(request, _("Messages come again."))
    if request.method == "POST" and form.is_valid():
        until = datetime.combine(
            form.cleaned_data["day"], time(), tzinfo=timezone.get_default_timezone()
        )
        actions.pause(member, until, by=_by(request, member))
        return _saved(request, _messages_words(member) + ".")
    return _ask(request, "pause", form=form, paused=is_paused(member))


@_member_page
def language(request: HttpRequest, member: Member) -> HttpResponse:
    """Change the language of messages."""
    form = forms.LanguageForm(
        request.POST if request.method == "POST" else None, initial={"language": member.language}
    )
    if request.method == "POST" and form.is_valid():
        actions.change_language(member, form.cleaned_data["language"], by=_by(request, member))
        return _saved(request, _("Your language is changed."))
    return _ask(request, "language", form=form)


@_member_page
def tracking(request: HttpRequest, member: Member) -> HttpResponse:
    """Agree to being seen opening messages, or take it back."""
    words = labels.consent_words(member.force.name, Purpose.TRACKING)
    now_agreed = queries.agrees(member.contact, Purpose.TRACKING)
    form = forms.TrackingForm(
        words, request.POST if request.method == "POST" else None, initial={"tracking": now_agreed}
    )
    if request.method == "POST" and form.is_valid():
        agreed = form.cleaned_data["tracking"]
        if agreed != now_agreed:
            by = _by(request, member)
            actions.set_tracking(member, agreed, words=words, by=by, now=clock.now())
        return _saved(request, _("Your choice is kept."))
    return _ask(request, "tracking", form=form)


@_member_page
def data(request: HttpRequest, member: Member) -> HttpResponse:
    """Hand members everything that this floor keeps about them."""
    if request.method != "POST":
        return _ask(request, "data")
    facts = queries.everything_about(member.contact)
    audit.read(_by(request, member), "members.own_data", "members_member", [member.pk])
    body = json.dumps(facts, indent=1, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@_member_page
def leave(request: HttpRequest, member: Member) -> HttpResponse:
    """Leave."""
    if request.method != "POST":
        return _ask(request, "leave")
    by = _by(request, member)
    actions.leave(member, by=by, now=clock.now())
    point = member.contact.points.filter(channel=Channel.EMAIL).order_by("pk").last()
    token = seal_link(leaving.PURPOSE, 0, point.pk if point else 0)
    response = render(
        request,
        "members/leave/left.html",
        {"form": forms.WhyForm(), "token": token, "masked": ""},
    )
    cookies.drop(response, cookies.SIGNED_IN)
    return response
