"""Guidance: written, published by another, reviewed by a day, retired; every version kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Max, Value
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Article, ArticleTag, ArticleVersion, CaseTag
from bluelamp.cases.rules.prose import plain
from bluelamp.cases.rules.savedreply import unknown_in
from bluelamp.cases.rules.searching import config_of, words_of
from bluelamp.cases.values import ArticleState, Wording
from bluelamp.org import permit
from bluelamp.org.models import Officer, Unit
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who answers for an article, until when, and under which tags it is found."""

    unit: Unit
    review_on: date
    owner: Officer | None = None
    language: str = "en"
    tags: tuple[CaseTag, ...] = field(default=())


def write(code: str, wording: Wording, keeping: Keeping, *, by: By, now: datetime) -> Article:
    """Begin an article; it is a draft until somebody publishes it.

    :raises CaseRefusedError: the code is another's, or the words are not in order.
    """
    unit = keeping.unit
    who = permit.answering(by, Acts.GUIDANCE_WRITE, unit)
    _in_order(wording, keeping)
    if Article.objects.filter(force=unit.force_id, code=code).exists():
        raise CaseRefusedError(_("There is an article “%(code)s” already."), code=code)
    with acting(who, Acts.GUIDANCE_WRITE.value):
        made = Article.objects.create(
            force_id=unit.force_id, code=code, title=wording.title, unit=unit,
            owner=keeping.owner, language=keeping.language, review_on=keeping.review_on,
            made_at=now, changed_at=now,
        )  # fmt: skip
        _tag(made, keeping.tags)
        _version(made, wording, "", by, now)
        _index(made)
    return made


def revise(
    article: Article, wording: Wording, *, note: str, by: By, now: datetime,
    made_from: int | None = None,
) -> Article:  # fmt: skip
    """Write a new version; readers see the published one until this is.

    The same words again make no version.

    :param made_from: number of the version that the words are a change of.
    :raises CaseRefusedError: the words are not in order.
    :raises ChangedMeanwhileError: that is not the newest any more.
    """
    who = permit.answering(by, Acts.GUIDANCE_WRITE, article)
    _worded(wording)
    with acting(who, Acts.GUIDANCE_WRITE.value):
        found = _locked(article)
        if made_from is not None:
            _still(newest(found), made_from)
        if wording_of(newest(found)) != wording:
            _version(found, wording, note, by, now)
            if found.published_id is None:
                found.title = wording.title
            _changed(found, now, "title")
    return found


def keep(
    article: Article, keeping: Keeping, *, by: By, now: datetime, made_from: str | None = None
) -> Article:
    """Change who answers for an article, its review date, language or tags.

    A later date is how a review ends in which the words were found right.

    :param made_from: the mark of what this is a change of (:func:`mark_of`).
    :raises CaseRefusedError: the owner or the tags are another force's.
    :raises ChangedMeanwhileError: that does not hold any more.
    """
    who = permit.answering(by, Acts.GUIDANCE_WRITE, article)
    permit.answering(by, Acts.GUIDANCE_WRITE, keeping.unit)
    _kept(keeping)
    with acting(who, Acts.GUIDANCE_WRITE.value):
        found = _locked(article)
        if made_from is not None and made_from != mark_of(found):
            raise meanwhile("", found.changed_at)
        found.unit, found.owner = keeping.unit, keeping.owner
        found.review_on, found.language = keeping.review_on, keeping.language
        _tag(found, keeping.tags)
        _changed(found, now, "unit", "owner", "review_on", "language")
    return found


def publish(article: Article, version: int, *, by: By, now: datetime) -> Article:
    """Show the newest version to all officers of the force.

    :param version: number of the version that was read: no other is published.
    :raises CaseRefusedError: one's own words without the grant for it, a review date
        that is over, or nothing to publish.
    :raises ChangedMeanwhileError: somebody wrote a newer one, which nobody has read.
    """
    who = permit.answering(by, Acts.GUIDANCE_PUBLISH, article)
    with acting(who, Acts.GUIDANCE_PUBLISH.value):
        found = _locked(article)
        latest = newest(found)
        _still(latest, version)
        _publishable(found, latest, by, now)
        latest.published_by, latest.published_at = who.label, now
        latest.save(update_fields=["published_by", "published_at"])
        found.published, found.title = latest, latest.title
        found.state = ArticleState.PUBLISHED
        _changed(found, now, "published", "title", "state")
    return found


def retire(article: Article, *, reason: str, by: By, now: datetime) -> Article:
    """Take an article away from beside cases; it is kept, and can be published again.

    :raises CaseRefusedError: no reason.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why the article is retired."))
    who = permit.answering(by, Acts.GUIDANCE_PUBLISH, article)
    with acting(who, Acts.GUIDANCE_PUBLISH.value, reason=reason):
        found = _locked(article)
        found.state = ArticleState.RETIRED
        _changed(found, now, "state")
    return found


# What may be ------------------------------------------------------------------


def may_publish(officer: Officer, article: Article) -> bool:
    """Say whether an officer may publish what was written since the last time."""
    if not permit.may(officer, Acts.GUIDANCE_PUBLISH, article):
        return False
    return not _wrote(officer, article) or permit.may(officer, Acts.GUIDANCE_PUBLISH_OWN, article)


def _publishable(article: Article, latest: ArticleVersion, by: By, now: datetime) -> None:
    if isinstance(by, Officer) and not may_publish(by, article):
        raise CaseRefusedError(_("Another officer has to publish what you wrote."))
    if article.review_on <= now.date():
        raise CaseRefusedError(_("Set a review date that is still to come."))
    if latest.pk == article.published_id and article.state == ArticleState.PUBLISHED:
        raise CaseRefusedError(_("Nothing was changed since it was published."))


def _still(latest: ArticleVersion, seen: int) -> None:
    if latest.number != seen:
        raise meanwhile(latest.by_name, latest.at)


def _wrote(officer: Officer, article: Article) -> bool:
    """Say whether any of what waits to be published is this officer's."""
    since = article.published.number if article.published else 0
    return article.versions.filter(number__gt=since, by=officer).exists()


def _in_order(wording: Wording, keeping: Keeping) -> None:
    _worded(wording)
    _kept(keeping)


def _worded(wording: Wording) -> None:
    if not wording.title.strip() or not wording.body.strip():
        raise CaseRefusedError(_("An article needs a title and words."))
    wrong = unknown_in(f"{wording.reply}\n{wording.short_reply}")
    if wrong:
        raise CaseRefusedError(_("No field is called “%(name)s”."), name=wrong[0])


def _kept(keeping: Keeping) -> None:
    force = keeping.unit.force_id
    if keeping.owner is not None and keeping.owner.force_id != force:
        raise CaseRefusedError(_("The owner belongs to another force."))
    if any(tag.force_id != force for tag in keeping.tags):
        raise CaseRefusedError(_("A tag belongs to another force."))


# What is kept -----------------------------------------------------------------


def newest(article: Article) -> ArticleVersion:
    """Return the last version that was written."""
    return article.versions.order_by("-number")[0]


def wording_of(version: ArticleVersion) -> Wording:
    """Return what a version says."""
    return Wording(version.title, version.body, version.reply, version.short_reply)


def keeping_of(article: Article, **changed: Any) -> Keeping:
    """Return who answers for an article and until when, with what is ``changed``."""
    now = Keeping(
        article.unit, article.review_on, article.owner, article.language,
        tuple(article.tags.all()),
    )  # fmt: skip
    return replace(now, **changed)


def mark_of(article: Article) -> str:
    """Return what tells one keeping of an article from another, for a form to bring back."""
    kept = keeping_of(article)
    owner, tags = article.owner_id, sorted(tag.pk for tag in kept.tags)
    parts = (article.unit_id, owner, kept.review_on, kept.language, tags)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _locked(article: Article) -> Article:
    found = Article.objects.select_for_update(of=("self",)).select_related("published", "unit")
    return found.get(pk=article.pk)


def _version(article: Article, wording: Wording, note: str, by: By, now: datetime) -> None:
    last = article.versions.aggregate(last=Max("number"))["last"] or 0
    officer = by if isinstance(by, Officer) else None
    ArticleVersion.objects.create(
        force_id=article.force_id, article=article, number=last + 1, title=wording.title,
        body=wording.body, reply=wording.reply, short_reply=wording.short_reply,
        note=note.strip()[:200], by=officer, by_name=by.label, at=now,
    )  # fmt: skip


def _tag(article: Article, tags: Iterable[CaseTag]) -> None:
    wanted = {tag.pk for tag in tags}
    there = ArticleTag.objects.filter(article=article)
    there.exclude(tag__in=wanted).delete()
    for pk in wanted - set(there.values_list("tag", flat=True)):
        ArticleTag.objects.create(force_id=article.force_id, article=article, tag_id=pk)


def _changed(article: Article, now: datetime, *names: str) -> None:
    article.changed_at = now
    article.save(update_fields=["changed_at", *names])
    _index(article)


def _index(article: Article) -> None:
    """Let PostgreSQL read what readers see; before there is that, what is written."""
    text = article.published or newest(article)
    config = config_of(article.language)
    tags = " ".join(CaseTag.objects.filter(articles=article).values_list("name", flat=True))
    weighed = (
        ("A", text.title), ("B", tags), ("C", plain(text.body)),
        ("D", f"{text.reply}\n{text.short_reply}"),
    )  # fmt: skip
    vectors = [
        SearchVector(Value(" ".join(words_of(words))), weight=weight, config=config)
        for weight, words in weighed
    ]
    whole = vectors[0] + vectors[1] + vectors[2] + vectors[3]
    Article.objects.filter(pk=article.pk).update(search=whole)
