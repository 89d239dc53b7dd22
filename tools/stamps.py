"""Remembering what was done from which inputs, so that it is not done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"


def digest(files: Iterable[Path], *words: str) -> str:
    """Hash the files' names below the checkout and contents, and of ``words``."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(ROOT)} {content}\n".encode())
    return total.hexdigest()


class Stamp:
    """A small file that says from what something was made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def says(self, value: str) -> bool:
        """Whether it was made from ``value``."""
        try:
            return self.path.read_text() == value
        except OSError:
            return False

    def write(self, value: str) -> None:
        """Remember that it is now made from ``value``."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(value)

    def remove(self) -> None:
        """Forget: it is about to be made."""
        self.path.unlink(missing_ok=True)
