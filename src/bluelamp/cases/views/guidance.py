"""Guidance: found, read, written, published, reviewed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages as flash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.cases import labels
from bluelamp.cases.actions import guidance as acts
from bluelamp.cases.actions.guidance import Keeping
from bluelamp.cases.forms import ReasonForm, people
from bluelamp.cases.forms.guidance import LANGUAGES, ArticleForm, PublishForm, ReviewForm
from bluelamp.cases.models import Article, ArticleVersion
from bluelamp.cases.queries import guidance as found_in
from bluelamp.cases.queries.guidance import WantedArticles
from bluelamp.cases.rules import prose
from bluelamp.cases.rules.changes import changes
from bluelamp.cases.values import ArticleState, Wording
from bluelamp.cases.views.shared import done, who
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.kit.page import Row, Tag
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts

A_YEAR = timedelta(days=365)


def _today() -> date:
    return timezone.localdate(clock.now())


# Found ------------------------------------------------------------------------


@officers(Acts.CASE_READ, Acts.GUIDANCE_WRITE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the guidance: what is overdue for review first, or what fits the words."""
    officer, wanted, today = officer_of(request), _wanted(request), _today()
    found = found_in.listed(officer, wanted, today=today)
    return render(request, "cases/console/articles.html", {
        "wanted": wanted,
        "articles": [_listed(one, today) for one in found],
        "states": [(one.value, labels.article_tag(one).text) for one in ArticleState],
        "tags": found_in.tags(officer.force_id),
        "filtered": wanted != WantedArticles(),
        "overdue": found_in.overdue(officer, today=today),
        "may_write": permit.may(officer, Acts.GUIDANCE_WRITE),
    })  # fmt: skip


def _wanted(request: HttpRequest) -> WantedArticles:
    state = request.GET.get("state", "")
    return WantedArticles(
        request.GET.get("words", "")[:100], state if state in set(ArticleState) else "",
        number(request.GET.get("tag", "")), bool(request.GET.get("mine")),
    )  # fmt: skip


def _listed(one: Any, today: date) -> dict[str, Any]:
    """Return what the list shows of an article that came with its counts."""
    return {
        "article": one, "state": labels.article_tag(one.state), "review": _review(one, today),
        "tags": one.tags.all(), "judged": one.useful + one.useless, "useful": one.useful,
        "replied": one.replied,
    }  # fmt: skip


def _review(article: Article, today: date) -> Tag | None:
    if article.state != ArticleState.PUBLISHED or article.review_on > today:
        return None
    return Tag(_("Review is due"), "red")


# Read -------------------------------------------------------------------------


def _article_of(request: HttpRequest, pk: int) -> Article:
    """Return an article that the officer may read.

    :raises Http404: there is none.
    """
    return get_object_or_404(found_in.articles(officer_of(request)), pk=pk)


@officers(Acts.CASE_READ, Acts.GUIDANCE_WRITE)
@require_GET
def article(request: HttpRequest, article: int) -> HttpResponse:
    """Show an article, or with ``?version=`` what it said once."""
    return _page(request, _article_of(request, article))


def _page(request: HttpRequest, found: Article, **bound: Any) -> HttpResponse:
    officer, writes = officer_of(request), _writes(request, found)
    versions = list(found.versions.order_by("-number")) if writes else []
    shown = _shown(request, found, versions)
    return render(request, "cases/console/article.html", {
        "article": found, "state": labels.article_tag(found.state),
        "review": _review(found, _today()), "shown": shown,
        "newest": acts.newest(found).number,
        "blocks": prose.read(shown.body), "facts": _facts(found), "versions": versions,
        "changed": _changed(shown, versions), "waits": _waits(found, versions),
        "may_write": writes, "may_publish": acts.may_publish(officer, found),
        "may_retire": permit.may(officer, Acts.GUIDANCE_PUBLISH, found),
        "review_form": ReviewForm(initial={"review_on": _today() + A_YEAR}),
        "retire_form": ReasonForm(), **bound,
    }, status=400 if bound else 200)  # fmt: skip


def _writes(request: HttpRequest, found: Article) -> bool:
    return permit.may(officer_of(request), Acts.GUIDANCE_WRITE, found)


def _shown(request: HttpRequest, found: Article, versions: list[ArticleVersion]) -> ArticleVersion:
    """Return the version asked for, else what readers see, else the newest."""
    asked = number(request.GET.get("version", ""))
    wanted = next((one for one in versions if one.number == asked), None)
    return wanted or found.published or acts.newest(found)


def _changed(shown: ArticleVersion, versions: list[ArticleVersion]) -> list[tuple[str, str]]:
    """Return what a version changed of the one before it."""
    before = next((one for one in versions if one.number == shown.number - 1), None)
    return changes(_whole(before), _whole(shown)) if before else []


def _whole(version: ArticleVersion) -> str:
    said = (version.title, version.body, version.reply, version.short_reply)
    return "\n".join(said)


def _waits(found: Article, versions: list[ArticleVersion]) -> ArticleVersion | None:
    """Return the version that somebody has still to publish."""
    newest = versions[0] if versions else None
    return newest if newest and newest.pk != found.published_id else None


def _facts(found: Article) -> list[Row]:
    uses = found.uses
    yes, no = uses.filter(useful=True).count(), uses.filter(useful=False).count()
    return [
        Row(_("Unit"), found.unit.name),
        Row(_("Reviewed by"), found.owner.label if found.owner else found.unit.name),
        Row(_("Review by"), f"{found.review_on:%-d %B %Y}"),
        Row(_("Language"), dict(LANGUAGES).get(found.language, found.language)),
        Row(_("Tags"), [tag.name for tag in found.tags.all()]),
        Row(_("Found useful"), _("%(yes)s of %(all)s") % {"yes": yes, "all": yes + no}),
        Row(_("Reply used"), uses.exclude(replied_at=None).count()),
    ]


# Written ----------------------------------------------------------------------


@officers(Acts.GUIDANCE_WRITE)
@require_http_methods(["GET", "POST"])
def begun(request: HttpRequest) -> HttpResponseBase:
    """Write a new article."""
    return _written(request, None)


@officers(Acts.GUIDANCE_WRITE)
@require_http_methods(["GET", "POST"])
def changed(request: HttpRequest, article: int) -> HttpResponseBase:
    """Write a new version of an article, or change who answers for it."""
    found = _article_of(request, article)
    permit.require(officer_of(request), Acts.GUIDANCE_WRITE, found)
    return _written(request, found)


def _written(request: HttpRequest, found: Article | None) -> HttpResponseBase:
    form = _form(request, found)
    preview = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("then") == "preview":
            preview = prose.read(form.cleaned_data["body"])
        elif done(form, lambda given: _save(request, found, given)):
            flash.success(request, _("Saved. Readers see it once it is published."))
            return redirect("cases:article", form.cleaned_data["article"].pk)
    return render(request, "cases/console/write_article.html", {
        "form": form, "article": found, "preview": preview, "fields": labels.FIELDS.items(),
    }, status=400 if form.errors else 200)  # fmt: skip


def _form(request: HttpRequest, found: Article | None) -> ArticleForm:
    officer = officer_of(request)
    crew = Officer.objects.filter(force=officer.force_id, is_active=True).order_by("name")
    return ArticleForm(
        request.POST or None, initial=_initial(found, officer), units=_units(officer),
        people=people(list(crew), lambda one: one.label),
        tags=[(str(tag.pk), tag.name) for tag in found_in.tags(officer.force_id)],
    )  # fmt: skip


def _units(officer: Officer) -> list[Unit]:
    """Return the units for which an officer may write."""
    theirs = Unit.objects.filter(force=officer.force_id).order_by("path")
    return [unit for unit in theirs if permit.may(officer, Acts.GUIDANCE_WRITE, unit)]


def _initial(found: Article | None, officer: Officer) -> dict[str, Any]:
    if found is None:
        return {
            "unit": officer.unit_id, "owner": str(officer.pk), "review_on": _today() + A_YEAR,
            "language": "en",
        }  # fmt: skip
    said = acts.newest(found)
    return {
        "made_from": said.number, "kept_from": acts.mark_of(found),
        "title": said.title, "body": said.body, "reply": said.reply,
        "short_reply": said.short_reply, "unit": found.unit_id, "owner": str(found.owner_id or ""),
        "review_on": found.review_on, "language": found.language,
        "tags": [str(tag.pk) for tag in found.tags.all()],
    }  # fmt: skip


def _save(request: HttpRequest, found: Article | None, given: dict[str, Any]) -> None:
    """Keep both what is said and who answers for it, or neither."""
    words = Wording(*(
        given[name].replace("\r\n", "\n").strip()
        for name in ("title", "body", "reply", "short_reply")
    ))  # fmt: skip
    force = officer_of(request).force
    keeping = Keeping(
        given["unit"], given["review_on"], _owner(request, given["owner"]), given["language"],
        tuple(found_in.tags(force).filter(pk__in=given["tags"])),
    )  # fmt: skip
    with transaction.atomic():
        if found is None:
            found = acts.write(_code(force.pk, words.title), words, keeping, **who(request))
        else:
            acts.revise(
                found, words, note=given["note"], made_from=given["made_from"] or 0, **who(request)
            )
            acts.keep(found, keeping, made_from=given["kept_from"], **who(request))
    given["article"] = found


def _owner(request: HttpRequest, pk: str) -> Officer | None:
    force = officer_of(request).force_id
    return Officer.objects.filter(force=force, pk=pk).first() if pk else None


def _code(force: int, title: str) -> str:
    """Return a code for a new article that no other of the force has."""
    base = slugify(title)[:50].strip("-") or "article"
    taken = set(Article.objects.filter(force=force).values_list("code", flat=True))
    codes = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3)))
    return next(code for code in codes if code not in taken)


# Decided ----------------------------------------------------------------------


@officers(Acts.GUIDANCE_PUBLISH)
@require_POST
def publish(request: HttpRequest, article: int) -> HttpResponseBase:
    """Show the newest version to everybody: the one that the officer has read."""
    return _decided(
        request, article, PublishForm(request.POST),
        lambda one, given: acts.publish(one, given["version"], **who(request)),
        _("Published: it stands beside cases now"),
    )  # fmt: skip


@officers(Acts.GUIDANCE_PUBLISH)
@require_POST
def retire(request: HttpRequest, article: int) -> HttpResponseBase:
    """Take an article away from beside cases."""
    return _decided(
        request, article, ReasonForm(request.POST),
        lambda one, given: acts.retire(one, reason=given["reason"], **who(request)),
        _("Retired"), name="retire_form",
    )  # fmt: skip


@officers(Acts.GUIDANCE_WRITE)
@require_POST
def review(request: HttpRequest, article: int) -> HttpResponseBase:
    """End a review in which the words were found right."""
    return _decided(
        request, article, ReviewForm(request.POST),
        lambda one, given: acts.keep(
            one, acts.keeping_of(one, review_on=given["review_on"]),
            made_from=acts.mark_of(one), **who(request),
        ),
        _("The day of the next review is kept"), name="review_form",
    )  # fmt: skip


def _decided(
    request: HttpRequest, pk: int, form: Any, decide: Any, said: str, *, name: str = "wrong"
) -> HttpResponseBase:
    found = _article_of(request, pk)
    if not done(form, lambda given: decide(found, given)):
        return _page(request, found, **{"form": form, name: form})
    flash.success(request, said)
    return redirect("cases:article", found.pk)
