"""Lines of a force's own lists, changed one at a time from a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.kit.moments import stamp
from bluelamp.language.errors import ChangedMeanwhileError
from bluelamp.language.models import Term, WordList
from bluelamp.language.queries import changed_last, version_of
from bluelamp.language.rules import merging
from bluelamp.language.rules.merging import Key, key_of
from bluelamp.language.sheets import digest, shipped_kinds
from bluelamp.language.values import COLUMNS
from bluelamp.language.values import Term as TermValue
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts

OWN = "Own words"
"""Name of the list that a force's first line from a page makes."""


def act_of(kind: str) -> Acts:
    """Return what one must be allowed to change the words of a kind.

    What the product ships words of is read by triage; the rest is moderation's.
    """
    return Acts.TRIAGE_MANAGE if kind in shipped_kinds() else Acts.WORDS_MANAGE


def keep_line(
    force: Force, kind: str, term: TermValue, *, seen: str, by: By, now: datetime,
    act: str = "language.keep_line", reason: str = "",
) -> None:  # fmt: skip
    """Put a line into the force's own lists: new, or in the place of the same line of any list.

    :param seen: :func:`~bluelamp.language.queries.version_of` as the officer saw it.
    :param act: how the record calls it.
    :raises ChangedMeanwhileError: somebody changed the words since.
    """
    change = _Change(force, kind, seen, by, now, act, reason)
    _change(change, key_of(term), lambda lines: merging.put(lines, term))


def take_out(
    force: Force, kind: str, key: Key, *, seen: str, by: By, now: datetime,
    act: str = "language.take_out", reason: str = "",
) -> None:  # fmt: skip
    """Take a line out of the force's own lists; one that it overrode holds again.

    :raises ChangedMeanwhileError: somebody changed the words since.
    """
    change = _Change(force, kind, seen, by, now, act, reason)
    _change(change, key, lambda lines: merging.without(lines, key))


class _Change:
    """Who changes which words, when and why."""

    def __init__(
        self, force: Force, kind: str, seen: str, by: By, now: datetime, act: str, reason: str
    ) -> None:
        self.force, self.kind, self.seen, self.now = force, kind, seen, now
        self.actor = permit.answering(by, act_of(kind), force)
        self.act, self.reason = act, reason


def _change(
    change: _Change, key: Key, how: Callable[[Iterable[TermValue]], tuple[TermValue, ...]]
) -> None:
    with acting(change.actor, change.act, reason=change.reason):
        Force.objects.select_for_update(no_key=True).get(pk=change.force.pk)
        unseen(change.force, change.kind, change.seen)
        kept = _list_of(change, key)
        there = kept.terms.all() if kept.pk else ()
        rows = {key_of(row.value): row for row in there}
        lines = how(row.value for row in rows.values())
        kept.version, kept.changed_at = digest(lines), change.now
        kept.save()
        _write(kept, rows, lines)


def unseen(force: Force, kind: str, seen: str) -> None:
    """Refuse a change by somebody who saw older words.

    :raises ChangedMeanwhileError: they are not what was seen.
    """
    if version_of(force, kind) != seen:
        who, at = changed_last(force, kind)
        words = _("%(who)s changed these words meanwhile (%(at)s). Look again, then change them.")
        raise ChangedMeanwhileError(words % {"who": who or _("Somebody"), "at": stamp(at) or "–"})


def _list_of(change: _Change, key: Key) -> WordList:
    """Return the list that has the line, the last one that counts; else the first, else a new."""
    mine = WordList.objects.filter(force=change.force, kind=change.kind).order_by("name")
    text, heading, language = key
    has = Term.objects.filter(word_list__in=mine, text=text, heading=heading, language=language)
    row = has.select_related("word_list").order_by("-word_list__name").first()
    if row is not None:
        return row.word_list
    return mine.first() or WordList(force=change.force, kind=change.kind, name=OWN)


def _write(kept: WordList, rows: dict[Key, Term], lines: tuple[TermValue, ...]) -> None:
    there = {key_of(term) for term in lines}
    Term.objects.filter(pk__in=[row.pk for key, row in rows.items() if key not in there]).delete()
    for place, term in enumerate(lines, 1):
        row = rows.get(key_of(term)) or Term(word_list=kept)
        if row.pk is None or row.line != place or row.value != term:
            row.line = place
            for column in COLUMNS:
                setattr(row, column, getattr(term, column))
            row.save()
