"""Guidance and tags as CSV: read whole, refused whole, the same file twice changes nothing.

``code`` names an article for ever; a file may hold some of them only.  What a cell
leaves empty stays as it is, and is the usual for an article that is new: headquarters,
a year until the review, a draft.

``version`` is what an article was when it was written out.  Where somebody has changed it
since, its row is refused, or a sheet that lay on somebody's desk would undo their work.
A file by hand leaves it empty, and says what holds from now on.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.core.validators import validate_slug

from bluelamp.audit.values import Actor
from bluelamp.cases.actions import guidance as acts
from bluelamp.cases.actions.guidance import Keeping, keeping_of, mark_of, newest, wording_of
from bluelamp.cases.actions.tags import define_tag
from bluelamp.cases.models import Article, CaseTag
from bluelamp.cases.rules.savedreply import unknown_in
from bluelamp.cases.values import ArticleState, Wording
from bluelamp.kit.moments import stamp
from bluelamp.org.importing import Plan
from bluelamp.org.importing.table import File, Line, once
from bluelamp.org.models import Force, Officer, Unit

REQUIRED = ("code", "title", "body")
OPTIONAL = (
    "reply", "short_reply", "language", "tags", "unit", "owner", "review_on", "state",
    "version",
)  # fmt: skip
A_YEAR = timedelta(days=365)
_LONGEST = {"body": 20_000, "reply": 5_000, "short_reply": 1_000}
_YES, _NO = {"", "yes", "true", "1"}, {"no", "false", "0"}


@dataclass
class _Known:
    """What the cells of a file can name, and who takes it in."""

    force: Force
    by: Actor
    now: datetime
    root: Unit = field(init=False)

    def __post_init__(self) -> None:
        """Look all of it up once."""
        self.units = {unit.code: unit for unit in self.force.units.all()}
        self.root = next(unit for unit in self.units.values() if unit.parent_id is None)
        self.officers: dict[str, Officer] = {
            officer.number: officer for officer in self.force.officers.filter(is_active=True)
        }
        self.tags = {tag.key: tag for tag in CaseTag.objects.filter(force=self.force)}
        found = Article.objects.filter(force=self.force).select_related("unit", "owner")
        found = found.select_for_update(of=("self",))  # what was planned on holds until it is done
        self.articles = {one.code: one for one in found.prefetch_related("tags")}


def plan_articles(force: Force, path: Path, *, by: Actor, now: datetime) -> Plan:
    """Plan what a file of articles changes; the articles are held until the transaction ends.

    :raises ImportRefusedError: naming file, row and column of every mistake.
    """
    file, known, plan = File(path, REQUIRED, OPTIONAL), _Known(force, by, now), Plan()
    seen: dict[str, int] = {}
    for row, line in enumerate(file.rows(), 2):
        line.row = row  # of the sheet: a body has lines of its own
        once(line, "code", seen)
        _plan(plan, line, known)
    file.refuse()
    return plan


def _plan(plan: Plan, line: Line, known: _Known) -> None:
    code = line.text("code", 60)
    line.read("code", validate_slug)
    there = known.articles.get(code)
    wording, state = _wording(line), _state(line, there)
    keeping = _keeping(line, there, known)
    if state == ArticleState.PUBLISHED and keeping.review_on <= known.now.date():
        line.wrong("review_on", "is over: what is published wants a review to come")
    if there is None:
        step = partial(_make, known, code, wording, keeping, state)
        plan.add(line.row, "add", code, step, title=wording.title)
        return
    changed = _differences(there, wording, keeping, state)
    if not changed:
        plan.same += 1
        return
    if line.get("version") not in {"", _version_of(there)}:
        line.wrong("version", _since(there))
    step = partial(_change, known, there, wording, keeping, state)
    plan.add(line.row, "change", code, step, changed=changed)


# Read -------------------------------------------------------------------------


def _wording(line: Line) -> Wording:
    body, reply, short = (_long(line, name) for name in ("body", "reply", "short_reply"))
    line.text("body", _LONGEST["body"])
    for column, text in (("reply", reply), ("short_reply", short)):
        for name in unknown_in(text):
            line.wrong(column, f"no field is called “{name}”")
    return Wording(line.text("title", 120), body, reply, short)


def _long(line: Line, column: str) -> str:
    text = line.get(column).replace("\r\n", "\n")
    if len(text) > _LONGEST[column]:
        line.wrong(column, f"is longer than {_LONGEST[column]} characters")
    return text


def _state(line: Line, there: Article | None) -> str:
    if not line.get("state"):
        return there.state if there else ArticleState.DRAFT
    state = line.read("state", ArticleState)
    if state == ArticleState.RETIRED and there is None:
        line.wrong("state", "a new article cannot be retired")
    if state == ArticleState.DRAFT and there and there.state != ArticleState.DRAFT:
        line.wrong("state", "what was published is no draft again")
    return state or ArticleState.DRAFT


def _keeping(line: Line, there: Article | None, known: _Known) -> Keeping:
    usual = keeping_of(there) if there else Keeping(known.root, known.now.date() + A_YEAR)
    given: dict[str, Any] = {}
    for name, column, things in (
        ("unit", "unit", known.units), ("owner", "owner", known.officers),
    ):  # fmt: skip
        if line.get(column):
            given[name] = line.known(column, things) or getattr(usual, name)
    if line.get("review_on"):
        given["review_on"] = line.read("review_on", date.fromisoformat) or usual.review_on
    if line.get("language"):
        given["language"] = line.get("language")[:8]
    if line.get("tags"):
        given["tags"] = _tags(line, known)
    return Keeping(**{name: getattr(usual, name) for name in usual.__slots__} | given)


def _tags(line: Line, known: _Known) -> tuple[CaseTag, ...]:
    names = [part.strip() for part in line.get("tags").split(";") if part.strip()]
    for name in names:
        if name.casefold() not in known.tags:
            line.wrong("tags", f"there is no tag “{name}”")
    return tuple(known.tags[n.casefold()] for n in names if n.casefold() in known.tags)


def _differences(there: Article, wording: Wording, keeping: Keeping, state: str) -> list[str]:
    """Return the names of what an article has otherwise."""
    old, was = wording_of(newest(there)), keeping_of(there)
    found = [name for name in wording.__slots__ if getattr(old, name) != getattr(wording, name)]
    found += [name for name in keeping.__slots__ if _of(was, name) != _of(keeping, name)]
    return found + (["state"] if state != there.state else [])


def _version_of(article: Article) -> str:
    """Return what tells an article from what it is after any change.

    It begins with a letter: a spreadsheet makes dates of ``3-12`` and numbers of ``3e12``.
    """
    number = newest(article).number
    kept = f"{article.state}:{article.published_id}:{mark_of(article)}"
    return f"v{number}-{hashlib.sha256(kept.encode()).hexdigest()[:12]}"


def _since(there: Article) -> str:
    return (
        f"the article was changed since this was written out ({stamp(there.changed_at)}, its words"
        f" last by {newest(there).by_name}): look at it, then write it out anew or leave this empty"
    )


def _of(keeping: Keeping, name: str) -> object:
    """Return a value that compares: tags have no order."""
    value = getattr(keeping, name)
    return {tag.pk for tag in value} if name == "tags" else value


# Done -------------------------------------------------------------------------


def _make(known: _Known, code: str, wording: Wording, keeping: Keeping, state: str) -> None:
    made = acts.write(code, wording, keeping, by=known.by, now=known.now)
    if state == ArticleState.PUBLISHED:
        acts.publish(made, newest(made).number, by=known.by, now=known.now)


def _change(known: _Known, there: Article, wording: Wording, keeping: Keeping, state: str) -> None:
    by, now = known.by, known.now
    acts.keep(there, keeping, by=by, now=now)
    found = acts.revise(there, wording, note="", by=by, now=now)
    if state == ArticleState.RETIRED and found.state != state:
        acts.retire(found, reason="the file says so", by=by, now=now)
    elif state == ArticleState.PUBLISHED and _unpublished(found):
        acts.publish(found, newest(found).number, by=by, now=now)


def _unpublished(article: Article) -> bool:
    return article.state != ArticleState.PUBLISHED or article.published_id != newest(article).pk


def written(force: Force) -> str:
    """Return a force's articles, as last written, as a file that :func:`plan_articles` takes."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow([*REQUIRED, *OPTIONAL])
    found = Article.objects.filter(force=force).select_related("unit", "owner").order_by("code")
    for one in found.prefetch_related("tags"):
        said = wording_of(newest(one))
        sheet.writerow([
            one.code, said.title, said.body, said.reply, said.short_reply, one.language,
            "; ".join(tag.name for tag in one.tags.all()), one.unit.code,
            one.owner.number if one.owner else "", one.review_on.isoformat(), one.state,
            _version_of(one),
        ])  # fmt: skip
    return out.getvalue()


# Tags -------------------------------------------------------------------------


def plan_tags(force: Force, path: Path, *, by: Actor) -> Plan:
    """Plan what a file of ``name[,description,active]`` changes in the force's list.

    :raises ImportRefusedError: naming file, row and column of every mistake.
    """
    file, plan = File(path, ("name",), ("description", "active")), Plan()
    there, seen = {tag.key: tag for tag in CaseTag.objects.filter(force=force)}, dict[str, int]()
    for line in file.rows():
        once(line, "name", seen)
        name, said = line.text("name", 40), line.get("description")
        active = line.get("active").lower() in _YES
        if line.get("active").lower() not in _YES | _NO:
            line.wrong("active", "is neither yes nor no")
        old = there.get(name.casefold())
        if old and (old.name, old.description, old.active) == (name, said, active):
            plan.same += 1
            continue
        step = partial(define_tag, force, name, by=by, description=said, active=active, tag=old)
        plan.add(line.row, "change" if old else "add", name, step)
    file.refuse()
    return plan
