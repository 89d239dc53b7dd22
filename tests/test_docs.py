"""The scripts that our pages tell their readers to run still find what they import."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
SCRIPTS = sorted(DOCS.rglob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(DOCS)))
def test_what_a_script_imports_is_there(script: Path) -> None:
    found = [one for one in ast.walk(ast.parse(script.read_text()))
             if isinstance(one, ast.ImportFrom) and one.module]  # fmt: skip
    names = [(one.module or "", name.name) for one in found for name in one.names]
    assert names
    missing = [
        f"{module}.{name}"
        for module, name in names
        if not hasattr(import_module(module), name) and not _is_module(f"{module}.{name}")
    ]
    assert missing == []


def _is_module(name: str) -> bool:
    try:
        import_module(name)
    except ModuleNotFoundError:
        return False
    return True
