"""Routing: the rules that hold, the draft that is worked on, what it would have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases.actions import rules as acts
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms.routing import LineForm, PutForm
from bluelamp.cases.models import RoutingSet
from bluelamp.cases.queries import dryrun
from bluelamp.cases.queries import routing as found_in
from bluelamp.cases.queries.dryrun import Trial
from bluelamp.cases.queries.queue import cases, row, with_facts
from bluelamp.cases.rules import ruleset
from bluelamp.cases.rules.ruleset import Change, Line, Lines
from bluelamp.cases.views.settings import shared
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.kit.page import Colour, Tag, Words
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Acts

A_PAGE = 25
BEFORE = 20
"""Sets that held before, of which the page tells."""
CHANGES: dict[Change, tuple[Words, Colour]] = {
    Change.ADDED: (gettext_lazy("New"), "green"),
    Change.REMOVED: (gettext_lazy("Taken out"), "red"),
    Change.CHANGED: (gettext_lazy("Changed"), "yellow"),
    Change.SWITCHED_OFF: (gettext_lazy("Switched off"), "grey"),
    Change.SWITCHED_ON: (gettext_lazy("Switched on"), "green"),
    Change.MOVED: (gettext_lazy("Moved"), "purple"),
}


def _force(request: HttpRequest) -> Force:
    """Return the officer's force; its rules hold for all of it, so the grant must too."""
    officer = officer_of(request)
    permit.require(officer, Acts.ROUTING_MANAGE, officer.force)
    return officer.force


def _draft(request: HttpRequest) -> RoutingSet:
    found = found_in.draft_of(_force(request))
    if found is None:
        raise Http404("There is no draft.")
    return found


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version", "")) or 0


def _shown(
    lines: Sequence[Line], force: Force, changes: dict[int, list[Tag]] | None = None
) -> list[dict[str, Any]]:
    names = found_in.names_of(force)
    return [
        {
            "line": line, "place": place, "first": place == 1, "last": place == len(lines),
            "when": names.conditions(line.when), "to": names.goes_to(line),
            "changes": (changes or {}).get(line.key, []),
        }
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip


def _refused(
    request: HttpRequest, to: str, change: Callable[[], object]
) -> HttpResponseBase | None:
    """Make a change; where it is refused say why, on the page it leads to."""
    try:
        change()
    except CaseRefusedError as error:
        flash.error(request, str(error))
        return redirect(to)
    return None


# What holds -------------------------------------------------------------------


@officers(Acts.ROUTING_MANAGE)
@require_GET
def routing(request: HttpRequest) -> HttpResponse:
    """Show the rules that hold, who works on others, and what held before."""
    force = _force(request)
    holding = found_in.holding(force)
    return render(request, "cases/settings/routing.html", shared(
        officer_of(request), "routing", rules=_shown(found_in.lines_that_hold(force), force),
        holding=holding if holding and holding.held_from else None,
        draft=found_in.draft_of(force), before=found_in.held(force)[:BEFORE],
    ))  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_GET
def earlier(request: HttpRequest, before: int) -> HttpResponse:
    """Show a set that held before."""
    force = _force(request)
    found = get_object_or_404(found_in.held(force), pk=before)
    return render(request, "cases/settings/earlier.html", shared(
        officer_of(request), "routing", rules=_shown(ruleset.read(found.lines), force), set=found,
        draft=found_in.draft_of(force),
    ))  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin a draft: of what holds, or of a set that held before."""
    force, pk = _force(request), number(request.POST.get("again", ""))
    again = get_object_or_404(found_in.held(force), pk=pk) if pk else None
    by, now = officer_of(request), clock.now()
    begun = _refused(
        request, "settings:routing", lambda: acts.begin(force, by=by, now=now, again=again)
    )
    return begun or redirect("settings:draft")


# The draft --------------------------------------------------------------------


@officers(Acts.ROUTING_MANAGE)
@require_GET
def draft(request: HttpRequest) -> HttpResponse:
    """Show the draft, with what is different from what holds."""
    force, found = _force(request), _draft(request)
    lines = ruleset.read(found.lines)
    changes, gone = _changes(found_in.lines_that_hold(force), lines)
    return render(request, "cases/settings/draft.html", shared(
        officer_of(request), "routing", draft=found, rules=_shown(lines, force, changes),
        gone=gone, changed=bool(changes or gone), trial=_trial(found),
    ))  # fmt: skip


def _changes(before: Lines, after: Lines) -> tuple[dict[int, list[Tag]], list[str]]:
    """Return tags by the key of the line, and the names of lines that were taken out."""
    tags: dict[int, list[Tag]] = {}
    gone = []
    for one in ruleset.differences(before, after):
        if one.change is Change.REMOVED:
            gone.append(one.line.name)
        else:
            tags.setdefault(one.line.key, []).append(Tag(*CHANGES[one.change]))
    return tags, gone


def _trial(found: RoutingSet) -> Trial | None:
    """Return what the trial of the draft as it is now found."""
    if found.tried.get("version") != found.version:
        return None
    return Trial.model_validate(found.tried)


_MOVES: dict[str, Callable[[Lines, int], Lines]] = {
    "up": lambda lines, key: ruleset.moved(lines, key, -1),
    "down": lambda lines, key: ruleset.moved(lines, key, 1),
    "switch": ruleset.switched,
    "remove": ruleset.without,
}


@officers(Acts.ROUTING_MANAGE)
@require_POST
def arrange(request: HttpRequest) -> HttpResponseBase:
    """Move a rule of the draft, switch it off or on, or take it out."""
    found, by, now = _draft(request), officer_of(request), clock.now()
    how, key = _MOVES.get(request.POST.get("do", "")), number(request.POST.get("key", ""))
    if how is None or key is None:
        raise Http404
    version = _version(request)
    _refused(request, "settings:draft", lambda: acts.change(
        found, version, lambda lines: how(lines, key), by=by, now=now,
    ))  # fmt: skip
    return redirect("settings:draft")


@officers(Acts.ROUTING_MANAGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Add a rule at the end of the draft."""
    return _line(request, None)


@officers(Acts.ROUTING_MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponseBase:
    """Change a rule of the draft."""
    lines = ruleset.read(_draft(request).lines)
    line = next((one for one in lines if one.key == number), None)
    if line is None:
        raise Http404
    return _line(request, line)


def _line(request: HttpRequest, line: Line | None) -> HttpResponseBase:
    force, found = _force(request), _draft(request)
    lines = ruleset.read(found.lines)
    form = LineForm(request.POST or None, force=force, lines=lines, line=line)
    version = _version(request) or found.version
    if request.method == "POST" and form.is_valid():
        made = form.line(line.key if line else ruleset.next_key(lines))
        try:
            acts.change(
                found, version, lambda there: ruleset.with_line(there, made),
                by=officer_of(request), now=clock.now(),
            )  # fmt: skip
        except CaseRefusedError as error:
            form.add_error(None, str(error))
            version = found.version  # what they wrote stays; sent again it is put into the newer
        else:
            flash.success(request, _("The rule is in the draft. Try it before it holds."))
            return redirect("settings:draft")
    return render(request, "cases/settings/rule.html", shared(
        officer_of(request), "routing", form=form, line=line, version=version,
    ), status=400 if form.is_bound else 200)  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_http_methods(["GET", "POST"])
def throw_away(request: HttpRequest) -> HttpResponseBase:
    """Throw the draft away."""
    found, by = _draft(request), officer_of(request)
    if request.method == "GET":
        return render(request, "cases/settings/throw_away.html", {
            "draft": found, "question": _("Throw this draft away?"), "danger": True,
            "button_text": _("Throw it away"),
        })  # fmt: skip
    version = _version(request)
    refused = _refused(request, "settings:draft", lambda: acts.throw_away(found, version, by=by))
    return refused or redirect("settings:routing")


# What it would have done ------------------------------------------------------


@officers(Acts.ROUTING_MANAGE)
@require_http_methods(["GET", "POST"])
def tried(request: HttpRequest) -> HttpResponseBase:
    """Try the draft on the last thirty days (POST); show what that found."""
    force, found = _force(request), _draft(request)
    if request.method == "POST":
        _try(force, found, officer_of(request))
        return redirect("settings:tried")
    return _tried(request, found, PutForm())


def _try(force: Force, found: RoutingSet, by: Officer) -> None:
    rules = ruleset.rules_of(ruleset.read(found.lines))
    trial = dryrun.trial(force, rules, version=found.version, now=clock.now())
    acts.keep_trial(found, trial.model_dump(mode="json"), by=by)


def _tried(request: HttpRequest, found: RoutingSet, form: PutForm) -> HttpResponseBase:
    trial = _trial(found)
    if trial is None:
        flash.warning(request, _("Try the draft first: it has not been tried as it is now."))
        return redirect("settings:draft")
    lines = ruleset.read(found.lines)
    names = dict(Unit.objects.filter(force=found.force_id).values_list("code", "name"))
    return render(request, "cases/settings/tried.html", shared(
        officer_of(request), "routing", draft=found, trial=trial, form=form,
        moves=[(names.get(move.went, move.went), names.get(move.would, move.would), move)
               for move in trial.moves],
        matched=[(line.name, trial.matched.get(line.name, 0)) for line in lines if line.on],
        unmatched=sum(trial.matched.get(by, 0) for by in ("message", "account", "force")),
        cut=trial.there > trial.seen,
    ), status=400 if form.is_bound else 200)  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """Show the cases of one move that the officer may read; the reading is recorded."""
    officer, now, trial = officer_of(request), clock.now(), _trial(_draft(request))
    went, would = request.GET.get("went", ""), request.GET.get("would", "")
    moves = trial.moves if trial else ()
    move = next((one for one in moves if (one.went, one.would) == (went, would)), None)
    if move is None:
        raise Http404
    mine = cases(officer).filter(reference__in=move.references)
    page = Paginator(with_facts(mine).order_by("-opened_at"), A_PAGE).get_page(
        request.GET.get("page")
    )
    if shown := [case.pk for case in page]:
        read(actor_of(request), Acts.CASE_READ, "cases_case", shown)
    names = dict(Unit.objects.filter(force=officer.force_id).values_list("code", "name"))
    return render(request, "cases/settings/moved.html", shared(
        officer, "routing", move=move, page=page, rows=[row(case, now) for case in page],
        went=names.get(went, went), would=names.get(would, would),
        unread=len(move.references) - page.paginator.count, cut=move.count - len(move.references),
    ))  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_POST
def put(request: HttpRequest) -> HttpResponseBase:
    """Put the draft in force."""
    found, form = _draft(request), PutForm(request.POST)
    if not form.is_valid():
        return _tried(request, found, form)
    by, now, version = officer_of(request), clock.now(), _version(request)
    refused = _refused(request, "settings:draft", lambda: acts.put_in_force(
        found, version, reason=form.cleaned_data["reason"], by=by, now=now,
    ))  # fmt: skip
    if refused is None:
        count = len(ruleset.rules_of(ruleset.read(found.lines)))
        words = ngettext("%(n)s rule holds now.", "%(n)s rules hold now.", count)
        flash.success(request, words % {"n": count})
    return refused or redirect("settings:routing")
