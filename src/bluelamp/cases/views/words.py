"""Words: the lists that triage and moderation read by, changed after a look at what that does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.forms.words import FileForm, LoudForm, TermForm, TextForm
from bluelamp.cases.queries import words as found_in
from bluelamp.cases.queries.routing import tongue, topic
from bluelamp.cases.queries.words import KINDS, LOUD, Wanted
from bluelamp.cases.rules.sorting import title_of
from bluelamp.cases.views.settings import shared
from bluelamp.inbound import trial
from bluelamp.inbound.rules.severity import HERE_AND_NOW, TOLD_OF
from bluelamp.inbound.wordbook import MODERATION, UNSAFE
from bluelamp.kit import clock
from bluelamp.kit.page import Tag, Words
from bluelamp.language import actions as acts
from bluelamp.language import importing
from bluelamp.language.errors import LanguageError
from bluelamp.language.queries import (
    Held,
    lines_of,
    own_words,
    own_words_but,
    version_of,
    words_of,
    words_with,
)
from bluelamp.language.rules import merging
from bluelamp.language.rules.lexicon import Mark
from bluelamp.language.rules.weakening import weakened
from bluelamp.language.sheets import written
from bluelamp.language.values import ListKind, Origin, Term
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Force
from bluelamp.org.values import Acts

A_PAGE = 50
NAMES: dict[str, tuple[Words, Words]] = {
    ListKind.EMERGENCY: (
        gettext_lazy("Emergencies"), gettext_lazy("Signs that somebody needs help now"),
    ),
    ListKind.THRIVE: (
        gettext_lazy("THRIVE"), gettext_lazy("Words under the headings that officers assess by"),
    ),
    ListKind.RELEVANCE: (
        gettext_lazy("What matters"), gettext_lazy("What informs, and what is chatter"),
    ),
    UNSAFE: (
        gettext_lazy("Not alone"),
        gettext_lazy("Signs that somebody else may read what we send them"),
    ),
    MODERATION: (gettext_lazy("Moderation"), gettext_lazy("What an officer is warned of")),
}  # fmt: skip
_OWN_HEADINGS: dict[str, Words] = {
    HERE_AND_NOW: gettext_lazy("Here and now"),
    TOLD_OF: gettext_lazy("Only told of"),
}
ORIGINS: dict[str, Tag] = {
    Origin.PRODUCT: Tag(gettext_lazy("Bluelamp’s"), "grey"),
    Origin.SHARED: Tag(gettext_lazy("Shared"), "teal"),
    Origin.OWN: Tag(gettext_lazy("Ours"), "blue"),
}


def _force(request: HttpRequest, kind: str) -> Force:
    if kind not in KINDS:
        raise Http404
    officer = officer_of(request)
    permit.require(officer, acts.act_of(kind), officer.force)
    return officer.force


def _open_kinds(request: HttpRequest) -> list[str]:
    officer = officer_of(request)
    return [one for one in KINDS if permit.may(officer, acts.act_of(one), officer.force)]


def _heading(name: str) -> str:
    return str(_OWN_HEADINGS.get(name) or topic(name))


# The lists, and a text to try ---------------------------------------------------


@officers(Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """Show the lists; read a text by them and say why."""
    kinds, force = _open_kinds(request), officer_of(request).force
    permit.require(officer_of(request), acts.act_of(kinds[0] if kinds else MODERATION), force)
    form = TextForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = _read(force, form.cleaned_data["text"])
    return render(request, "cases/settings/words.html", shared(
        officer_of(request), "words", form=form, found=found,
        kinds=[(kind, *NAMES[kind], found_in.tally(force, kind)) for kind in kinds],
    ), status=400 if form.is_bound and not found else 200)  # fmt: skip


def _read(force: Force, text: str) -> dict[str, Any]:
    said = found_in.read_text(force, text)
    return {
        "severity": labels.severity_tag(said.found.severity),
        "points": said.found.danger.points,
        "headings": [labels.heading(one.heading) for one in said.found.proposals],
        "language": tongue(said.found.tongue.code) if said.found.tongue.code else "",
        "lists": [
            (NAMES[kind][0], [_mark(kind, mark) for mark in marks])
            for kind, marks in said.marks
            if marks
        ],
    }  # fmt: skip


def _mark(kind: str, mark: Mark) -> dict[str, Any]:
    return {
        "words": mark.words, "heading": _heading(mark.term.heading), "points": mark.points,
        "line": mark.term.text, "url": _line_url(kind, mark.term),
    }  # fmt: skip


def _line_url(kind: str, term: Term) -> str:
    known = {"text": term.text, "heading": term.heading, "language": term.language}
    return f"{reverse('settings:line', args=[kind])}?{urlencode(known)}"


@officers(Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)
@require_GET
def listed(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the lines of a kind: all, or those that are looked for."""
    force, asked = _force(request, kind), request.GET
    wanted = Wanted(
        words=asked.get("q", "")[:100].strip(), heading=asked.get("heading", "")[:40],
        origin=asked.get("origin", "")[:8], off=bool(asked.get("off")),
    )  # fmt: skip
    every = lines_of(force, kind)
    page = Paginator(found_in.lines(force, kind, wanted), A_PAGE).get_page(asked.get("page"))
    return render(request, "cases/settings/word_list.html", shared(
        officer_of(request), "words", kind=kind, name=NAMES[kind][0], about=NAMES[kind][1],
        page=page, wanted=wanted, rows=[_row(kind, one) for one in page], any=bool(every),
        headings=[(one, _heading(one)) for one in found_in.headings(every)],
        origins=[(origin.value, tag.text) for origin, tag in
                 ((one, ORIGINS[one]) for one in Origin)],
        lists=found_in.own_lists(force, kind),
        filtered=wanted != Wanted(),
    ))  # fmt: skip


def _row(kind: str, held: Held) -> dict[str, Any]:
    term = held.term
    context = (
        (_("beside %(what)s"), term.needs), (_("not beside %(what)s"), term.unless),
        (_("not after %(what)s"), term.unless_before),
    )  # fmt: skip
    return {
        "term": term, "url": _line_url(kind, term), "origin": ORIGINS[held.origin],
        "heading": _heading(term.heading) if not term.is_group else _("Names words"),
        "context": [words % {"what": what} for words, what in context if what],
        "language": tongue(term.language) if term.language else "",
        "instead": held.instead is not None,
    }  # fmt: skip


# A change, looked at before it is made ------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """What is about to be changed."""

    kind: str
    after: tuple[Term, ...]
    """Every line of the kind that would hold."""
    title: str
    make: Callable[[str, str], object]
    """Makes it, given how the record calls it (or nothing) and the reason."""


def _decide(
    request: HttpRequest, form: Form, change: _Change, given: Sequence[tuple[str, Any]]
) -> HttpResponseBase | None:
    """Show what a change does, or make it; return nothing where it was refused."""
    force = officer_of(request).force
    weaker = weakened(words_of(force, change.kind), change.after) if change.kind in LOUD else ()
    saving = request.POST.get("step") == "save"
    why = LoudForm(request.POST if saving else None) if weaker else None
    if not saving or (why is not None and not why.is_valid()):
        return _looked_at(request, change, given, weaker, why)
    name = f"language.weaken_{change.kind}" if weaker else ""
    try:
        change.make(name, why.cleaned_data["reason"] if why else "")
    except LanguageError as error:
        form.add_error(None, str(error))
        return None
    flash.success(request, _("The words are changed. What comes in is read by them from now on."))
    return redirect("settings:word_list", change.kind)


def _looked_at(
    request: HttpRequest, change: _Change, given: Sequence[tuple[str, Any]],
    weaker: Sequence[Term], why: LoudForm | None,
) -> HttpResponse:  # fmt: skip
    officer, severe = officer_of(request), change.kind in list(ListKind)
    tried = trial.would_have(officer.force, change.kind, change.after, now=clock.now())
    shown = found_in.examples(officer, tried.shifts)
    if shown:
        read(actor_of(request), Acts.INBOUND_READ, "inbound_item", [one.item.pk for one in shown])
    return render(request, "cases/settings/words_trial.html", shared(
        officer, "words", kind=change.kind, name=NAMES[change.kind][0], title=change.title,
        trial=tried, severe=severe, given=given, weaker=weaker, form=why, shown=len(shown),
        counts=[(_level(before, severe), _level(after, severe), count)
                for (before, after), count in sorted(tried.counts.items(), reverse=True)],
        examples=[
            {"before": _level(one.shift.before, severe), "after": _level(one.shift.after, severe),
             "words": title_of(one.item.subject, one.item.text), "at": one.item.received_at,
             "channel": labels.channel(one.item.channel), "reference": one.reference}
            for one in shown
        ],
    ), status=400 if why is not None and why.is_bound else 200)  # fmt: skip


def _level(value: int, severe: bool) -> Tag:
    if severe:
        return labels.severity_tag(value)
    return Tag(_("Found"), "yellow") if value else Tag(_("Not found"), "grey")


def _given(form: Form, request: HttpRequest) -> list[tuple[str, Any]]:
    """Return what was filled in, to be sent again with the decision."""
    shown = [(name, form[name].value()) for name in form.fields]
    fields = [(name, "on" if value is True else value) for name, value in shown]
    return [
        *((name, "" if value in (None, False) else value) for name, value in fields),
        ("seen", request.POST.get("seen", "")), ("do", request.POST.get("do", "")),
    ]  # fmt: skip


# One line -----------------------------------------------------------------------


@officers(Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Add a line, change one, switch it off, or take the force's own out again."""
    force, asked = _force(request, kind), request.GET
    every = lines_of(force, kind)
    key = (asked.get("text", ""), asked.get("heading", ""), asked.get("language", ""))
    held = next((one for one in every if merging.key_of(one.term) == key), None)
    if held is None and key[0]:
        raise Http404
    form = TermForm(
        request.POST or None, lines=words_of(force, kind), term=held.term if held else None,
        headings=[] if kind == MODERATION else found_in.headings(every),
    )  # fmt: skip
    step = request.POST.get("step", "look")
    if form.is_bound and step != "again" and form.is_valid():
        answer = _decide(
            request, form, _line_change(request, force, kind, form), _given(form, request)
        )
        if answer is not None:
            return answer
    return render(request, "cases/settings/word_line.html", shared(
        officer_of(request), "words", kind=kind, name=NAMES[kind][0], form=form, held=held,
        origin=ORIGINS[held.origin] if held else None, own=held and held.origin is Origin.OWN,
        seen=version_of(force, kind), loud=kind in LOUD,
    ), status=400 if form.is_bound and step != "again" else 200)  # fmt: skip


def _line_change(request: HttpRequest, force: Force, kind: str, form: TermForm) -> _Change:
    term, seen = form.term(), request.POST.get("seen", "")
    who: dict[str, Any] = {"by": officer_of(request), "now": clock.now(), "seen": seen}
    mine, key = own_words(force, kind), merging.key_of(term)
    if request.POST.get("do") == "take_out":
        return _Change(
            kind, words_with(kind, merging.without(mine, key)),
            _("Take out “%(words)s”?") % {"words": term.text},
            lambda act, reason: acts.take_out(
                force, kind, key, act=act or "language.take_out", reason=reason, **who
            ),
        )  # fmt: skip
    return _Change(
        kind, words_with(kind, merging.put(mine, term)),
        _("Keep “%(words)s”?") % {"words": term.text},
        lambda act, reason: acts.keep_line(
            force, kind, term, act=act or "language.keep_line", reason=reason, **who
        ),
    )  # fmt: skip


# A whole list -------------------------------------------------------------------


@officers(Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the force's own lines as a CSV, or all that hold."""
    force = _force(request, kind)
    whole = bool(request.GET.get("all"))
    terms = words_of(force, kind) if whole else own_words(force, kind)
    answer = HttpResponse(written(terms), content_type="text/csv; charset=utf-8")
    name = f"{kind}-all.csv" if whole else f"{kind}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@officers(Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Take in a list as a CSV, after a look at what it changes."""
    force = _force(request, kind)
    lists = found_in.own_lists(force, kind)
    usual = {"name": lists[0][0] if lists else acts.OWN}
    form = FileForm(request.POST or None, request.FILES or None, initial=usual)
    step = request.POST.get("step", "look")
    if form.is_bound and step != "again" and form.is_valid():
        answer = _decide(request, form, _list_change(request, force, kind, form), [
            ("content", form.cleaned_data["content"]), ("name", form.cleaned_data["name"]),
            ("seen", request.POST.get("seen", "")),
        ])  # fmt: skip
        if answer is not None:
            return answer
    return render(request, "cases/settings/word_import.html", shared(
        officer_of(request), "words", kind=kind, name=NAMES[kind][0], form=form, lists=lists,
        seen=version_of(force, kind),
    ), status=400 if form.is_bound and step != "again" else 200)  # fmt: skip


def _list_change(request: HttpRequest, force: Force, kind: str, form: FileForm) -> _Change:
    name, lines, by, now = form.cleaned_data["name"], form.lines, officer_of(request), clock.now()

    def make(act: str, reason: str) -> object:
        acts.unseen(force, kind, request.POST.get("seen", ""))
        return importing.import_words(
            force, kind, name, lines, by=by.as_actor(), now=now, act=act or importing.ACT,
            reason=reason,
        )  # fmt: skip

    report = importing.import_words(
        force, kind, name, lines, by=by.as_actor(), now=now, dry_run=True
    )
    title = _("Take in “%(name)s”: %(new)s new, %(changed)s changed, %(removed)s taken out?") % {
        "name": name,
        "new": report.new,
        "changed": report.changed,
        "removed": report.removed,
    }
    after = words_with(kind, (*own_words_but(force, kind, name), *lines))
    return _Change(kind, after, title, make)
