"""What is done to a case from its page: taken, given, sent on, assessed, noted, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bluelamp.cases.actions import assess as assessing
from bluelamp.cases.actions import close as closing
from bluelamp.cases.actions import hold as holding
from bluelamp.cases.actions import notes, own
from bluelamp.cases.models import Case
from bluelamp.cases.queries.queue import cases
from bluelamp.cases.views.casefile import make_forms, page
from bluelamp.cases.views.shared import case_of, done, who
from bluelamp.kit import clock
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

Change = Callable[[Case, dict[str, Any]], object]


def change(
    request: HttpRequest, reference: str, name: str, change: Change, said: str
) -> HttpResponseBase:
    """Make a change with the form of that name, or show the page with what is wrong."""
    case = case_of(request, reference)
    form = make_forms(case, officer_of(request), clock.now(), request.POST)[name]
    if not done(form, lambda given: change(case, given)):
        return page(request, case, {name: form})
    flash.success(request, said)
    if cases(officer_of(request)).filter(pk=case.pk).exists():
        return redirect("cases:case", case.reference)
    return redirect("cases:queue")  # it went where the officer may not follow


def _named(request: HttpRequest, pk: str) -> Officer:
    return get_object_or_404(Officer, pk=pk, force=officer_of(request).force_id, is_active=True)


# Who has it ---------------------------------------------------------------------


@officers(Acts.CASE_WORK)
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Take a case."""
    return change(
        request, reference, "plain", lambda case, _given: own.take(case, **who(request)),
        _("The case is yours"),
    )  # fmt: skip


@officers(Acts.CASE_WORK, Acts.CASE_ASSIGN)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Put a case back to its unit."""
    return change(
        request, reference, "plain", lambda case, _given: own.release(case, **who(request)),
        _("The case is back in the unit’s queue"),
    )  # fmt: skip


@officers(Acts.CASE_WORK, Acts.CASE_ASSIGN)
@require_POST
def give(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Give a case to a colleague."""
    return change(
        request, reference, "give",
        lambda case, given: own.give(case, _named(request, given["to"]), **who(request)),
        _("Given"),
    )  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def send(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Send a case to another unit."""
    return change(
        request, reference, "send",
        lambda case, given: own.send_to(
            case, given["unit"], reason=given["reason"], **who(request)
        ),
        _("Sent to the other unit"),
    )  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def reopen(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Open a closed case again."""
    return change(
        request, reference, "reopen",
        lambda case, given: closing.reopen(case, reason=given["reason"], **who(request)),
        _("Opened again"),
    )  # fmt: skip


# What is thought and noted of it ---------------------------------------------------


@officers(Acts.CASE_WORK)
@require_POST
def assess(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Decide how severe it is."""
    return change(
        request, reference, "assess",
        lambda case, given: assessing.assess(
            case, given["severity"], reason=given["reason"],
            headings={name: [] for name in given["headings"]}, **who(request),
        ),
        _("Your assessment is kept"),
    )  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Write a note."""
    return change(
        request, reference, "note",
        lambda case, given: notes.note(
            case, given["text"], mentions=[_named(request, pk) for pk in given["mentions"]],
            **who(request),
        ),
        _("Your note is kept"),
    )  # fmt: skip


@officers(Acts.CASE_WORK)
@require_POST
def task(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Note something to be done."""
    case = case_of(request, reference)
    form: Any = make_forms(case, officer_of(request), clock.now(), request.POST)["task"]

    def added(given: dict[str, Any]) -> object:
        to = _named(request, given["officer"]) if given["officer"] else None
        return notes.add_task(
            case, given["words"], officer=to, due_at=form.due_at(), **who(request)
        )

    if not done(form, added):
        return page(request, case, {"task": form})
    flash.success(request, _("Added to what is to be done"))
    return redirect("cases:case", case.reference)


@officers(Acts.CASE_WORK)
@require_POST
def task_done(request: HttpRequest, reference: str, task: int) -> HttpResponseBase:
    """Mark a task as done."""
    case = case_of(request, reference)
    found = get_object_or_404(case.tasks, pk=task)
    notes.finish_task(found, **who(request))
    flash.success(request, _("Done: %(words)s") % {"words": found.words})
    return redirect("cases:case", case.reference)


@officers(Acts.CASE_HOLD)
@require_POST
def hold(request: HttpRequest, reference: str, row: int) -> HttpResponseBase:
    """Keep what its author took down, or end the keeping."""
    case = case_of(request, reference)
    found = get_object_or_404(case.items.select_related("case__unit", "item"), pk=row)
    if found.item.held:
        return change(
            request, reference, "hold",
            lambda _case, given: holding.let_go(found, reason=given["reason"], **who(request)),
            _("Let go: the words go within the day"),
        )  # fmt: skip
    return change(
        request, reference, "hold",
        lambda _case, given: holding.hold(found, grounds=given["reason"], **who(request)),
        _("The words are kept under your grounds"),
    )  # fmt: skip
