"""Word lists from CSV into the database: a file is the whole list, the same file twice nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.language.models import Term, WordList
from bluelamp.language.rules.merging import Key, key_of
from bluelamp.language.sheets import digest
from bluelamp.language.values import COLUMNS
from bluelamp.language.values import Term as TermValue
from bluelamp.org.models import Force

ACT = "language.import"


@dataclass(frozen=True, slots=True)
class WordsReport:
    """What a file changed, or would change."""

    new: int
    changed: int
    unchanged: int
    removed: int
    dry_run: bool

    @property
    def changes(self) -> bool:
        """Say whether anything is not as it was."""
        return bool(self.new or self.changed or self.removed)


def import_words(
    force: Force | None,
    kind: str,
    name: str,
    terms: Sequence[TermValue],
    *,
    by: Actor,
    now: datetime,
    dry_run: bool = False,
    act: str = ACT,
    reason: str = "",
) -> WordsReport:
    """Make a list's lines those of a file; a dry run only says what that would change.

    :param force: whose list it is; none for one that all forces share.
    :param act: how the record calls it, with whose ``reason``.
    """
    kept = WordList.objects.filter(force=force, kind=kind, name=name).first()
    old = {key_of(row.value): row for row in kept.terms.all()} if kept else {}
    new = {key_of(term): term for term in terms}
    same = sum(key in old and _same(old[key], line, term) for line, (key, term) in _lines(new))
    report = WordsReport(
        new=len(new.keys() - old.keys()),
        changed=len(new.keys() & old.keys()) - same,
        unchanged=same,
        removed=len(old.keys() - new.keys()),
        dry_run=dry_run,
    )
    if not dry_run and (report.changes or kept is None):
        with acting(by, act, reason=reason):
            _store(kept or WordList(force=force, kind=kind, name=name), old, new, now)
    return report


def _lines(new: Mapping[Key, TermValue]) -> enumerate[tuple[Key, TermValue]]:
    return enumerate(new.items(), 1)


def _same(row: Term, line: int, term: TermValue) -> bool:
    return row.line == line and row.value == term


def _store(
    word_list: WordList, old: Mapping[Key, Term], new: Mapping[Key, TermValue], now: datetime
) -> None:
    """Write a list, its lines that are new or changed, and drop the rest; inside ``acting``."""
    word_list.version = digest(new.values())
    word_list.changed_at = now
    word_list.save()
    gone = [row.pk for key, row in old.items() if key not in new]
    changed = [
        _filled(old[key], line, term)
        for line, (key, term) in _lines(new)
        if key in old and not _same(old[key], line, term)
    ]
    made = [
        _filled(Term(word_list=word_list), line, term)
        for line, (key, term) in _lines(new)
        if key not in old
    ]
    Term.objects.filter(pk__in=gone).delete()
    Term.objects.bulk_update(changed, ["line", *COLUMNS], batch_size=500)
    Term.objects.bulk_create(made, batch_size=500)


def _filled(row: Term, line: int, term: TermValue) -> Term:
    row.line = line
    for column, cell in asdict(term).items():
        setattr(row, column, cell)
    return row
