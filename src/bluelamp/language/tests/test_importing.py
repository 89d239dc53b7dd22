from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.language import importing, queries
from bluelamp.language.commands import export_words, import_words
from bluelamp.language.errors import LanguageError
from bluelamp.language.models import Term as Row
from bluelamp.language.sheets import shipped, written
from bluelamp.language.values import Term
from bluelamp.org.models import Force

pytestmark = pytest.mark.django_db

KNIFE, GUN = Term("knife", "weapon", 2.0), Term("gun", "weapon", note="any")


def store(force: Force | None, now: datetime, *terms: Term, dry_run: bool = False) -> object:
    return importing.import_words(
        force, "weapons", "mine", terms, by=SYSTEM, now=now, dry_run=dry_run
    )


def counts(report: object) -> tuple[int, ...]:
    return tuple(getattr(report, name) for name in ("new", "changed", "unchanged", "removed"))


def test_a_file_is_the_whole_list(force: Force, now: datetime) -> None:
    assert counts(store(force, now, KNIFE, GUN)) == (2, 0, 0, 0)
    assert counts(store(force, now, KNIFE, GUN)) == (0, 0, 2, 0)
    heavier = Term("knife", "weapon", 5.0)
    assert counts(store(force, now, heavier)) == (0, 1, 0, 1)
    assert queries.own_words(force, "weapons") == (heavier,)


def test_the_same_file_again_writes_nothing(force: Force, now: datetime) -> None:
    store(force, now, KNIFE, GUN)
    before = Entry.objects.count()
    store(force, now, KNIFE, GUN)
    assert Entry.objects.count() == before


def test_lines_are_recorded(force: Force, now: datetime) -> None:
    store(force, now, KNIFE)
    assert Entry.objects.filter(table="language_term").count() == 1


def test_a_dry_run_only_says_so(force: Force, now: datetime) -> None:
    assert counts(store(force, now, KNIFE, dry_run=True)) == (1, 0, 0, 0)
    assert not Row.objects.exists()


def test_the_order_of_the_file_is_kept(force: Force, now: datetime) -> None:
    store(force, now, KNIFE, GUN)
    store(force, now, GUN, KNIFE)
    assert [term.text for term in queries.own_words(force, "weapons")] == ["gun", "knife"]


def test_shared_lines_hold_for_every_force_and_own_ones_before_them(
    force: Force, other_force: Force, now: datetime
) -> None:
    store(None, now, KNIFE, GUN)
    store(force, now, Term("knife", "weapon", 9.0), Term("gun", "weapon", active=False))
    assert [term.weight for term in queries.words_of(force, "weapons")] == [9.0]
    assert queries.words_of(other_force, "weapons") == (KNIFE, GUN)


def test_shipped_lines_hold_without_any_import(force: Force) -> None:
    assert queries.words_of(force, "emergency") == shipped("emergency")


def test_the_version_changes_with_the_lines(
    force: Force, other_force: Force, now: datetime
) -> None:
    before = queries.version_of(force, "weapons")
    store(force, now, KNIFE)
    after = queries.version_of(force, "weapons")
    assert before != after
    assert queries.version_of(other_force, "weapons") == before
    store(force, now, GUN)
    assert queries.version_of(force, "weapons") != after


def test_the_commands_go_round(force: Force, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text(written([KNIFE, GUN]))
    arguments = [str(path), "--force", force.slug, "--kind", "weapons"]
    dry = CliRunner().invoke(import_words, [*arguments, "--dry-run", "--json"])
    assert json.loads(dry.stdout) == {
        "new": 2, "changed": 0, "unchanged": 0, "removed": 0, "dry_run": True,
    }  # fmt: skip
    assert CliRunner().invoke(import_words, arguments).exit_code == 0
    out = CliRunner().invoke(export_words, ["--kind", "weapons", "--force", force.slug])
    assert out.stdout == path.read_text()


def test_the_shipped_list_is_printed() -> None:
    out = CliRunner().invoke(export_words, ["--kind", "thrive"])
    assert out.stdout == written(shipped("thrive"))


def test_an_unknown_force_is_refused() -> None:
    with pytest.raises(LanguageError, match="nowhere"):
        queries.force_named("nowhere")
