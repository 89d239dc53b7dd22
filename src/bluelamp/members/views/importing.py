"""Taking people in from a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.page import Tile
from bluelamp.members import forms
from bluelamp.members.importing import store
from bluelamp.members.views.shared import show_page
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_IMPORT)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take members in from a CSV, or only check it."""
    officer = officer_of(request)
    permit.require(officer, Acts.MEMBER_IMPORT, officer.force)
    if request.method != "POST":
        return show_page(request, "import", "import", {"form": forms.ImportForm()})
    form = forms.ImportForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= _imported(request, form)
        except BluelampError as error:
            form.add_error("file", str(error))
    return show_page(request, "import", "import", context)


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
