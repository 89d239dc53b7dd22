"""What import-linter cannot see: foreign keys, templates, jobs and forms keep the floors' order."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.template import engines
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src" / "bluelamp"


@cache
def floors() -> list[str]:
    """The floors from the top down, as the contract in pyproject.toml has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c["id"] == "floors")["layers"]
    return [layer.strip("()") for layer in layers]


def height(floor: str) -> int:
    return -floors().index(floor)


def floor_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0]


def test_foreign_keys_point_downward() -> None:
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("bluelamp.")
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and _is_ours(field.related_model)
        and height(field.related_model._meta.app_label) > height(model._meta.app_label)
    ]  # fmt: skip
    assert upward == []


def _is_ours(model: type | None) -> bool:
    return model is not None and model.__module__.startswith("bluelamp.")


# --- templates ---

TAG = re.compile(r"{%\s*(\w+)\s+(.*?)\s*%}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}", re.DOTALL)


def templates() -> list[Path]:
    return sorted(HOUSE.glob("*/templates/**/*.html"))


def tags(path: Path) -> Iterator[tuple[str, str]]:
    yield from TAG.findall(COMMENT.sub("", path.read_text()))


@cache
def libraries() -> dict[str, str]:
    """Tag libraries, and the floor each belongs to ("" for others')."""
    found = {}
    for name, module in engines["django"].engine.libraries.items():
        parts = module.split(".")
        found[name] = parts[1] if parts[0] == "bluelamp" else ""
    return found


@cache
def owners() -> dict[str, str]:
    """Names of addresses, and the floor that answers there."""
    found: dict[str, str] = {}

    def walk(resolver: URLResolver, space: str) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern, pattern.namespace or space)
            elif pattern.name:
                name = f"{space}:{pattern.name}" if space else pattern.name
                parts = pattern.callback.__module__.split(".")
                found[name] = parts[1] if parts[0] == "bluelamp" else "org"

    walk(get_resolver(), "")
    return found


def named(name: str, rest: str) -> Iterator[str]:
    """Yield the floors that a tag leans on."""
    if name == "url" and (literal := re.match(r"[\"']([^\"']+)[\"']", rest)):
        yield owners().get(literal.group(1), "")  # the kit's gallery has addresses of its own
    elif name in ("extends", "include"):
        for literal in re.findall(r"[\"']([\w/.-]+\.html)[\"']", rest.split(" with ")[0]):
            yield from home(literal)
    elif name == "load":
        for library in rest.split(" from ")[-1].split():
            yield libraries()[library]


def home(template: str) -> Iterator[str]:
    """Yield the floor that a template lies in (its own override first, as Django finds it)."""
    found = next((path for path in HOUSE.glob(f"*/templates/{template}")), None)
    if found is not None:
        yield floor_of(found)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_templates_lean_downward(path: Path) -> None:
    here = floor_of(path)
    upward = [
        f"{{% {name} {rest} %}} leans on {floor}"
        for name, rest in tags(path)
        for floor in named(name, rest)
        if floor and height(floor) > height(here)
    ]
    assert upward == []


# --- forms ---

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
SUBMIT = re.compile(r"type=\"submit\"|<button(?![^>]*type=)|{% button\b|{% element button")


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_form_can_be_sent_without_javascript(path: Path) -> None:
    """It says how it is sent and has a button that sends it; passkeys need script by nature."""
    for attributes, body in FORM.findall(COMMENT.sub("", path.read_text())):
        if "webauthn" in attributes:
            continue
        assert "method=" in attributes, attributes
        assert SUBMIT.search(body) or "{% slot" in body, body[:200]


def test_no_page_carries_a_script_or_style_of_its_own() -> None:
    """The content security policy would refuse it; data blocks are fine."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=\"|\son\w+=\""
    )
    own = [str(path) for path in templates() if inline.search(path.read_text())]
    # a mail's HTML is not a page: mail programs know no style sheets
    assert [path for path in own if "/mail/" not in path] == []


# --- jobs ---


def test_every_job_that_is_enqueued_has_a_worker() -> None:
    """Each task lies in a jobs.py that the worker loads, under a name of its own."""
    from bluelamp.kit.queue import app

    for config in apps.get_app_configs():
        if importlib.util.find_spec(f"{config.name}.jobs"):
            importlib.import_module(f"{config.name}.jobs")
    strays = [
        task.name for task in app.tasks.values()
        if not task.func.__module__.endswith(".jobs") and task.func.__module__.startswith("blue")
    ]  # fmt: skip
    assert strays == []


def test_only_the_queue_module_defers() -> None:
    """Whatever is enqueued goes by ``nudge`` on a task of a jobs.py, so that it is known above."""
    strays = []
    for path in HOUSE.rglob("*.py"):
        if "tests" in path.parts or path.name == "queue.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("configure_task", "defer_async"):
                strays.append(f"{path.relative_to(HOUSE)}:{node.lineno}")  # noqa: PERF401
    assert strays == []
