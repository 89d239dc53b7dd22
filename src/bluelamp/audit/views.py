"""Pages of the record: who did what, who read what, how far it is sealed.

Open to officers who may read the audit of their whole force; what they look at
is itself recorded.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bluelamp.audit import queries
from bluelamp.audit.actions import read, read_many
from bluelamp.audit.forms import FilterForm
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import ActorKind, Operation
from bluelamp.kit.access import whole_force
from bluelamp.kit.page import Link, Row, Tag

PAGE = 50
READ = "audit.read"


def _rooms(here: str) -> list[Link]:
    return [
        Link(_("Who did what"), reverse("audit:acts"), current=here == "acts"),
        Link(_("Seals"), reverse("audit:seals"), current=here == "seals"),
    ]


@whole_force(READ)
@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    """List acts; the search is recorded with its criteria."""
    force = _force(request)
    form = FilterForm(force, request.GET)
    found = queries.acts(force, form.wanted())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in request.GET.items() if value}
    read_many(_actor(request), READ, "audit_act", count=len(page), criteria=asked)
    context = {
        "rooms": _rooms("acts"),
        "form": form,
        "filtered": bool(asked),
        "page": page,
        "columns": [_("When"), _("Who"), _("What"), _("From where"), _("Why")],
        "rows": [_act_row(act) for act in page],
        "thing": _thing(form),
    }
    return render(request, "audit/acts.html", context)


def _thing(form: FilterForm) -> str:
    """Name the one thing that the list is about, if it is."""
    data = form.cleaned_data
    table, row = data.get("table"), data.get("row")
    return f"{queries.things().get(table, table)} {row}" if table and row else ""


def _force(request: HttpRequest) -> int:
    force: Any = request.force  # type: ignore[attr-defined]
    return int(force.pk)


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _act_row(act: Act) -> list[Any]:
    link = Link(f"{timezone.localtime(act.at):%d/%m/%Y %H:%M:%S}", _address(act))
    return [link, _who(act), act.act, act.source, _why(act)]


def _address(act: Act) -> str:
    return reverse("audit:act", args=[act.pk])


def _who(act: Act) -> str:
    if act.actor_kind == ActorKind.OFFICER:
        return act.actor_label
    if act.actor_label in ("", act.actor_kind):
        return act.actor_kind
    return f"{act.actor_label} ({act.actor_kind})"


def _why(act: Act) -> str:
    return _("(erased)") if act.reason is None else act.reason


@whole_force(READ)
@require_safe
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one act with what it changed and what it read."""
    shown = queries.act(_force(request), pk)
    if shown is None:
        raise Http404
    read(_actor(request), READ, "audit_act", [pk])
    page = Paginator(queries.entries(_force(request), shown), PAGE).get_page(
        request.GET.get("page")
    )
    facts = [
        Row(_("When"), f"{timezone.localtime(shown.at):%d/%m/%Y %H:%M:%S}"),
        Row(_("Who"), _who(shown)),
        Row(_("From where"), shown.source),
        Row(_("Why"), _why(shown)),
    ]
    context = {"act": shown, "facts": facts, "page": page, "entries": [_entry(e) for e in page]}
    return render(request, "audit/act.html", context)


_OPERATIONS = {
    Operation.INSERT: (gettext_lazy("Created"), "green"),
    Operation.UPDATE: (gettext_lazy("Changed"), "blue"),
    Operation.DELETE: (gettext_lazy("Deleted"), "red"),
    Operation.READ: (gettext_lazy("Read"), "yellow"),
    Operation.ERASE: (gettext_lazy("Erased"), "grey"),
}


def _entry(entry: Entry) -> dict[str, Any]:
    changes = queries.changes(entry)
    text, colour = _OPERATIONS[Operation(entry.op)]
    return {
        "tag": Tag(text, colour),  # type: ignore[arg-type]
        "thing": queries.things().get(entry.table, entry.table),
        "row": entry.row,
        "story": f"{reverse('audit:acts')}?table={entry.table}&row={entry.row}",
        "erased": changes is None,
        "reading": queries.reading(entry),
        "columns": [_("Column"), _("Before"), _("After")],
        "changes": [[c.column, _plain(c.old), _plain(c.new)] for c in changes or ()],
    }


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


@whole_force(READ)
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Show how far the record is sealed, and how to verify it."""
    status = queries.seal_status()
    body = status.last.body if status.last else None
    at = datetime.fromtimestamp(body.at / 1_000_000, UTC) if body else None
    facts = [
        Row(_("Newest seal"), body.id if body else _("None yet")),
        Row(_("Sealed at"), f"{timezone.localtime(at):%d/%m/%Y %H:%M:%S}" if at else ""),
        Row(_("Root"), body.root if body else ""),
        Row(_("Acts since"), status.unsealed),
    ]
    context = {"rooms": _rooms("seals"), "facts": facts, "status": status}
    return render(request, "audit/seals.html", context)
