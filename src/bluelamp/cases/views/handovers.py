"""Handing over: what one has open before who comes in; each case accepted by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.audit.queries import Filter, acts
from bluelamp.cases.actions import handover as handing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import HandoverForm
from bluelamp.cases.models import Case, Handover, HandoverCase
from bluelamp.cases.queries.queue import cases, row, with_facts
from bluelamp.cases.values import CaseState, Settled
from bluelamp.cases.views.shared import crew, who
from bluelamp.kit import clock
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer, Unit
from bluelamp.org.queries import at_work
from bluelamp.org.values import Acts

WORDS = 300


def handovers(officer: Officer) -> QuerySet[Handover]:
    """Return the handovers that the officer may see: their own, and their units'."""
    mine = Q(by=officer) | Q(to=officer)
    found = Handover.objects.filter(mine | permit.scope(officer, Acts.CASE_WORK))
    return found.filter(force=officer.force_id).select_related("by", "to", "unit")


def _open_cases(officer: Officer, whose: Officer) -> list[Case]:
    """Return what somebody has open: one's own, or what one may assign of a colleague's."""
    seen = cases(officer) if whose == officer else cases(officer, Acts.CASE_ASSIGN)
    theirs = seen.filter(owner=whose).exclude(state=CaseState.CLOSED)
    return list(with_facts(theirs).order_by("-severity", "heard_at"))


def _absent(officer: Officer, now: datetime) -> list[tuple[Officer, int]]:
    """Return who is off shift and has open cases that one may assign, with how many."""
    open_ = cases(officer, Acts.CASE_ASSIGN).exclude(state=CaseState.CLOSED)
    held = open_.exclude(owner=None).exclude(owner=officer).order_by()
    counted = dict(held.values_list("owner").annotate(n=Count("pk")))
    gone = set(counted) - at_work(counted, now)
    return [(one, counted[one.pk]) for one in Officer.objects.filter(pk__in=gone).order_by("name")]


def _whose(request: HttpRequest, absent: list[tuple[Officer, int]]) -> Officer:
    """Return whose cases are handed over: one's own, or of somebody who is off shift (``of``)."""
    asked = request.POST.get("of") or request.GET.get("of") or ""
    if not asked:
        return officer_of(request)
    found = next((one for one, _count in absent if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


# Begin --------------------------------------------------------------------------


@officers(Acts.CASE_WORK)
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponseBase:
    """Show what waits to be taken over, and begin a handover of open cases.

    One's own, or as a supervisor those of somebody who is off shift.
    """
    officer, now = officer_of(request), clock.now()
    absent = _absent(officer, now)
    whose = _whose(request, absent)
    open_ = _open_cases(officer, whose)
    form = HandoverForm(
        request.POST or None, initial={"unit": whose.unit_id},
        units=_units(officer, whose, open_),
        people=[one for one in crew(whose.unit, now=now) if one[0] != str(whose.pk)],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        begun = _begun(request, form, whose, open_)
        if begun is not None:
            return redirect("cases:handover", begun.pk)
    return _desk(request, whose, form, open_, absent)


def _units(officer: Officer, whose: Officer, open_: list[Case]) -> list[Unit]:
    """Return the units whose cases somebody has, their own first."""
    act = Acts.CASE_WORK if whose == officer else Acts.CASE_ASSIGN
    found = {whose.unit_id: whose.unit} if permit.may(officer, act, whose.unit) else {}
    return list((found | {case.unit_id: case.unit for case in open_}).values())


def _begun(
    request: HttpRequest, form: HandoverForm, whose: Officer, open_: list[Case]
) -> Handover | None:
    given = form.cleaned_data
    to = get_object_or_404(Officer, pk=given["to"], force=officer_of(request).force_id) \
        if given["to"] else None  # fmt: skip
    told = {case.pk: request.POST.get(f"words-{case.reference}", "")[:WORDS] for case in open_}
    try:
        return handing.begin(
            given["unit"], of=whose, to=to, words=given["words"], of_cases=told, **who(request)
        )
    except CaseRefusedError as error:
        form.add_error(None, str(error))
        return None


def _desk(
    request: HttpRequest, whose: Officer, form: HandoverForm, open_: list[Case],
    absent: list[tuple[Officer, int]],
) -> HttpResponse:  # fmt: skip
    officer, now, last = officer_of(request), clock.now(), _last(whose)
    if open_:
        read(actor_of(request), Acts.CASE_READ, "cases_case", [case.pk for case in open_])
    waiting = handovers(officer).filter(done_at=None).order_by("-at")
    written = {case.reference: request.POST.get(f"words-{case.reference}", "") for case in open_}
    return render(request, "cases/console/handover_desk.html", {
        "form": form, "waiting": waiting, "whose": whose, "own": whose == officer,
        "absent": absent,
        "rows": [_told(case, now, last) | {"words": written[case.reference]} for case in open_],
        "most": WORDS,
    }, status=400 if form.errors else 200)  # fmt: skip


def _last(officer: Officer) -> Any:
    """Return when the officer's last handover was, or they took over."""
    about = Handover.objects.filter(Q(by=officer) | Q(to=officer), done_at__isnull=False)
    return about.order_by("-done_at").values_list("done_at", flat=True).first()


def _told(case: Case, now: Any, last: Any) -> dict[str, Any]:
    """Return what the next officer should see of a case at a glance."""
    return row(case, now) | {
        "changed": last is not None and case.changed_at > last,
        "waits_for": _("them") if case.state == CaseState.WAITING else _("us"),
    }


# Take over ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What this officer may do to a handover."""

    accept: bool
    finish: bool


@officers(Acts.CASE_WORK)
@require_GET
def handover(request: HttpRequest, handover: int) -> HttpResponse:
    """Show a handover, risks first."""
    return _page(request, _handover_of(request, handover))


def _handover_of(request: HttpRequest, pk: int) -> Handover:
    return get_object_or_404(handovers(officer_of(request)), pk=pk)


def _page(request: HttpRequest, found: Handover) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    inside = with_facts(Case.objects.select_related("unit", "owner", "group"))
    rows = list(found.cases.prefetch_related(Prefetch("case", inside)))
    rows.sort(key=lambda one: (-one.case.severity, one.case.heard_at))
    if rows:
        read(actor_of(request), Acts.CASE_READ, "cases_case", [one.case_id for one in rows])
    since = _before(found)
    return render(request, "cases/console/handover.html", {
        "handover": found,
        "rows": [_told(one.case, now, since) | _row(one) for one in rows],
        "left": sum(one.settled_at is None for one in rows),
        "may": _seen(found, officer),
        "mine": found.by_id == officer.pk, "begun_by": _for_another(found),
    })  # fmt: skip


def _for_another(found: Handover) -> str:
    """Return who began a handover where it was not who hands over; from the record."""
    wanted = Filter(act="cases.handover", table="cases_handover", row=str(found.pk))
    first = acts(found.force_id, wanted).last()
    mine = first is None or first.actor_id == found.by.as_actor().id
    return "" if first is None or mine else first.actor_label


def _before(found: Handover) -> Any:
    earlier = Handover.objects.filter(unit=found.unit_id, at__lt=found.at, done_at__isnull=False)
    return earlier.order_by("-at").values_list("done_at", flat=True).first()


def _row(one: HandoverCase) -> dict[str, Any]:
    outcomes = {Settled.ACCEPTED: _("Accepted"), Settled.TO_UNIT: _("Back to the unit")}
    outcome = outcomes[Settled(one.outcome)] if one.outcome else ""
    return {"row": one, "words": one.words, "outcome": outcome}


def _seen(found: Handover, officer: Officer) -> _Seen:
    for_me = officer.pk != found.by_id and found.to_id in {None, officer.pk}
    party = officer.pk in {found.by_id, found.to_id}
    may_end = party or permit.may(officer, Acts.CASE_ASSIGN, found)
    live = found.done_at is None
    return _Seen(live and for_me and permit.may(officer, Acts.CASE_WORK, found), live and may_end)


@officers(Acts.CASE_WORK)
@require_POST
def accept(request: HttpRequest, handover: int) -> HttpResponseBase:
    """Take over one case, or all that are left."""
    found = _handover_of(request, handover)
    left = found.cases.filter(settled_at=None).select_related("case__unit", "handover__to")
    wanted = request.POST.get("case", "")
    rows = list(left if wanted == "all" else left.filter(case__reference=wanted))
    try:
        for one in rows:
            handing.accept(one, **who(request))
    except CaseRefusedError as error:
        flash.error(request, str(error))
    else:
        words = ngettext("%(n)d case is yours now", "%(n)d cases are yours now", len(rows))
        flash.success(request, words % {"n": len(rows)})
    return redirect("cases:handover", found.pk)


@officers(Acts.CASE_WORK)
@require_POST
def finish(request: HttpRequest, handover: int) -> HttpResponseBase:
    """End a handover; what nobody accepted goes to the unit's queue."""
    found = _handover_of(request, handover)
    try:
        left = handing.finish(found, **who(request))
    except CaseRefusedError as error:
        flash.error(request, str(error))
        return redirect("cases:handover", found.pk)
    words = ngettext(
        "The handover is finished. %(n)d case went back to the unit’s queue.",
        "The handover is finished. %(n)d cases went back to the unit’s queue.", left,
    )  # fmt: skip
    flash.success(request, words % {"n": left} if left else _("The handover is finished."))
    return redirect("cases:handover", found.pk)
