"""Guidance as officers find it: which articles they see, in which order, and by which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case as Choice
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from bluelamp.cases.models import Article, ArticleUse, CaseTag
from bluelamp.cases.rules.relevance import trusted
from bluelamp.cases.rules.searching import config_of, dictionary_of, prefix_query
from bluelamp.cases.values import ArticleState
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts

RANKED = 40
"""So many of what a search finds are ranked by their use as well."""


@dataclass(frozen=True, slots=True)
class WantedArticles:
    """Which part of the guidance is asked for."""

    words: str = ""
    state: str = ""
    tag: int | None = None
    mine: bool = False


def articles(officer: Officer) -> QuerySet[Article]:
    """Return what an officer may read: what is published, and all of whose words they write."""
    theirs = Q(force=officer.force_id, state=ArticleState.PUBLISHED)
    seen = theirs | permit.scope(officer, Acts.GUIDANCE_WRITE)
    return Article.objects.filter(seen).select_related("unit", "owner", "published", "force")


def readable(force: Force | int) -> QuerySet[Article]:
    """Return what all officers of a force are shown beside a case."""
    found = Article.objects.filter(force=force, state=ArticleState.PUBLISHED)
    return found.select_related("published", "force").prefetch_related("tags")


def listed(officer: Officer, wanted: WantedArticles, *, today: date) -> list[Article]:
    """Return a list of articles: what is overdue for review first, the longest before others.

    Where words are asked for, what fits them best stands first.
    """
    found = _counted(articles(officer)).prefetch_related("tags")
    if wanted.state:
        found = found.filter(state=wanted.state)
    else:
        found = found.exclude(state=ArticleState.RETIRED)
    if wanted.tag:
        found = found.filter(tags=wanted.tag)
    if wanted.mine:
        found = found.filter(owner=officer)
    if wanted.words.strip():
        return search(found, wanted.words)
    due = Q(state=ArticleState.PUBLISHED, review_on__lte=today)
    first = Choice(When(due, then=Value(0)), default=Value(1))
    return list(found.order_by(first, "review_on", "title"))


def _counted(found: QuerySet[Article]) -> QuerySet[Article]:
    """Add how many officers found each of use, or not, and how often its reply was used."""
    return found.annotate(
        useful=Count("uses", filter=Q(uses__useful=True), distinct=True),
        useless=Count("uses", filter=Q(uses__useful=False), distinct=True),
        replied=Count("uses", filter=Q(uses__replied_at__isnull=False), distinct=True),
    )


def search(found: QuerySet[Article], words: str) -> list[Article]:
    """Return which of ``found`` hold these words, or words that begin so, the best first.

    All the words, or where nothing has all of them, one of them.
    """
    languages = sorted(set(found.order_by().values_list("language", flat=True)))
    for every in (True, False):
        text = prefix_query(words, every=every)
        if text and (hits := _matching(found, text, languages)):
            return hits
    return []


def _matching(found: QuerySet[Article], text: str, languages: Iterable[str]) -> list[Article]:
    """Return the articles that a ``tsquery`` matches, each read by its own language's stems."""
    matches, ranks = Q(pk__in=[]), []
    for language in languages:
        query = SearchQuery(text, config=config_of(language), search_type="raw")
        matches |= Q(language=language, search=query)
        ranks.append(When(language=language, then=SearchRank(F("search"), query)))
    ranked = found.filter(matches).annotate(rank=Coalesce(Choice(*ranks), 0.0))
    hits = list(ranked.order_by("-rank", "title")[:RANKED])
    factors = trust_of(one.pk for one in hits)
    return sorted(hits, key=lambda one: (-_rank(one) * factors.get(one.pk, 1.0), one.title))


def _rank(article: Any) -> float:
    return float(article.rank)


def trust_of(articles: Iterable[int]) -> dict[int, float]:
    """Return by what each article's score is multiplied for what officers said of it."""
    said = ArticleUse.objects.filter(article__in=list(articles))
    told = said.exclude(useful=None).values_list("article").order_by()
    counts = told.annotate(
        yes=Count("pk", filter=Q(useful=True)), no=Count("pk", filter=Q(useful=False))
    )
    return {article: trusted(yes, no) for article, yes, no in counts}


def overdue(officer: Officer, *, today: date) -> int:
    """Return how many published articles that an officer answers for are due for review."""
    theirs = Q(owner=officer) | permit.scope(officer, Acts.GUIDANCE_PUBLISH)
    due = Article.objects.filter(theirs, state=ArticleState.PUBLISHED, review_on__lte=today)
    return due.count()


def tags(force: Force | int) -> QuerySet[CaseTag]:
    """Return the force's tags that are in use, by name."""
    return CaseTag.objects.filter(force=force, active=True)


# Stems ------------------------------------------------------------------------


def stems_of(words: Iterable[str], config: str) -> Mapping[str, str]:
    """Return the stem of each word as PostgreSQL makes it; stop words have none."""
    asked = sorted(set(words))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, (ts_lexize(%s::regdictionary, word))[1] FROM unnest(%s::text[]) AS word",
            [dictionary_of(config), asked],
        )
        return {word: stem for word, stem in cursor.fetchall() if stem}
