"""Officers' pages: find one member, keep the lists, take people in, count audiences.

Nobody leafs through the membership: an officer searches for what they know,
says why before a record opens, and each opening is in the record.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.audit import actions as audit
from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.page import Column, Event, Link, Row, Tag, Tile
from bluelamp.members import actions, audience, forms, labels, queries, rules
from bluelamp.members.importing import store
from bluelamp.members.models import Member, Suppression
from bluelamp.members.values import SMALL, Audience, MemberState
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers, source_of
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.places.queries import area_at, areas

PAGE = 50
OPEN_SECONDS = 15 * 60
_COLOURS: dict[str, Any] = {
    MemberState.JOINED: "green", MemberState.PENDING: "yellow", MemberState.LEFT: "grey",
}  # fmt: skip


def _rooms(officer: Officer, here: str) -> list[Link]:
    rooms = (
        ("search", _("Find a member"), Acts.MEMBER_SEARCH),
        ("figures", _("Figures"), Acts.AUDIENCE_COUNT),
        ("suppression", _("Suppression list"), Acts.SUPPRESSION_MANAGE),
        ("import", _("Import"), Acts.MEMBER_IMPORT),
    )
    return [
        Link(text, reverse(f"members:{name}"), current=name == here)
        for name, text, act in rooms
        if permit.may(officer, act, officer.force)
    ]


def _show(
    request: HttpRequest, template: str, here: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = {"rooms": _rooms(officer_of(request), here), **context}
    return render(request, f"members/console/{template}.html", page, status=status)


def _stamp(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


# Finding --------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """Search by what is known in full; the words are posted, so that no log keeps them."""
    officer = officer_of(request)
    permit.require(officer, Acts.MEMBER_SEARCH, officer.force)
    form = forms.SearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "searched": False}
    if request.method == "POST" and form.is_valid():
        found = list(queries.search(officer.force, form.cleaned_data["q"])[:PAGE])
        audit.read(actor_of(request), Acts.MEMBER_SEARCH, "members_member", [m.pk for m in found])
        context |= {
            "searched": True,
            "columns": (_("Member"), _("Address"), _("State")),
            "rows": [_found_row(member) for member in found],
        }
    return _show(request, "search", "search", context)


def _found_row(member: Member) -> tuple[Any, ...]:
    """Show little: enough to tell which record is meant, not who it is."""
    name = _("Member %(number)s") % {"number": member.pk}
    masked = rules.masked_email(member.email_point.address) if member.email_point else ""
    return (Link(name, reverse("members:member", args=[member.pk])), masked, _state(member))


def _state(member: Member) -> Tag:
    return Tag(labels.STATES.get(member.state, member.state), _COLOURS.get(member.state, "grey"))


# One member -----------------------------------------------------------------


def _member_or_404(officer: Officer, pk: int, act: Acts) -> Member:
    found = (
        Member.objects.select_related("contact", "email_point", "force")
        .filter(pk=pk, force=officer.force_id)
        .first()
    )
    if found is None:
        raise Http404("No such member in this force.")
    permit.require(officer, act, found)
    return found


def _opened(request: HttpRequest, pk: int) -> str:
    """Return the reason for which this officer opened the record a short while ago."""
    held = request.session.get("members_opened", {}).get(str(pk))
    return held[0] if held and clock.now().timestamp() - held[1] < OPEN_SECONDS else ""


def _keep_open(request: HttpRequest, pk: int, reason: str) -> None:
    held = request.session.get("members_opened", {})
    request.session["members_opened"] = {**held, str(pk): [reason, clock.now().timestamp()]}


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_READ)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then show a member's record; every showing is recorded with that reason."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_READ)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _keep_open(request, pk, form.cleaned_data["reason"])
        return redirect("members:member", pk=pk)
    reason = _opened(request, pk)
    if not reason:
        return _show(request, "why", "search", {"form": form, "member": found})
    audit.read(actor_of(request), Acts.MEMBER_READ, "members_member", [found.pk], reason=reason)
    return _show(request, "member", "search", _record(officer_of(request), found))


def _record(officer: Officer, found: Member) -> dict[str, Any]:
    return {
        "member": found,
        "state": _state(found),
        "facts": _facts(found),
        "point_columns": (_("Address"), _("Confirmed"), _("Sending")),
        "points": _points(found),
        "consents": _consents(found),
        "may_change": permit.may(officer, Acts.MEMBER_CHANGE, found),
        "may_erase": permit.may(officer, Acts.MEMBER_ERASE, found),
        "is_joined": found.state == MemberState.JOINED,
    }


def _facts(found: Member) -> list[Row]:
    here = area_at(found.force, found.longitude, found.latitude) if found.postcode else []
    rows = [
        Row(_("Name"), found.contact.name or _("Not given")),
        Row(_("Postcode"), found.postcode),
        Row(_("Areas"), [area.name for area in here]),
        Row(_("Topics"), [topic.name for topic in queries.topics_in(found.force, found.topics)]),
        Row(_("Language"), labels.LANGUAGES.get(found.language, found.language)),
        Row(_("Joined"), _stamp(found.joined_at)),
        Row(_("From"), found.source),
        Row(_("Reference"), found.reference),
    ]
    if found.paused_until and found.paused_until > clock.now():
        rows.append(Row(_("Paused until"), _stamp(found.paused_until)))
    if found.left_at:
        rows.append(Row(_("Left"), _stamp(found.left_at)))
    if found.leave_reason:
        said = [labels.LEAVE_REASONS.get(found.leave_reason, ""), found.leave_words]
        rows.append(Row(_("Why they left"), [words for words in said if words]))
    return rows


def _points(found: Member) -> list[tuple[Any, ...]]:
    rows = []
    for point in found.contact.points.order_by("pk"):
        held = queries.suppressed_keys(found.force_id, point.channel, [bytes(point.key)])
        why = labels.REASONS.get(next(iter(held.values()), ""), "")
        sending = Tag(_("Nothing is sent"), "red") if held else Tag(_("Open"), "green")
        confirmed = _stamp(point.verified_at) or _("Not confirmed")
        rows.append((point.address or _("Erased"), confirmed, [sending, why] if why else sending))
    return rows


def _consents(found: Member) -> list[Event]:
    events = []
    for consent in queries.consents_of(found.contact):
        purpose = labels.PURPOSES.get(consent.purpose, consent.purpose)
        if consent.withdrawn_at:
            title = _("Withdrawn: %(purpose)s") % {"purpose": purpose}
            events.append(Event(title, consent.withdrawn_at))
        text = f"“{consent.wording.text}”"
        title = _("Agreed: %(purpose)s") % {"purpose": purpose}
        events.append(Event(title, consent.given_at, by=consent.source, text=text))
    return sorted(events, key=lambda event: event.at, reverse=True)


@never_cache
@require_POST
@officers(Acts.MEMBER_READ)
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out all that is kept about a person, for a subject access request."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_READ)
    reason = _opened(request, pk)
    if not reason:
        return redirect("members:member", pk=pk)
    audit.read(actor_of(request), Acts.MEMBER_EXPORT, "members_member", [found.pk], reason=reason)
    body = json.dumps(queries.everything_about(found.contact), indent=1, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="member-{pk}.json"'
    return response


def _asked(
    request: HttpRequest, found: Member, template: str
) -> tuple[forms.ReasonForm, HttpResponse | None]:
    """Ask why before something is done to a member."""
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return form, None
    back = reverse("members:member", args=[found.pk])
    page = {"form": form, "member": found, "back_url": back}
    return form, _show(request, template, "search", page)


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_CHANGE)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership for somebody who asked on the phone or by letter."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_CHANGE)
    form, asked = _asked(request, found, "leave")
    if asked:
        return asked
    actions.leave(found, by=actor_of(request), now=clock.now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("They have left."))
    return redirect("members:member", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_ERASE)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a person's data."""
    officer = officer_of(request)
    found = _member_or_404(officer, pk, Acts.MEMBER_ERASE)
    form, asked = _asked(request, found, "erase")
    if asked:
        return asked
    actions.erase(found.contact, by=officer, reason=form.cleaned_data["reason"], now=clock.now())
    messages.success(request, _("The data of member %(number)s is erased.") % {"number": pk})
    return redirect("members:search")


# Suppression ----------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.SUPPRESSION_MANAGE)
def suppression(request: HttpRequest) -> HttpResponse:
    """List to whom nothing goes (as numbers: the addresses are not kept), and add to it."""
    officer = officer_of(request)
    permit.require(officer, Acts.SUPPRESSION_MANAGE, officer.force)
    form = forms.SuppressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        new = actions.suppress_address(
            officer.force, form.cleaned_data["email"], by=officer,
            reason=form.cleaned_data["reason"], now=clock.now(), source=source_of(request),
        )  # fmt: skip
        said = (
            _("Nothing goes to this address any more.") if new else _("It is on the list already.")
        )
        messages.success(request, said)
        return redirect("members:suppression")
    page = Paginator(queries.suppressions(officer.force), PAGE).get_page(request.GET.get("page"))
    columns = (_("Number"), _("Why"), _("Since"), _("Words"), _("What you can do"))
    context = {"form": form, "page": page, "columns": columns, "rows": [_held(s) for s in page]}
    return _show(request, "suppression", "suppression", context)


def _held(held: Suppression) -> tuple[Any, ...]:
    lift_url = reverse("members:lift", args=[held.pk])
    why = labels.REASONS.get(held.reason, held.reason)
    return (str(held.pk), why, _stamp(held.at), held.detail, Link(_("Take off the list"), lift_url))


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.SUPPRESSION_MANAGE)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address off the list."""
    officer = officer_of(request)
    held = Suppression.objects.filter(pk=pk, force=officer.force, lifted_at=None).first()
    if held is None:
        raise Http404("No such entry in this force.")
    permit.require(officer, Acts.SUPPRESSION_MANAGE, held)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.lift(held, by=officer, reason=reason, now=clock.now(), source=source_of(request))
        messages.success(request, _("The address is off the list."))
        return redirect("members:suppression")
    context = {
        "form": form, "back_url": reverse("members:suppression"),
        "why": labels.REASONS.get(held.reason, held.reason),
    }  # fmt: skip
    return _show(request, "lift", "suppression", context)


# Import ---------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_IMPORT)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take members in from a CSV, or only check it."""
    officer = officer_of(request)
    permit.require(officer, Acts.MEMBER_IMPORT, officer.force)
    if request.method != "POST":
        return _show(request, "import", "import", {"form": forms.ImportForm()})
    form = forms.ImportForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= _imported(request, form)
        except BluelampError as error:
            form.add_error("file", str(error))
    return _show(request, "import", "import", context)


def _imported(request: HttpRequest, form: forms.ImportForm) -> dict[str, Any]:
    given = form.cleaned_data
    report = store.import_members(
        officer_of(request).force, given["file"].read(), given["file"].name,
        by=actor_of(request), now=clock.now(), dry_run="check" in request.POST,
        defaults=store.Consenting(
            given["consent_source"], given["consent_wording"], verified=given["verified"]
        ),
        reason=given["reason"],
    )  # fmt: skip
    return {
        "report": report,
        "tiles": [
            Tile(_("Rows"), report.rows),
            Tile(_("Would join") if report.dry_run else _("Joined"), report.joined),
            Tile(_("Members already"), report.known),
            Tile(_("Same address twice"), report.merged),
            Tile(_("On the suppression list"), report.suppressed),
            Tile(_("Left out"), len(report.rejected), alarm=bool(report.rejected)),
        ],
        "columns": (_("Line"), _("Why it is left out")),
        "rows": [(str(one.line), one.reason) for one in report.rejected[:200]],
        "more": max(0, len(report.rejected) - 200),
    }


# Figures --------------------------------------------------------------------


@require_safe
@officers(Acts.AUDIENCE_COUNT)
def figures(request: HttpRequest) -> HttpResponse:
    """Show how many members there are, by area, and who came and went by week."""
    officer = officer_of(request)
    now = clock.now()
    numbers = queries.headline(officer.force, now=now)
    kind = request.GET.get("kind", "")
    context = {
        "tiles": [
            Tile(gettext_lazy("Members"), _told(numbers["joined"])),
            Tile(gettext_lazy("Paused"), _told(numbers["paused"])),
            Tile(gettext_lazy("Cannot be reached"), _told(numbers["unreachable"])),
            Tile(gettext_lazy("Have left"), _told(numbers["left"])),
        ],
        "week_columns": (Column(_("Week from")), Column(_("Joined"), numeric=True),
                         Column(_("Left"), numeric=True)),
        "weeks": [
            (date_format(week.monday, "j F Y"), week.joined, week.left)
            for week in reversed(queries.weeks(officer.force, now=now))
        ],
        "area_columns": (Column(_("Area")), Column(_("Members"), numeric=True)),
        **_by_area(officer, kind, request.GET.get("page")),
    }  # fmt: skip
    return _show(request, "figures", "figures", context)


def _by_area(officer: Officer, kind: str, number: str | None) -> dict[str, Any]:
    found = areas(officer.force, kinds=(kind,) if kind else ()).order_by("kind", "name")
    page = Paginator(found, 25).get_page(number)
    rows = [
        (
            Link(area.name, reverse("places:area", args=[area.pk])),
            _told(audience.count(officer.force, Audience(areas=(area.pk,))).total),
        )
        for area in page
    ]
    return {"page": page, "rows": rows}


def _told(number: int) -> Any:
    return number if number >= SMALL else _("fewer than %(small)s") % {"small": SMALL}


# Counting while composing ------------------------------------------------------


@require_POST
@officers(Acts.AUDIENCE_COUNT)
def count(request: HttpRequest) -> HttpResponse:
    """Count an audience: JSON ``{"count", "words"}``, or a sentence for a page that shows it.

    The audience comes as JSON in the field ``audience``, or as the body itself.
    A count below ten is ``null``, and drawn ground is counted to the nearest
    ten: a shape around one house must not tell whether someone there joined.
    """
    force = officer_of(request).force
    try:
        given = request.body if request.content_type == "application/json" else None
        asked = Audience.model_validate_json(given or request.POST.get("audience", ""))
        total = audience.count(force, asked).total
        words = audience.explain(force, asked)
    except (ValueError, BluelampError) as error:
        told = str(error) if isinstance(error, BluelampError) else _("This is no audience.")
        return JsonResponse({"problem": told}, status=422)
    shown = rules.shown_count(total, drawn=rules.is_drawn(asked))
    page = {"words": words, "told": count_words(shown, drawn=rules.is_drawn(asked))}
    if getattr(request, "htmx", False) or "text/html" in request.headers.get("Accept", ""):
        return render(request, "members/console/count.html", page)
    return JsonResponse({"count": shown, "words": f"{page['told']} {words}"})


def count_words(shown: int | None, *, drawn: bool) -> str:
    """Say a count as it may be told."""
    if shown is None:
        return _("Fewer than %(small)s members.") % {"small": SMALL}
    number = number_format(shown, force_grouping=True)
    if drawn:
        return _("About %(number)s members.") % {"number": number}
    return ngettext("%(number)s member.", "%(number)s members.", shown) % {"number": number}
