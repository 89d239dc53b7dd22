"""What every page of cases needs: the case, guarded; who may be named on it; refusals as words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import people
from bluelamp.cases.models import Case
from bluelamp.cases.queries.queue import case_known_as, workers
from bluelamp.cases.rules.reference import read_any
from bluelamp.kit import clock
from bluelamp.org.gate import officer_of
from bluelamp.org.models import Unit
from bluelamp.org.queries import on_shift


def case_of(request: HttpRequest, reference: str) -> Case:
    """Return a case that the officer may read, however its reference is written.

    :raises Http404: there is none, or it is not within the officer's grants.
    """
    found = case_known_as(officer_of(request), read_any(reference))
    if found is None:
        raise Http404
    return found


def crew(unit: Unit, *, now: datetime, but: int = 0) -> list[tuple[str, str]]:
    """Return who may work on a unit's cases as choices, those on shift first."""
    there = {one.pk for one in on_shift(unit, now)}
    found = [one for one in workers(unit, now=now) if one.pk != but]
    found.sort(key=lambda one: (one.pk not in there, one.name))
    words = _("%(name)s – on shift")
    return people(found, lambda o: words % {"name": o.label} if o.pk in there else o.label)


def done(form: Form, change: Callable[[dict[str, Any]], object]) -> bool:
    """Make the change if the form is in order; what is refused stands on the form."""
    if not form.is_valid():
        return False
    try:
        change(form.cleaned_data)
    except CaseRefusedError as error:
        form.add_error(None, str(error))
        return False
    return True


def who(request: HttpRequest) -> dict[str, Any]:
    """Return who acts and when, as the actions want it."""
    return {"by": officer_of(request), "now": clock.now()}
