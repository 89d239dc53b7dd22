"""A gallery of every component, filled with made-up content that looks real.

For people who build pages, and for the tests that look at them.  The site offers
it where the installation is a demo: ``path("gallery/", include("bluelamp.kit.gallery"))``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from bluelamp.kit.forms import ClockTimeField, DatePartsField, Hinted
from bluelamp.kit.mail import Slotted, preview, render_mail
from bluelamp.kit.page import Brand, Column, Console, Event, Link, Row, Step, Tag, Tile
from bluelamp.kit.theme import stylesheet

NAMES = (
    "Northwick", "Eastgate", "Mill Lane and Canal", "St Wulfram’s", "Harrow Cross", "Leagrave Road",
    "Upper Meads", "Old Town", "Station Quarter", "Priory", "Limbury Common", "Sundon Park",
    "Bramingham", "Kingsmead", "Stopford", "Wigmore End",
)  # fmt: skip
NOON = datetime(2026, 11, 20, 12, 4, tzinfo=UTC)
COLOUR = "#0b2545"


def area_id(index: int) -> str:
    """Return the made-up id of an area."""
    return f"area-{index + 1}"


class ComposeForm(forms.Form):
    """An alert, as an officer writes it."""

    title = forms.CharField(max_length=80, help_text="Say what happened and where.")
    kind = forms.ChoiceField(
        choices=[("", "Choose one"), ("crime", "Crime news"), ("safety", "Keeping safe")]
    )
    body = forms.CharField(widget=forms.Textarea, max_length=1200, label="What members will read")
    when = forms.ChoiceField(
        label="When to send",
        widget=forms.RadioSelect,
        choices=[
            ("now", Hinted("When it is approved", "Urgent alerts jump the queue")),
            ("later", "At a time I choose"),
        ],
    )
    on = DatePartsField(
        label="Date", name="Date", required=False, help_text="For example, 27 3 2027"
    )
    at = ClockTimeField(label="Time", required=False, help_text="For example, 7pm or 19:30")
    areas = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=[(area_id(n), name) for n, name in enumerate(NAMES)],
    )
    shape = forms.CharField(widget=forms.HiddenInput, required=False)
    picture = forms.FileField(required=False, help_text="JPEG or PNG, up to 5 MB")
    language = forms.ChoiceField(
        required=False, choices=[("en", "English"), ("cy", "Welsh"), ("pl", "Polish")]
    )
    cost = forms.IntegerField(required=False, label="Most to spend", initial=120)
    password = forms.CharField(widget=forms.PasswordInput, required=False, label="Password")
    sure = forms.BooleanField(label="No one can be recognised from this text")


class FilterForm(forms.Form):
    """What narrows a list."""

    mark_optional = False
    words = forms.CharField(label="Words", required=False)
    state = forms.MultipleChoiceField(
        label="State",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("draft", "Draft"), ("waiting", "Waiting"), ("sent", "Sent")],
    )


class JoinForm(forms.Form):
    """One screen of signing up."""

    email = forms.EmailField(label="What is your email address?", help_text="We send a code to it.")


class TopicsForm(forms.Form):
    """Another one."""

    topics = forms.MultipleChoiceField(
        label="What do you want to hear about?",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("burglary", Hinted("Burglary", "Break-ins, and how to keep them off")),
            ("fraud", "Fraud and scams"),
            ("road", "Road safety"),
            ("missing", "Missing people"),
        ],
    )


def brand() -> Brand:
    """Return a made-up force."""
    return Brand(
        name="Brackenshire Police",
        home_url=reverse("gallery_public"),
        stylesheet_url=reverse("gallery_theme"),
        links=[Link("Near you", "#", current=True), Link("Join", "#"), Link("Your messages", "#")],
        footer=[
            Link("Accessibility statement", "#"), Link("Privacy", "#"),
            Link("Cookies", "#"), Link("Contact us", "#"),
        ],
        report_url="#report",
    )  # fmt: skip


def console() -> Console:
    """Return a made-up officer at work."""
    return Console(
        officer="PC Alice Fenn",
        unit="Northwick neighbourhood team",
        home_url=reverse("gallery"),
        account_url="#account",
        sign_out_url=reverse("gallery_act"),
        nav=[
            Link("Today", "#today", key="g t"), Link("Alerts", "#alerts", True, 3, key="g a"),
            Link("Inbox", "#inbox", count=12, key="g i"), Link("Members", "#members", key="g m"),
            Link("Areas", "#areas"), Link("Accounts", "#accounts"), Link("People", "#people"),
            Link("Audit", "#audit"),
        ],
        footer=[Link("Accessibility statement", "#")],
        session_seconds=3600,
        stay_url=reverse("gallery_act"),
    )  # fmt: skip


def _alerts() -> list[list[Any]]:
    states = [Tag("Sending", "blue"), Tag("Sent", "green"), Tag("Waiting", "yellow"),
              Tag("Draft", "grey"), Tag("Stopped", "red")]  # fmt: skip
    titles = (
        "Shed break-ins on Mill Lane", "Fake bank callers in Eastgate", "Missing: Ann, 74",
        "Lorry fire closes Harrow Cross", "Meet your team on Saturday",
    )  # fmt: skip
    return [
        [Link(title, "#"), state, NAMES[n], "PC Alice Fenn", 1840 * (n + 1)]
        for n, (title, state) in enumerate(zip(titles, states, strict=True))
    ]


def _events() -> list[Event]:
    return [
        Event("Sending started", NOON, "the worker", links=[Link("See the report", "#")]),
        Event("Approved", NOON - timedelta(minutes=4), "Sgt Bob Marsh 1002",
              "Clear and useful. I took out the house number."),
        Event("Sent for approval", NOON - timedelta(minutes=31), "PC Alice Fenn 1001"),
    ]  # fmt: skip


def context(request: HttpRequest) -> dict[str, Any]:
    """Return everything the console's gallery shows; ``?errors`` shows it refused."""
    refused = "errors" in request.GET
    data = {"on_day": "31", "on_month": "2", "on_year": "2027", "at": "7", "when": "later"}
    start = {"areas": [area_id(0), area_id(2)], "when": "now", "on": "2027-03-27", "at": "19:30"}
    return {
        "brand": brand(),
        "console": console(),
        "form": ComposeForm(data) if refused else ComposeForm(initial=start),
        "filter_form": FilterForm(initial={"state": ["sent"]}),
        "chosen": [Link("Sent", "#"), Link("Northwick", "#")],
        "sub": [Link("All", "#", True), Link("Waiting for me", "#", count=3), Link("Drafts", "#")],
        "tiles": [
            Tile("Members reached", 18_412, "#reached", "94% of those asked for", live="reached"),
            Tile("Bounced", 37, "#bounced"),
            Tile("Rated useful", "4.4", "#rated", "from 812 ratings"),
            Tile("Complaints", 3, "#complaints", "Sending pauses at 20", alarm=True),
        ],
        "summary": [
            Row("Audience", "Northwick, Mill Lane and Canal", [Link("Change", "#")]),
            Row("Topics", ["Burglary", "Keeping safe"], [Link("Change", "#")]),
            Row("State", Tag("Waiting for approval", "yellow")), Row("Attachment", None),
        ],
        "columns": [
            Column("Alert", sort_url="?sort=title", sorted="ascending"), Column("State"),
            Column("Area"), Column("Written by"), Column("Members", numeric=True),
        ],
        "rows": _alerts(),
        "events": _events(),
        "steps": [
            Step("Write", "done", "#"), Step("Audience", "current"), Step("Check"), Step("Send"),
        ],
        "page": Paginator(range(240), 20).get_page(request.GET.get("page", 4)),
        "tags": [Tag(c.title(), c) for c in (
            "grey", "blue", "teal", "green", "yellow", "orange", "red", "purple", "magenta")],
    }  # fmt: skip


def public_context(request: HttpRequest) -> dict[str, Any]:
    """Return everything the public's gallery shows."""
    refused = "errors" in request.GET
    return {
        "brand": brand(),
        "form": JoinForm({}) if refused else JoinForm(),
        "topics": TopicsForm(initial={"topics": ["burglary"]}),
        "map_form": ComposeForm(initial={"areas": [area_id(0)]}),
        "alerts": [row[0] for row in _alerts()],
        "summary": [
            Row("Email", "ann@example.test", [Link("Change", "#")]),
            Row("Areas", ["Northwick", "Priory"], [Link("Change", "#")]),
        ],
        "at": NOON,
    }


def officer_page(request: HttpRequest) -> HttpResponse:
    """Show the console's components."""
    if "flash" in request.GET:
        messages.success(request, "The alert was sent for approval to Sgt Bob Marsh.")
        messages.error(request, "The picture was not kept: it is larger than 5 MB.")
    return render(request, "kit/gallery/officer.html", context(request))


def public_page(request: HttpRequest) -> HttpResponse:
    """Show the public's components."""
    return render(request, "kit/gallery/public.html", public_context(request))


def confirm_page(request: HttpRequest) -> HttpResponse:
    """Show the page that asks once more."""
    return render(request, "kit/gallery/confirm.html", {
        "brand": brand(), "console": console() if "console" in request.GET else None,
        "question": "Stop sending this alert?", "button_text": "Stop sending",
        "back_url": reverse("gallery"), "danger": True,
    })  # fmt: skip


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page of the error family as the public or (``?console``) an officer sees it."""
    here = console() if "console" in request.GET else None
    return render(request, f"{name}.html", {"brand": brand(), "console": here})


def theme_sheet(request: HttpRequest) -> HttpResponse:
    """Serve the made-up force's colours; ``?colour=rrggbb`` tries another."""
    return HttpResponse(
        stylesheet(f"#{request.GET.get('colour', COLOUR[1:])}"), content_type="text/css"
    )


def mail_page(_request: HttpRequest, name: str) -> HttpResponse:
    """Serve a mail for the preview frame."""
    return preview(render_mail(name, MAILS[name])[0])


def areas(_request: HttpRequest) -> JsonResponse:
    """Serve made-up areas: a town of sixteen wobbly blocks."""
    features = [
        {
            "type": "Feature",
            "id": area_id(n),
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [_block(n % 4, n // 4)]},
        }
        for n, name in enumerate(NAMES)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _block(column: int, row: int) -> list[list[float]]:
    """Return the ring of one block; neighbours share their wobbly edges."""
    corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
    ring = []
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        ring += [_wobble(x1 + (x2 - x1) * t / 8, y1 + (y2 - y1) * t / 8) for t in range(8)]
    return [*ring, ring[0]]


def _wobble(x: float, y: float) -> list[float]:
    east = x + 0.16 * sin(pi * y * 1.3 + x) + 0.05 * sin(9 * y)
    north = y + 0.14 * cos(pi * x * 1.1 + y) + 0.05 * sin(8 * x)
    return [round(-0.47 + 0.03 * east, 6), round(51.86 + 0.018 * north, 6)]


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Answer how many a form would reach."""
    chosen = request.POST.getlist("areas")
    reached = 1204 * len(chosen)
    return HttpResponse(f"<strong>{reached:,}</strong> members in {len(chosen)} areas")


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """Pretend to keep a draft."""
    return JsonResponse({"fields": {"version": str(int(request.POST.get("version") or 0) + 1)}})


@require_POST
def act(_request: HttpRequest) -> HttpResponse:
    """Do nothing, successfully."""
    return HttpResponse(status=204)


def facts(_request: HttpRequest) -> JsonResponse:
    """Serve live numbers to those who poll."""
    return JsonResponse({"facts": {"reached": 18_500, "sent": 15_250, "total": 18_450}})


_TOKEN_URL = "https://brackenshire.example.test/m/[[token]]"  # noqa: S105 - a slot, no secret
MAILS: dict[str, dict[str, Any]] = {
    "alert": {
        "force_name": "Brackenshire Police",
        "crest_text": "Northwick neighbourhood team",
        "colour": COLOUR,
        "kind": "Crime news",
        "area_line": "Northwick, Mill Lane and Canal",
        "title": "Shed break-ins on Mill Lane",
        "preheader": "Three sheds were broken into this week. What to do tonight.",
        "body": "Three sheds on Mill Lane were broken into between Tuesday and Thursday night. "
        "Bikes and garden tools were taken.\n\nTonight, lock your shed and bring bikes indoors. "
        "If you see someone trying sheds now, call 999.\n\nIf you have a doorbell camera, look at "
        "Wednesday between 1am and 3am: https://brackenshire.example.test/tell-us",
        "signed": "PC Alice Fenn\nNorthwick neighbourhood team",
        "page_url": Slotted(_TOKEN_URL),
        "rate_urls": [Slotted(f"{_TOKEN_URL}/rate/{n}") for n in range(1, 6)],
        "reply_hint": "You can reply to this mail. Your neighbourhood team reads every answer.",
        "share_url": "https://brackenshire.example.test/alerts/412",
        "preferences_url": Slotted(f"{_TOKEN_URL}/preferences"),
        "unsubscribe_url": Slotted(f"{_TOKEN_URL}/leave"),
        "contact_line": "Brackenshire Police, 1 Assize Road, Bracken BR1 1AA",
    },
    "notice": {
        "force_name": "Brackenshire Police",
        "colour": COLOUR,
        "title": "Your code to join",
        "body": "Enter this code on the page where you gave your email address.",
        "code": "482 913",
        "note": "It works for 15 minutes. If you did not ask for it, you need do nothing.",
        "button_url": "https://brackenshire.example.test/join/confirm",
        "button_text": "Confirm your address",
    },
}

urlpatterns = [
    path("", officer_page, name="gallery"),
    path("public/", public_page, name="gallery_public"),
    path("confirm/", confirm_page, name="gallery_confirm"),
    path("error/<slug:name>/", error_page, name="gallery_error"),
    path("theme.css", theme_sheet, name="gallery_theme"),
    path("mail/<slug:name>/", mail_page, name="gallery_mail"),
    path("areas.geojson", areas, name="gallery_areas"),
    path("count/", count, name="gallery_count"),
    path("save/", save, name="gallery_save"),
    path("act/", act, name="gallery_act"),
    path("facts/", facts, name="gallery_facts"),
]
for _pattern in urlpatterns:
    setattr(_pattern.callback, "access", "everyone")  # noqa: B010 - it shows nothing that is anyone's
