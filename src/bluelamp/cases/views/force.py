"""Numbers and switches: what a force sets for itself, looked at before it holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.cases.actions.settings import set_setting
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import ReasonForm
from bluelamp.cases.forms.boxes import limits
from bluelamp.cases.forms.settings import SettingForm, said, said_usual
from bluelamp.cases.queries import settings as found_in
from bluelamp.cases.queries.settings import Changed
from bluelamp.cases.views.settings import force_of, shared
from bluelamp.kit.page import Column, Row
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Force
from bluelamp.org.rules.settings import Setting
from bluelamp.org.values import Acts


def _force(request: HttpRequest) -> Force:
    return force_of(request, Acts.SETTING_MANAGE)


@officers(Acts.SETTING_MANAGE)
@require_GET
def force(request: HttpRequest) -> HttpResponse:
    """Show each setting: what it means, what holds, what is usual, since when and by whom."""
    ours, settings = _force(request), found_in.all_settings()
    last = found_in.changed_last(ours, [one.key for one in settings])
    return render(request, "cases/settings/force.html", shared(
        officer_of(request), "force", columns=_columns(),
        settings=[_shown(ours, one, last[one.key]) for one in settings],
    ))  # fmt: skip


def _columns() -> list[Column]:
    return [Column(_("What")), Column(_("Holds now")), Column(_("Usual")), Column(_("Between"))]


def _shown(ours: Force, setting: Setting[Any], last: Changed) -> dict[str, Any]:
    value = setting.read(ours.settings)
    own, lines = value != setting.usual, _lines(setting, value)
    _label, holds, usual, _limits = lines[0]
    rows = [Row(_("Holds now"), holds), *([Row(_("Usual"), usual)] if own else [])]
    return {
        "setting": setting, "own": own, "last": last, "strange": _strange(setting, ours),
        "lines": lines if len(lines) > 1 else [], "rows": rows,
    }  # fmt: skip


def _lines(setting: Setting[Any], value: Any) -> list[tuple[str, str | list[str], str, str]]:
    """Return for each part what it is called, what holds, what is usual, its limits."""
    now, usual = setting.apart(value), setting.apart(setting.usual)
    return [
        (_(part.label), said(part, now[name]), said_usual(part, usual[name]), limits(part.kind))
        for name, part in setting.parts.items()
    ]


def _strange(setting: Setting[Any], ours: Force) -> list[str]:
    """Say what is stored and out of order."""
    name = _(setting.name)
    return [
        _("What is stored for “%(place)s” is out of order: the usual holds")
        % {"place": _(place) or name}
        for place in setting.strange(ours.settings)
    ]


@officers(Acts.SETTING_MANAGE)
@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Change one setting: filled in, then looked at beside what holds, then put in force."""
    ours, found = _force(request), found_in.setting_of(kind)
    if found is None:
        raise Http404
    step = request.POST.get("step", "look")
    back = step == "usual" or (step == "save" and "back" in request.POST)
    form = SettingForm(request.POST or None, setting=found, force=ours)
    if form.is_bound and step != "again" and (back or form.is_valid()):
        value = found.usual if back else form.value()
        reason = ReasonForm(request.POST if step == "save" else None)
        if step != "save" or not reason.is_valid():
            return _looked_at(request, form, value, reason, back=back)
        if _saved(request, form, value, reason.cleaned_data["reason"]):
            return redirect("settings:force")
        return _filled_in(request, form, seen="")
    return _filled_in(request, form, seen=request.POST.get("was", ""))


def _saved(request: HttpRequest, form: SettingForm, value: Any, reason: str) -> bool:
    was, by = request.POST.get("was", ""), officer_of(request)
    try:
        set_setting(_force(request), form.setting, value, was=was, reason=reason, by=by)
    except CaseRefusedError as error:
        form.full_clean()
        form.add_error(None, str(error))
        return False
    flash.success(request, _("It holds from now on."))
    return True


def _filled_in(request: HttpRequest, form: SettingForm, *, seen: str) -> HttpResponse:
    """Show the boxes.

    :param seen: the mark of what the officer saw already; empty: they see it now.
    """
    ours, found = _force(request), form.setting
    wrong = request.POST.get("step") != "again" and bool(form.errors)
    return render(request, "cases/settings/force_setting.html", shared(
        officer_of(request), "force", form=form, setting=found,
        stored=found.key in ours.settings, strange=_strange(found, ours),
        last=found_in.changed_last(ours, [found.key])[found.key],
        was=seen or found_in.mark(ours, found.key),
    ), status=400 if wrong else 200)  # fmt: skip


def _looked_at(
    request: HttpRequest, form: SettingForm, value: Any, reason: ReasonForm, *, back: bool
) -> HttpResponse:
    """Show what would hold beside what does; nothing is changed yet."""
    found = form.setting
    now, then = (found.apart(one) for one in (found.read(_force(request).settings), value))
    changed = [
        (_(part.label), said(part, now[name]), said(part, then[name]))
        for name, part in found.parts.items() if now[name] != then[name]
    ]  # fmt: skip
    return render(request, "cases/settings/force_effect.html", shared(
        officer_of(request), "force", form=reason, setting=found, back=back, changed=changed,
        columns=[Column(_("What")), Column(_("Now")), Column(_("From then on"))],
        was=request.POST.get("was", ""),
        given=[(name, one) for name in form.fields for one in request.POST.getlist(name)],
    ), status=400 if reason.errors else 200)  # fmt: skip
