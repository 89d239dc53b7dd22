"""Bytes without a row go after a day; what somebody keeps at that moment stays."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bluelamp.files import disk
from bluelamp.files.actions import keep
from bluelamp.files.check import check
from bluelamp.files.errors import LostFileError
from bluelamp.files.models import File
from bluelamp.files.sweep import SAFE_AGE, sweep
from bluelamp.files.tests.samples import photo
from bluelamp.kit.config import config
from bluelamp.org.models import Force

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config(), "files", tmp_path)
    return tmp_path


def age(folder: Path, at: datetime) -> None:
    """Let everything on disk be of this time."""
    for path in folder.rglob("*"):
        os.utime(path, (at.timestamp(), at.timestamp()))


def on_disk(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def orphan(force: Force, content: bytes = b"nobody's") -> str:
    """Leave bytes as a crash before the commit of their row does."""
    return disk.put(force.pk, content)


def test_bytes_without_a_row_go_after_a_day(force: Force, folder: Path, now: datetime) -> None:
    sha256 = orphan(force)
    disk.put_beside(force.pk, sha256, ".preview", b"small")
    age(folder, now - SAFE_AGE + HOUR)
    assert sweep(now=now) == 0
    age(folder, now - SAFE_AGE - HOUR)
    assert sweep(now=now) == 2
    assert on_disk(folder) == set()


def test_what_a_row_names_stays_with_its_preview(
    force: Force, other_force: Force, folder: Path, now: datetime
) -> None:
    file = keep(force, "a.jpg", photo(), now=now)
    check(now=now)
    orphan(other_force, photo())
    age(folder, now - SAFE_AGE - HOUR)
    assert sweep(now=now) == 1, "another force's row names nothing here"
    assert on_disk(folder) == {file.sha256, f"{file.sha256}.preview"}


def test_half_written_drafts_go_too(force: Force, folder: Path, now: datetime) -> None:
    sha256 = orphan(force)
    path = next(folder.rglob(sha256))
    path.rename(path.with_name(f".{sha256}.0a1b2c3d"))
    age(folder, now - SAFE_AGE - HOUR)
    assert sweep(now=now) == 1
    assert on_disk(folder) == set()


def test_who_keeps_the_same_bytes_again_makes_them_young(
    force: Force, folder: Path, now: datetime
) -> None:
    orphan(force)
    age(folder, now - SAFE_AGE - HOUR)
    orphan(force)
    assert sweep(now=now) == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_who_keeps_them_while_they_are_swept_has_them(
    force: Force, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    sha256 = orphan(force)
    age(folder, now - SAFE_AGE - HOUR)
    real = Path.rename

    def meanwhile(self: Path, target: Any) -> Path:
        monkeypatch.undo()
        monkeypatch.setattr(config(), "files", folder)
        if moment == "before":
            keep(force, "a.txt", b"nobody's", now=now)
        moved = real(self, target)
        if moment == "after":
            keep(force, "a.txt", b"nobody's", now=now)
        return moved

    monkeypatch.setattr(Path, "rename", meanwhile)
    sweep(now=now)
    assert File.objects.get().sha256 == sha256
    assert disk.get(force.pk, sha256) == b"nobody's"


def test_what_a_dead_sweeper_took_out_is_put_back(
    force: Force, folder: Path, now: datetime
) -> None:
    file = keep(force, "a.txt", b"words", now=now)
    path = next(folder.rglob(file.sha256))
    path.rename(path.with_name(f".out.{file.sha256}"))
    with pytest.raises(LostFileError):
        disk.get(force.pk, file.sha256)
    sweep(now=now)
    assert disk.get(force.pk, file.sha256) == b"words"
    orphan(force, b"gone")
    path = next(folder.rglob(disk.put(force.pk, b"gone")))
    path.rename(path.with_name(f".out.{path.name}"))
    age(folder, now - SAFE_AGE - HOUR)
    assert sweep(now=now) == 1
    assert on_disk(folder) == {file.sha256}
