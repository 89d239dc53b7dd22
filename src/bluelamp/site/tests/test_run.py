"""What is decided before the house starts, and what it is told."""

from __future__ import annotations

import io
import socket
from pathlib import Path

import pytest
from django.http import HttpResponse
from rich.console import Console
from whitenoise.middleware import WhiteNoiseMiddleware

from bluelamp.kit.config import Config
from bluelamp.site import prepare, run
from bluelamp.site.bench_fanout import free_port
from bluelamp.site.output import Output


def a_plan(tmp_path: Path, screen: io.StringIO | None = None, **settings: object) -> run.Plan:
    chosen = Config(var=tmp_path, **settings)  # type: ignore[arg-type]
    return run.plan(chosen, "postgresql://here/bluelamp", Output(screen or io.StringIO()))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BLUELAMP_DEMO", "BLUELAMP_SECURE", "BLUELAMP_PUBLIC_URL", "BLUELAMP_WEB_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_demo_is_made_where_nobody_signs_in_for_real(tmp_path: Path) -> None:
    assert a_plan(tmp_path).demo
    assert not a_plan(tmp_path, secure=True).demo
    assert a_plan(tmp_path, secure=True, demo=True).demo
    assert not a_plan(tmp_path, demo=False).demo


def test_demo_mail_goes_to_the_simulator_unless_a_real_server_is_named(tmp_path: Path) -> None:
    assert a_plan(tmp_path).simulates
    real = a_plan(tmp_path, smtp_host="relay.example.test")
    assert (real.simulates, real.simulates_texts) == (False, True)
    assert not a_plan(tmp_path, demo=False).simulates


def test_taken_web_port_changes_the_public_address_too(tmp_path: Path) -> None:
    screen = io.StringIO()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        url = f"http://localhost:{port}"
        plan = a_plan(tmp_path, screen, web_port=port, public_url=url)
    assert plan.port["web_port"] != port
    assert plan.public_url == f"http://localhost:{plan.port['web_port']}"
    assert plan.environment["BLUELAMP_WEB_PORT"] == str(plan.port["web_port"])
    assert f"Port {port} is taken" in screen.getvalue()


def test_the_public_address_follows_the_port_unless_it_is_set(tmp_path: Path) -> None:
    port = free_port()
    assert a_plan(tmp_path, web_port=port).public_url == f"http://localhost:{port}"
    for url in ("https://alerts.example.test", "https://alerts.example.test:443"):
        assert a_plan(tmp_path, web_port=port, public_url=url).public_url == url


def test_nothing_that_needs_tables_starts_before_they_are_made(tmp_path: Path) -> None:
    specs = run.specs(a_plan(tmp_path), prepared=False)
    [first] = [spec for spec in specs if spec.once]
    assert first.name == "prepare"
    waiting = {spec.name for spec in specs if "prepare" in spec.after}
    assert waiting == {spec.name for spec in specs} - {"prepare", "mailbox", "notify"}
    assert all("prepare" not in spec.after for spec in run.specs(a_plan(tmp_path), prepared=True))


def test_every_process_is_told_the_same(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    for spec in run.specs(plan, prepared=True):
        assert plan.environment.items() <= spec.environment.items(), spec.name


def test_the_web_server_looks_for_no_folder_that_is_missing(
    recwarn: pytest.WarningsRecorder,
) -> None:
    files = WhiteNoiseMiddleware(lambda request: HttpResponse()).files
    assert "/static/bluelamp/lamp.svg" in files
    assert [str(one.message) for one in recwarn] == []


def test_banner_has_addresses_and_log_ins(tmp_path: Path) -> None:
    (tmp_path / "prepared.json").write_text(
        '{"logins": [{"email": "alice@force.example.test", "words": "writes", "password": "pw-1"}]}'
    )
    screen = Console(file=io.StringIO(), width=100)
    plan = a_plan(tmp_path)
    screen.print(run.banner(plan, 3.14159))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    for words in (f"{plan.public_url}/console/", "alice@force.example.test", "pw-1", "3.1 seconds"):
        assert words in shown


def test_database_that_does_not_answer_is_said_in_a_sentence() -> None:
    with pytest.raises(prepare.DatabaseError, match="DATABASE_URL does not answer"):
        prepare.check_server("postgresql://127.0.0.1:1/none")
