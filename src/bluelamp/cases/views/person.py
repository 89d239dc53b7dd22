"""A person seen whole: opened with permission and a reason, every showing of it recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.forms.person import OpenForm, SameForm
from bluelamp.cases.models import Case, Review
from bluelamp.cases.queries import people as found_in
from bluelamp.cases.queries.queue import row
from bluelamp.cases.rules.naming import shown_name
from bluelamp.cases.values import ReviewState
from bluelamp.cases.views.suggested_merges import shown_suggestions
from bluelamp.kit import clock
from bluelamp.kit.page import Tag
from bluelamp.members import labels as member_labels
from bluelamp.members.merging import person_of
from bluelamp.members.models import Contact, ContactLink, ContactPoint, Member
from bluelamp.members.queries import topics_in
from bluelamp.members.values import MemberState
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

MOST = 50
"""The most cases, turns, messages and notes that the page shows of somebody."""
OPEN_SECONDS = 15 * 60
_OPENED = "contacts_opened"


def contact_of(request: HttpRequest, pk: int) -> Contact:
    """Return a contact whose page the officer may open.

    :raises Http404: there is none in the force, or nothing of theirs is the officer's to read.
    """
    found = found_in.contact_for(officer_of(request), pk)
    if found is None:
        raise Http404
    return found


@never_cache
@officers(Acts.CASE_READ, Acts.CONTACT_MERGE)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, contact: int) -> HttpResponseBase:
    """Ask why, then show all of a person that the officer may read."""
    found = contact_of(request, contact)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        keep_open(request, contact, form.cleaned_data["reason"])
        return redirect("contacts:contact", contact)
    if not reason_of(request, contact):
        status = 400 if form.errors else 200
        context = {"form": form, "contact": found}
        return render(request, "cases/person/why.html", context, status=status)
    return page(request, found)


def reason_of(request: HttpRequest, pk: int) -> str:
    """Return the reason for which this officer opened somebody a short while ago."""
    held = request.session.get(_OPENED, {}).get(str(pk))
    return held[0] if held and clock.now().timestamp() - held[1] < OPEN_SECONDS else ""


def keep_open(request: HttpRequest, pk: int, reason: str) -> None:
    """Remember why the officer opened somebody, for a quarter of an hour."""
    held = request.session.get(_OPENED, {})
    request.session[_OPENED] = {**held, str(pk): [reason, clock.now().timestamp()]}


def page(
    request: HttpRequest, contact: Contact, bound: dict[str, Form] | None = None
) -> HttpResponse:
    """Show a person; ``bound`` are forms that were not in order, by what they are about."""
    officer, reason = officer_of(request), reason_of(request, contact.pk)
    who, now, wrong = found_in.person(contact), clock.now(), bound or {}
    theirs = list(found_in.cases_of(officer, who.ids)[:MOST])
    heard = list(found_in.items_of(officer, who.ids)[:MOST])
    members = _members(officer, who.ids)
    merges = permit.may(officer, Acts.CONTACT_MERGE, officer.force)
    likely = list(found_in.suggestions_of(who.ids)) if merges else []
    points = list(found_in.points(officer, who.ids))
    _record(request, reason, {
        "members_contact": [*who.ids, *_others(likely, who.ids)], "cases_case": _keys(theirs),
        "inbound_item": _keys(heard), "members_member": [one.pk for one in members],
    })  # fmt: skip
    return render(request, "cases/person/person.html", {
        "contact": contact, "reason": reason, "ids": who.ids,
        "title": called(contact, points), "forms": wrong,
        "wrong": list(wrong.values()), "form": next(iter(wrong.values()), None),
        "points": [_point(one) for one in points],
        "members": [_member(one, officer, who.ids) for one in members],
        "rows": [row(one, now) for one in theirs],
        "talk": _talk(heard, found_in.answers_to(officer, who.ids)[:MOST]),
        "notes": found_in.notes_about(officer, who.ids)[:MOST],
        "sent": found_in.sent_to(officer, who.ids)[:MOST],
        "reviews": [shown_review(one, officer) for one in found_in.reviews_of(officer, who.ids)],
        "links": [_link(one, wrong) for one in found_in.links(who.ids)],
        "likely": shown_suggestions(likely, who.ids, wrong), "may_merge": merges,
    }, status=400 if wrong else 200)  # fmt: skip


def _keys(rows: Iterable[Model]) -> list[int]:
    return [row.pk for row in rows]


def _others(likely: Iterable[Any], ids: list[int]) -> list[int]:
    return sorted({pk for one in likely for pk in (one.one_id, one.other_id)} - set(ids))


def _record(request: HttpRequest, reason: str, shown: dict[str, list[int]]) -> None:
    """Record that all of it was read, with the reason."""
    for table, rows in shown.items():
        if rows:
            read(actor_of(request), Acts.CASE_READ, table, rows, reason=reason)


# Who they are ---------------------------------------------------------------------


def called(contact: Contact, points: Iterable[ContactPoint]) -> str:
    """Return by what somebody is called: a name they gave, else an address, masked."""
    first = next((one.address for one in points if one.contact_id == contact.pk), "")
    return shown_name(contact.name, first) or _("Contact %(n)d") % {"n": contact.pk}


def _point(point: ContactPoint) -> dict[str, Any]:
    facts: Any = point  # found_in.points() added how often and when they spoke
    proven = Tag(_("Confirmed"), "green") if point.verified_at else Tag(_("Not confirmed"), "grey")
    return {
        "channel": labels.channel(point.channel), "address": point.address or _("Erased"),
        "name": point.contact.name, "proven": proven, "said": facts.said, "last": facts.last,
    }  # fmt: skip


def _members(officer: Officer, ids: list[int]) -> list[Member]:
    found = found_in.members(ids)
    return [one for one in found if permit.may(officer, Acts.MEMBER_READ, one)]


def _member(member: Member, officer: Officer, ids: list[int]) -> dict[str, Any]:
    agreed = [member_labels.PURPOSES.get(one, one) for one in found_in.consents(ids)]
    paused = member.paused_until and member.paused_until > clock.now()
    colour: Any = "green" if member.state == MemberState.JOINED else "grey"
    return {
        "member": member, "agreed": agreed, "paused": member.paused_until if paused else None,
        "state": Tag(member_labels.STATES.get(member.state, member.state), colour),
        "topics": [topic.name for topic in topics_in(officer.force, member.topics)],
        "language": member_labels.LANGUAGES.get(member.language, member.language),
    }  # fmt: skip


def _link(link: ContactLink, wrong: dict[str, Form]) -> dict[str, Any]:
    name = f"part-{link.pk}"
    form = wrong.get(name) or SameForm(auto_id=f"{name}-%s")
    return {
        "link": link, "basis": labels.BASES.get(link.basis, link.basis), "form": form,
        "names": [one.name or _("Contact %(n)d") % {"n": one.pk} for one in (link.one, link.other)],
        "open": name in wrong,
    }  # fmt: skip


# What was said --------------------------------------------------------------------


def _talk(heard: Iterable[Any], said: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what they said and what we answered, over all channels, the newest first."""
    theirs = [
        {"at": one.received_at, "item": one, "channel": labels.channel(one.channel),
         "who": one.sender_name or one.sender, "case": getattr(_in_case(one), "case", None),
         "public": one.visibility == "public"}
        for one in heard
    ]  # fmt: skip
    ours = [{"at": one.sent_at or one.changed_at, "reply": one, "case": one.case} for one in said]
    return sorted([*theirs, *ours], key=lambda one: one["at"], reverse=True)[:MOST]


def _in_case(item: Any) -> Any:
    return item.in_case if hasattr(item, "in_case") else None


# How they fare --------------------------------------------------------------------


def shown_review(review: Review, officer: Officer) -> dict[str, Any]:
    """Return what is shown of a review: why, how far it is, what came of it."""
    live = review.state != ReviewState.CLOSED
    return {
        "review": review, "tag": labels.review_tag(review.state),
        "reasons": [labels.review_reason(one) for one in review.reasons],
        "decision": labels.DECISIONS.get(review.decision, ""),
        "may": live and permit.may(officer, Acts.REVIEW_DECIDE, review),
    }  # fmt: skip


def beside(case: Case, officer: Officer) -> dict[str, Any]:
    """Return what a case's page says of its person: what waits, never to be seen by them."""
    contact = case.contact_id or (case.contact_point.contact_id if case.contact_point else None)
    if contact is None:
        return {}
    ids = person_of(contact)
    waiting = found_in.reviews_of(officer, ids).exclude(state=ReviewState.CLOSED)
    merges = permit.may(officer, Acts.CONTACT_MERGE, officer.force)
    return {
        "contact": contact, "others": len(ids) - 1,
        "reviews": [shown_review(one, officer) for one in waiting],
        "likely": found_in.suggestions_of(ids).count() if merges else 0,
    }  # fmt: skip
