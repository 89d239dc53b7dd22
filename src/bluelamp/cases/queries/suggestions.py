"""What stands beside a case: the articles that its words and tags ask for, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max

from bluelamp.cases.models import Article, ArticleUse, Case
from bluelamp.cases.queries.guidance import readable, search, stems_of, trust_of
from bluelamp.cases.rules.everyday import EVERYDAY
from bluelamp.cases.rules.prose import plain
from bluelamp.cases.rules.relevance import (
    MOST,
    Asked,
    Page,
    Shelf,
    Suggestion,
    counted,
    weighed,
)
from bluelamp.cases.rules.searching import config_of, telling
from bluelamp.cases.values import Joined
from bluelamp.inbound.models import Item
from bluelamp.org.models import Officer

ITEMS = 20
"""So many of the last items of a case are read."""
FOUND = 10
"""So many articles does the box beside a case show of what was searched for."""


@dataclass(frozen=True, slots=True)
class Beside:
    """An article beside a case."""

    article: Article
    words: tuple[str, ...] = ()
    """The words that led to it, as the citizen wrote them."""
    tags: tuple[str, ...] = ()
    use: ArticleUse | None = None
    """What this officer did with it in this case."""


# The shelf ------------------------------------------------------------------


def shelf_of(force: int) -> dict[str, Shelf]:
    """Return a force's published articles as the scoring reads them, by configuration.

    Counted once a process for as long as none of them changes.
    """
    facts = readable(force).order_by().aggregate(last=Max("changed_at"), many=Count("pk"))
    return _shelf(force, f"{facts['many']} {facts['last']}")


@lru_cache(maxsize=64)
def _shelf(force: int, version: str) -> dict[str, Shelf]:
    del version  # the key alone
    by_config: dict[str, list[Article]] = {}
    for article in readable(force).order_by("pk"):
        by_config.setdefault(config_of(article.language), []).append(article)
    return {config: Shelf(tuple(_pages(found, config))) for config, found in by_config.items()}


def _pages(found: Iterable[Article], config: str) -> Iterator[Page]:
    for article in found:
        text = article.published
        if text is None:
            continue
        title = _words(text.title)
        body = _words("\n".join((plain(text.body), text.reply)))
        stems = stems_of([*title, *body], config)
        heads, rest = ([stems[w] for w in words if w in stems] for words in (title, body))
        tags = frozenset(tag.pk for tag in article.tags.all())
        yield Page(article.pk, counted(heads, rest), tags)


def _words(text: str) -> list[str]:
    return [word for word, _said in telling(text)]


# The case -------------------------------------------------------------------


def suggested(case: Case, officer: Officer) -> list[Beside]:
    """Return up to five articles for a case, the best first, each with its reasons."""
    items = _items(case)
    spoke = [pair for item in items for pair in telling(f"{item.subject}\n{item.text}")]
    named = [word for item in items for word in _named(item)]
    tags = frozenset(case.tagged.values_list("tag", flat=True))
    found: list[tuple[Suggestion, dict[str, str]]] = []
    shelves = shelf_of(case.force_id)
    trust = trust_of(page.id for shelf in shelves.values() for page in shelf.pages)
    for config, shelf in shelves.items():
        stems = stems_of([word for word, _said in spoke] + named, config)
        asked = Asked(_weighed([word for word, _said in spoke], named, stems, config), tags)
        written = {stems[w]: said.lower() for w, said in reversed(spoke) if w in stems}
        found += [(one, written) for one in shelf.suggest(asked, trust=trust)]
    found.sort(key=lambda pair: (-pair[0].points, pair[0].id))
    return _beside(found[:MOST], case, officer)


def _items(case: Case) -> list[Item]:
    said = Item.objects.filter(in_case__case=case, kind="human")
    said = said.exclude(in_case__why=Joined.REPEATS)
    return list(said.order_by("-received_at", "-pk")[:ITEMS])


def _named(item: Item) -> Iterator[str]:
    """Yield the words by which triage found out what an item is about."""
    for words in item.findings.get("headings", {}).values():
        for phrase in words:
            yield from _words(str(phrase))


def _weighed(
    said: list[str], named: list[str], stems: Mapping[str, str], config: str
) -> dict[str, float]:
    """Return what each stem counts; everyday words are known for English alone."""
    strong = frozenset(stems[word] for word in named if word in stems)
    usual = EVERYDAY if config == "english" else frozenset()
    everyday = frozenset(stems[word] for word in said if word in usual and word in stems)
    return weighed([stems[word] for word in said if word in stems], strong, everyday)


def _beside(
    found: list[tuple[Suggestion, dict[str, str]]], case: Case, officer: Officer
) -> list[Beside]:
    there = readable(case.force_id).in_bulk([one.id for one, _written in found])
    uses = uses_of(case, officer)
    return [
        Beside(
            there[one.id],
            tuple(dict.fromkeys(written[stem] for stem in one.stems)),
            tuple(tag.name for tag in there[one.id].tags.all() if tag.pk in one.tags),
            uses.get(one.id),
        )
        for one, written in found
        if one.id in there
    ]


def searched(case: Case, officer: Officer, words: str) -> list[Beside]:
    """Return the published articles that hold what an officer types beside a case."""
    uses = uses_of(case, officer)
    found = search(readable(case.force_id), words)[:FOUND]
    return [Beside(article, use=uses.get(article.pk)) for article in found]


def uses_of(case: Case, officer: Officer) -> dict[int, ArticleUse]:
    """Return what an officer did in a case with each article."""
    found = ArticleUse.objects.filter(case=case, by=officer)
    return {one.article_id: one for one in found}
