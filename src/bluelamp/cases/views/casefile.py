"""A case: one page with everything about it, opened with permission and a recorded reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases import forms, labels
from bluelamp.cases.actions.answer import may_approve
from bluelamp.cases.models import Assessment, Case
from bluelamp.cases.queries import casefile as found_in
from bluelamp.cases.queries.approvals import mark_now
from bluelamp.cases.queries.guidance import tags
from bluelamp.cases.queries.queue import row, units, with_facts
from bluelamp.cases.queries.way import Way, no_way, spoken, way_to
from bluelamp.cases.rules.naming import shown_name
from bluelamp.cases.rules.outcomes import outcomes
from bluelamp.cases.values import CaseState, Joined
from bluelamp.cases.views import place as placing
from bluelamp.cases.views.beside import beside
from bluelamp.cases.views.citizen_access import citizen_access
from bluelamp.cases.views.person import beside as of_person
from bluelamp.cases.views.proposals import beside as of_incident
from bluelamp.cases.views.shared import case_of, crew
from bluelamp.cases.views.systems import elsewhere
from bluelamp.channels.models import Act
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import only_claims_its_sender
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

HISTORY = 50
"""The most cases, and the most messages, that somebody's history shows."""


@officers(Acts.CASE_READ)
@require_GET
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a case."""
    return page(request, case_of(request, reference))


def page(
    request: HttpRequest, case: Case, bound: dict[str, Form] | None = None, **more: Any
) -> HttpResponse:
    """Show a case with its forms; ``bound`` are those that were not in order."""
    officer, now = officer_of(request), clock.now()
    read(actor_of(request), Acts.CASE_READ, "cases_case", [case.pk])
    wrong = bound or {}
    item = found_in.answered(case, officer, asked(request))
    return render(request, "cases/console/case.html", {
        **_head(case, officer, now),
        "entries": [_entry(one, officer) for one in found_in.conversation(case)],
        "tasks": case.tasks.select_related("officer").order_by("done_at", "due_at", "pk"),
        **_thought(case),
        "routed": _routed(case),
        "elsewhere": elsewhere(case),
        **placing.shown(case, now),
        "reply": _reply(case, officer, now, item),
        "guidance": beside(case, officer, way_to(case, item), request.GET.get("guidance", "")),
        **_tags(case),
        "citizen_access": citizen_access(case, officer),
        "person": of_person(case, officer),
        "incident": of_incident(case, officer),
        "may": _may(case, officer),
        "forms": make_forms(case, officer, now) | wrong,
        "wrong": list(wrong.values()),
        "form": next(iter(wrong.values()), None),
        "opened": dict.fromkeys(wrong, True),
        "watch": {"url": reverse("cases:facts", args=[case.reference]),
                  "now": found_in.fingerprint(case)},
        **more,
    }, status=400 if wrong else 200)  # fmt: skip


def _head(case: Case, officer: Officer, now: datetime) -> dict[str, Any]:
    return {
        "case": case,
        "title": case.title,
        "severity": labels.severity_tag(case.severity),
        "state": labels.state_tag(case.state),
        "closed": case.state == CaseState.CLOSED,
        "mine": case.owner_id == officer.pk,
        "promises": [_promise(one) for one in found_in.promises(case, now=now)],
    }


def _promise(one: found_in.Promise) -> dict[str, Any]:
    overdue = one.left is not None and one.left.total_seconds() <= 0
    words = ""
    if one.left is not None:
        length = labels.span(one.left)
        words = (_("overdue by %(length)s") if overdue else _("due in %(length)s")) % {
            "length": length
        }  # fmt: skip
    return {
        "kind": labels.KINDS[one.kind],
        "tag": labels.clock_tag("breached" if overdue else one.state),
        "words": words,
        "at": one.due_at or one.met_at,
        "overdue": overdue,
    }


# The conversation ---------------------------------------------------------------


def _entry(entry: found_in.Entry, officer: Officer) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": entry.kind, "at": entry.at, "passed_on": entry.passed_on}
    if entry.heard is not None:
        item = entry.heard.item
        channel = labels.channel(item.channel)
        shown |= {
            "row": entry.heard, "item": item, "channel": channel,
            "who": item.sender_name or item.sender or _("Somebody"),
            "public": item.visibility == "public", "automatic": item.kind != "human",
            "claimed": only_claims_its_sender(item),
            "why": labels.JOINED[entry.heard.why] if entry.heard.why != Joined.OPENED else "",
            "gone": item.deleted_at is not None and not item.text,
        }  # fmt: skip
    if entry.said is not None:
        act = entry.said.act
        mine = entry.said.state == "submitted" and may_approve(officer, entry.said)
        shown |= {
            "reply": entry.said, "act": act,
            "tag": labels.reply_tag(entry.said.state, act.state if act else ""),
            "account": act.account if act else None,
            "public": act is not None and act.utterance.get("visibility") == "public",
            "may_approve": mine, "seen": mark_now(entry.said) if mine else "",
        }  # fmt: skip
    if entry.automatic is not None:
        shown |= _automatic(entry.automatic)
    return shown | {"note": entry.note}


def _automatic(act: Act) -> dict[str, Any]:
    return {
        "act": act, "tag": labels.reply_tag("", act.state), "account": act.account,
        "public": act.utterance.get("visibility") == "public",
        "words": act.utterance.get("text", ""),
    }  # fmt: skip


def _thought(case: Case) -> dict[str, Any]:
    """Return the assessment that holds, and those before it."""
    found = case.assessments.select_related("by").order_by("-at", "-pk")
    shown = [_assessed(one) for one in found]
    return {"assessed": shown[0] if shown else None, "before": shown[1:]}


def _assessed(one: Assessment) -> dict[str, Any]:
    named = one.headings.items() if isinstance(one.headings, dict) else ()
    return {
        "one": one,
        "severity": labels.severity_tag(one.severity),
        "headings": [(labels.heading(name), _said(words)) for name, words in named],
    }


def _said(words: Any) -> list[str]:
    """Return the words under a heading, whether they are a list or one text."""
    return [str(word) for word in words] if isinstance(words, (list, tuple)) else [str(words)]


def _routed(case: Case) -> str:
    usual = {
        "message": _("It answers a message of this unit."),
        "account": _("It came to an account of this unit."),
        "force": _("No rule spoke of it: the force’s own queue."),
    }
    by = case.routed.get("by", "")
    if by == "rule":
        return _("By the rule “%(name)s”.") % {"name": case.routed.get("name", "")}
    return usual.get(by, _("An officer put it here."))


# The reply box ------------------------------------------------------------------


def asked(request: HttpRequest) -> int | None:
    """Return which of the things said in a case somebody asks to answer."""
    return number(request.POST.get("item", "") or request.GET.get("answer", ""))


def _reply(case: Case, officer: Officer, now: datetime, item: Item | None) -> dict[str, Any]:
    way, draft = way_to(case, item), found_in.draft_of(case, officer)
    said = list(spoken(case).values_list("pk", flat=True))
    newest = found_in.newest_answer(case)
    text = draft.text if draft else ""
    return {
        "way": shown_way(way), "no_way": "" if way else no_way(case, item),
        "item": item, "others": said if len(said) > 1 else [], "last": said[0] if said else None,
        "draft": draft, "newest": newest,
        "fit": way.fit(text) if way and text else None,
        "rows": min(18, max(6, sum(1 + len(line) // 60 for line in text.split("\n")))),
        "answering": found_in.answering(case, officer, now=now),
    }  # fmt: skip


def shown_way(way: Way | None) -> dict[str, Any] | None:
    """Say on which account an answer goes, to whom, and who can read it."""
    if way is None:
        return None
    item = way.item
    name = item.channel if item.external_id else way.adapter.channel
    return {
        "account": way.account, "channel": labels.channel(name),
        "to": item.sender_name or item.sender, "public": way.public, "subject": way.blank.subject,
        "address": "" if way.public else way.blank.to,
    }  # fmt: skip


def _may(case: Case, officer: Officer) -> dict[str, bool]:
    acts = {"work": Acts.CASE_WORK, "assign": Acts.CASE_ASSIGN, "hold": Acts.CASE_HOLD}
    return {name: permit.may(officer, act, case) for name, act in acts.items()}


def make_forms(case: Case, officer: Officer, now: datetime, data: Any = None) -> dict[str, Form]:
    """Return the forms of a case's page, each with identifiers of its own."""
    named = crew(case.unit, now=now)
    draft = found_in.draft_of(case, officer)
    others = [unit for unit in units(officer) if unit.pk != case.unit_id]
    return {
        "reply": forms.ReplyForm(data, auto_id="reply_%s",
                                 initial={"text": draft.text if draft else ""}),
        "assess": forms.AssessForm(data, auto_id="assess_%s",
                                   initial={"severity": str(case.severity)}),
        "note": forms.NoteForm(data, auto_id="note_%s",
                               people=[one for one in named if one[0] != str(officer.pk)]),
        "task": forms.TaskForm(data, auto_id="task_%s", people=named),
        "give": forms.GiveForm(data, auto_id="give_%s",
                               people=[one for one in named if one[0] != str(case.owner_id)]),
        "send": forms.SendForm(data, auto_id="send_%s", units=others),
        "close": forms.CloseForm(data, auto_id="close_%s",
                                 outcomes=outcomes(case.force.settings)),
        "showing": forms.ShowingForm(data, auto_id="showing_%s"),
        "reopen": forms.ReopenForm(data, auto_id="reopen_%s"),
        "history": forms.HistoryForm(data, auto_id="history_%s"),
        "return": forms.ReasonForm(data, auto_id="return_%s"),
        "hold": forms.ReasonForm(data, auto_id="hold_%s"),
        "plain": forms.PlainForm(data, auto_id="plain_%s"),
    }  # fmt: skip


def _tags(case: Case) -> dict[str, Any]:
    """Return the tags that a case carries, and those that could be put on it."""
    carried = [one.tag for one in case.tagged.select_related("tag").order_by("tag__key")]
    there = {tag.pk for tag in carried}
    return {"tags": carried, "more_tags": [one for one in tags(case.force) if one.pk not in there]}


# Alongside ------------------------------------------------------------------------


@officers(Acts.CASE_READ)
@require_GET
def facts(request: HttpRequest, reference: str) -> JsonResponse:
    """Say who is answering now, and whether something new was said."""
    found, officer = case_of(request, reference), officer_of(request)
    names = found_in.answering(found, officer, now=clock.now())
    return JsonResponse({
        "facts": {"answering": answering_words(names), "newest": found_in.fingerprint(found)}
    })  # fmt: skip


def answering_words(names: list[str]) -> str:
    """Say that colleagues are answering; nothing where nobody is."""
    return _("%(names)s is answering now.") % {"names": ", ".join(names)} if names else ""


@officers(Acts.CASE_READ)
@require_POST
def history(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what else the same person brought and said; the reason is recorded."""
    found, officer, now = case_of(request, reference), officer_of(request), clock.now()
    form = make_forms(found, officer, now, request.POST)["history"]
    if not form.is_valid():
        return page(request, found, {"history": form})
    reason = form.cleaned_data["reason"]
    theirs = list(with_facts(found_in.other_cases(found, officer))[:HISTORY])
    said = list(found_in.other_items(found, officer)[:HISTORY])
    actor = actor_of(request)
    read(
        actor, Acts.CASE_READ, "cases_case", [one.pk for one in theirs] or [found.pk], reason=reason
    )
    if said:
        read(actor, "inbound.read", "inbound_item", [one.pk for one in said], reason=reason)
    return render(request, "cases/console/history.html", {
        "case": found, "reason": reason, "rows": [row(one, now) for one in theirs],
        "items": [{"item": one, "channel": labels.channel(one.channel)} for one in said],
        "who": shown_name(getattr(found.contact, "name", "") or "", "") or _("this person"),
    })  # fmt: skip
