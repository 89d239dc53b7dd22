"""What we say: the force's own words in what goes out by itself, looked at before they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.cases.actions import wording as acts
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import ReasonForm
from bluelamp.cases.forms.wording import OutcomesForm, TextForm, said
from bluelamp.cases.queries import wording as found_in
from bluelamp.cases.queries.settings import changed_last, mark
from bluelamp.cases.queries.wording import Preview
from bluelamp.cases.rules import outcomes as list_of
from bluelamp.cases.rules import wording as rules
from bluelamp.cases.rules.outcomes import USUAL, Choice
from bluelamp.cases.rules.wording import OUTCOME, TEXTS, Text
from bluelamp.cases.views.settings import force_of, shared
from bluelamp.kit import clock
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Force
from bluelamp.org.values import Acts

FORM = TextForm | OutcomesForm


@officers(Acts.WORDING_MANAGE)
@require_GET
def wording(request: HttpRequest) -> HttpResponse:
    """Show what goes out by itself, in whose words, and how long it is."""
    force, opens = force_of(request, Acts.WORDING_MANAGE), _opens()
    return render(request, "cases/settings/wording.html", shared(
        officer_of(request), "wording", texts=[_shown(force, text, opens) for text in TEXTS],
        outcome=OUTCOME, choices=list_of.outcomes(force.settings),
        own_outcomes=OUTCOME.key in force.settings,
    ))  # fmt: skip


def _opens() -> datetime:
    """Return the opening that previews show: eight in the morning, tomorrow."""
    return localtime(clock.now()).replace(hour=8, minute=0) + timedelta(days=1)


def _shown(force: Force, text: Text, opens: datetime) -> dict[str, Any]:
    words, own = rules.holding(force.settings, text), rules.own(force.settings, text)
    return {
        "text": text, "own": own is not None, "words": words,
        "unread": rules.unread(force.settings, text),
        "out": _out(force, text, words, opens), "flaws": said(rules.flaws(text, words)),
    }  # fmt: skip


def _out(force: Force, text: Text, words: str, opens: datetime) -> Preview | None:
    """Return words as they go out; ``None`` where they stand on a page, or nothing is said."""
    if not text.goes_out or not words:
        return None
    return found_in.preview(found_in.as_sent(force, text, words, opens))


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a change, before or after."""

    title: str
    words: str
    out: Preview | None


@dataclass(frozen=True, slots=True)
class _Change:
    """What is changed on a page, and how it is looked at and put in force."""

    text: Text
    form: FORM
    sides: Callable[[bool], list[tuple[_Side | None, _Side | None]]]
    """What was and what will be, side by side; told whether the product's words come back."""
    warned: Callable[[bool], list[str]]
    put: Callable[[bool, str], None]
    """Put it in force, with the reason."""
    by_place: bool = False
    """Whether the boxes are known by their place in what was seen."""


@officers(Acts.WORDING_MANAGE)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Change one text: written, then looked at as it goes out, then put in force."""
    force, found = force_of(request, Acts.WORDING_MANAGE), rules.text_of(kind)
    if found is None:
        raise Http404
    now_said = rules.holding(force.settings, found)
    form = TextForm(request.POST or None, text=found, holding=now_said)

    def then(back: bool) -> str:
        return found.usual if back else str(form.cleaned_data["words"])

    def side(words: str) -> _Side:
        return _Side("", words, _out(force, found, words, _opens()))

    return _changed(request, "cases/settings/wording_text.html", _Change(
        found, form, lambda back: [(side(now_said), side(then(back)))],
        lambda back: said(rules.warned(found, then(back))),
        lambda back, reason: acts.set_text(
            force, found.key, None if back else then(False), was=request.POST.get("was", ""),
            reason=reason, by=officer_of(request),
        ),
    ))  # fmt: skip


@officers(Acts.WORDING_MANAGE)
@require_http_methods(["GET", "POST"])
def outcomes(request: HttpRequest) -> HttpResponseBase:
    """Change what cases are closed with, and what their citizens are told."""
    force = force_of(request, Acts.WORDING_MANAGE)
    now_said = list_of.outcomes(force.settings)
    form = OutcomesForm(request.POST or None, choices=now_said)

    def then(back: bool) -> list[Choice]:
        return list(USUAL) if back else form.choices()

    return _changed(request, "cases/settings/wording_outcomes.html", _Change(
        OUTCOME, form, lambda back: _beside(now_said, then(back)), lambda _back: [],
        lambda back, reason: acts.set_outcomes(
            force, None if back else then(False), was=request.POST.get("was", ""),
            reason=reason, by=officer_of(request),
        ), by_place=True,
    ))  # fmt: skip


def _beside(
    before: tuple[Choice, ...], after: list[Choice]
) -> list[tuple[_Side | None, _Side | None]]:
    """Return what changes of a list, each outcome beside what it was."""
    was, will = ({one.key: one for one in side} for side in (before, after))
    keys = [key for key in {**was, **will} if was.get(key) != will.get(key)]
    return [(_side(was.get(key)), _side(will.get(key))) for key in keys]


def _side(choice: Choice | None) -> _Side | None:
    if choice is None:
        return None
    return _Side(choice.name, choice.words, found_in.preview(choice.words))


def _changed(request: HttpRequest, template: str, change: _Change) -> HttpResponseBase:
    """Go a step further: write, look, put in force."""
    step = request.POST.get("step", "look")
    back = step == "usual" or (step == "save" and "back" in request.POST)
    asked = change.form.is_bound and step != "again"
    if asked and (back or change.form.is_valid()):
        reason = ReasonForm(request.POST if step == "save" else None)
        if step != "save" or not reason.is_valid():
            return _looked_at(request, change, reason, back=back)
        if _saved(request, change, reason.cleaned_data["reason"], back=back):
            return redirect("settings:wording")
        if change.by_place:  # rows are known by their place, and these are others now
            flash.error(request, str(change.form.non_field_errors()[0]))
            return redirect("settings:wording_outcomes")
        return _written(request, template, change, seen="")
    return _written(request, template, change, seen=request.POST.get("was", ""))


def _saved(request: HttpRequest, change: _Change, reason: str, *, back: bool) -> bool:
    try:
        change.put(back, reason)
    except CaseRefusedError as error:
        if back:
            change.form.full_clean()
        change.form.add_error(None, str(error))
        return False
    flash.success(request, _("It holds from now on."))
    return True


def _written(request: HttpRequest, template: str, change: _Change, *, seen: str) -> HttpResponse:
    """Show the boxes.

    :param seen: the mark of what the officer saw already; empty: they see it now.
    """
    force, key = force_of(request, Acts.WORDING_MANAGE), change.text.key
    wrong = request.POST.get("step") != "again" and bool(change.form.errors)
    last = changed_last(force, [key])[key]
    return render(request, template, shared(
        officer_of(request), "wording", form=change.form, text=change.text, usual=USUAL,
        own=key in force.settings, who=last.who, at=last.at, was=seen or mark(force, key),
    ), status=400 if wrong else 200)  # fmt: skip


def _looked_at(
    request: HttpRequest, change: _Change, reason: ReasonForm, *, back: bool
) -> HttpResponse:
    """Show how it goes out, beside what holds now; nothing is changed yet."""
    sides, form = change.sides(back), change.form
    return render(request, "cases/settings/wording_effect.html", shared(
        officer_of(request), "wording", form=reason, text=change.text, sides=sides, back=back,
        same=all(one == two for one, two in sides),
        warned=change.warned(back), was=request.POST.get("was", ""),
        given=[(name, form[name].value()) for name in form.fields],
    ), status=400 if reason.errors else 200)  # fmt: skip
