"""The whole house in one process group: what ``make run`` starts.

PostgreSQL (unless ``DATABASE_URL`` names one), the database made ready, then
the web, live events, workers, the mail receiver and the demo's simulators.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Group
from rich.panel import Panel
from rich.table import Table

from bluelamp.kit.config import Config, config
from bluelamp.site import ports, prepare
from bluelamp.site.children import raise_file_limit, tie_to_parent
from bluelamp.site.demo import texts
from bluelamp.site.only import MARK, end_leftovers, only_run
from bluelamp.site.output import Output
from bluelamp.site.postgres import EmbeddedPostgres
from bluelamp.site.supervisor import Chore, ProcessSpec
from bluelamp.site.supervisor import run as supervise

FEW_FILES = 4096
WORKERS = 2
_SERVICES = {
    "web server": "web_port",
    "live events": "events_port",
    "mail receiver": "lmtp_port",
    "simulated mail server": "mailbox_smtp_port",
    "simulated mailbox": "mailbox_page_port",
    "simulated phones": "phones_port",
}
_CHECKOUT = Path(__file__).resolve().parents[3]


@click.command("run")
@click.pass_context
def command(context: click.Context) -> None:
    """Start the whole house and stop it with Ctrl-C."""
    context.exit(run())


@dataclass(frozen=True)
class Plan:
    """What is decided before anything starts."""

    settings: Config
    demo: bool
    port: dict[str, int]
    """By the name of its setting."""
    public_url: str
    database_url: str

    @property
    def simulates(self) -> bool:
        """Whether the demo's mail goes to the simulated mailbox."""
        return self.simulates_texts and not self.settings.smtp_host

    @property
    def simulates_texts(self) -> bool:
        """Whether the demo's text messages go to simulated phones."""
        return self.demo and (_CHECKOUT / "simulators").is_dir()

    @property
    def environment(self) -> dict[str, str]:
        """What every process is told."""
        return {
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "bluelamp.site.settings",
            "BLUELAMP_VAR": str(self.settings.var.resolve()),
            "BLUELAMP_DEMO": "1" if self.demo else "0",
            "BLUELAMP_PUBLIC_URL": self.public_url,
            "PYTHONUNBUFFERED": "1",
            MARK: str(self.settings.var.resolve()),
            **{f"BLUELAMP_{name.upper()}": str(port) for name, port in self.port.items()},
        }


def run() -> int:
    """Start everything, mind it until told to stop, and stop it; the exit code."""
    began = time.monotonic()
    if "MAKELEVEL" in os.environ:  # make cannot pass on the signal that kills it
        tie_to_parent(signal.SIGTERM)
    settings, output = config(), Output(sys.stdout)
    _check_file_limit(output)
    with only_run(settings.var) as stopping:
        for name in end_leftovers(settings.var):
            output.say(f"Ended what an earlier run left behind: {name}")
        database = None if settings.database_url else EmbeddedPostgres(settings.var / "postgres")
        url = database.start() if database else settings.database_url
        try:
            return _run(plan(settings, url, output), database, output, began, stopping)
        finally:
            if database and not database.stop():
                output.say("The database goes on: another program uses it.")


def plan(settings: Config, database_url: str, output: Output) -> Plan:
    """Decide on ports and the demo, and say what differs from the settings."""
    chosen = ports.choose({name: getattr(settings, field) for name, field in _SERVICES.items()})
    for choice in chosen.values():
        if choice.remark:
            output.say(choice.remark)
    port = {field: chosen[name].port for name, field in _SERVICES.items()}
    public_url = _public_url(settings, port["web_port"])
    return Plan(settings, _wants_demo(settings), port, public_url, database_url)


def _public_url(settings: Config, port: int) -> str:
    """Where the pages are found: as set, but for a port of ours that was taken."""
    if "public_url" not in settings.model_fields_set:
        return f"http://localhost:{port}"
    given = urlsplit(settings.public_url)
    if given.port != settings.web_port:  # a proxy's, or none
        return settings.public_url
    return settings.public_url.replace(f":{given.port}", f":{port}", 1)


def specs(plan: Plan, *, prepared: bool) -> list[ProcessSpec]:
    """What to run, in the order in which it is to stop being waited for."""
    ready: tuple[str, ...] = () if prepared else ("prepare",)
    first = [] if prepared else [_prepare(plan)]
    rest = [_web(plan, ready), _events(plan, ready), _receiver(plan, ready)]
    workers = [_worker(plan, number, (*ready, "web")) for number in range(1, WORKERS + 1)]
    return [*first, *_simulators(plan), *rest, *workers]


def banner(plan: Plan, seconds: float) -> Panel:
    """Write the addresses and the demo's log-ins."""
    addresses = _grid()
    addresses.add_row("Public pages", f"{plan.public_url}/")
    addresses.add_row("Officers", f"{plan.public_url}/console/")
    if plan.simulates:
        page = f"http://localhost:{plan.port['mailbox_page_port']}/"
        addresses.add_row("Members' mail", f"{page} (simulated)")
    if plan.simulates_texts:
        page = f"http://localhost:{plan.port['phones_port']}/"
        addresses.add_row("Phones", f"{page} (simulated)")
    parts: list[Table | str] = [addresses]
    if found := prepare.logins(plan.settings.var):
        people = _grid()
        for login in found:
            people.add_row(login.email, login.words)
        parts += ["", f"Demo log-ins, all with the password {found[0].password}", people]
    parts += ["", f"Started in {seconds:.1f} seconds. Ctrl-C stops everything."]
    return Panel(Group(*parts), title="Bluelamp is running", padding=(1, 2), expand=False)


def _run(
    plan: Plan,
    database: EmbeddedPostgres | None,
    output: Output,
    began: float,
    stopping: Callable[[], None],
) -> int:
    if database is None:
        prepare.check_server(plan.database_url)
    settings = plan.settings
    prepared = prepare.is_prepared(settings.var, plan.database_url, demo=plan.demo)
    if not prepared:
        output.say("Preparing the database. This takes a minute the first time.")
    return supervise(
        specs(plan, prepared=prepared),
        output=output,
        chores=[Chore("database", 2.0, lambda: _mend(database))] if database else [],
        on_ready=lambda: output.show(banner(plan, time.monotonic() - began)),
        on_stop=stopping,
    )


def _mend(database: EmbeddedPostgres) -> str | None:
    """Put right what was killed; its keeper does so for the server alone."""
    status = database.status()
    if status.running and status.kept:
        return None
    database.start()
    return "It had been ended, and runs again."


def _wants_demo(settings: Config) -> bool:
    """Whether to make and show the fictional force.

    By default wherever nobody signs in for real: its log-ins are public.
    """
    return settings.demo if "demo" in settings.model_fields_set else not settings.secure


def _check_file_limit(output: Output) -> None:
    if (limit := raise_file_limit()) < FEW_FILES:
        output.say(
            f"Only {limit} files may be open at once, so readers of live pages will be turned "
            f"away. Allow {FEW_FILES} or more: ulimit -n {FEW_FILES}"
        )


def _prepare(plan: Plan) -> ProcessSpec:
    text = "from bluelamp.site.prepare import main; main()"
    return ProcessSpec("prepare", [sys.executable, "-c", text], plan.environment, once=True)


def _web(plan: Plan, after: tuple[str, ...]) -> ProcessSpec:
    port = plan.port["web_port"]
    arguments = ["--interface", "wsgi", "--no-ws", "--port", str(port), "--blocking-threads", "4"]
    minding = ["--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"]
    command = _module("granian", *arguments, *minding, "bluelamp.site.wsgi:application")
    return ProcessSpec("web", command, plan.environment, after=after, port=port, path="/healthz")


def _events(plan: Plan, after: tuple[str, ...]) -> ProcessSpec:
    port = plan.port["events_port"]
    arguments = ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "3"]
    command = _module("uvicorn", *arguments, "bluelamp.site.events:application")
    return ProcessSpec("events", command, plan.environment, after=after, port=port)


def _receiver(plan: Plan, after: tuple[str, ...]) -> ProcessSpec:
    port = plan.port["lmtp_port"]
    command = _bluelamp("receive-mail")
    return ProcessSpec("mail-in", command, plan.environment, after=after, port=port)


def _worker(plan: Plan, number: int, after: tuple[str, ...]) -> ProcessSpec:
    # A worker that is told to stop finishes the window it is sending.
    command = _bluelamp("worker")
    return ProcessSpec(f"worker-{number}", command, plan.environment, after=after, grace=20.0)


def _simulators(plan: Plan) -> list[ProcessSpec]:
    mailbox = [_mailbox(plan)] if plan.simulates else []
    return [*mailbox, *([_phones(plan)] if plan.simulates_texts else [])]


def _mailbox(plan: Plan) -> ProcessSpec:
    options = {
        "--smtp-port": plan.port["mailbox_smtp_port"],
        "--page-port": plan.port["mailbox_page_port"],
        "--lmtp-port": plan.port["lmtp_port"],
        "--file": plan.settings.var.resolve() / "mailbox.sqlite",
    }
    return _simulator(plan, "mailbox", options, plan.port["mailbox_page_port"])


def _phones(plan: Plan) -> ProcessSpec:
    options = {
        "--port": plan.port["phones_port"],
        "--service-id": texts.SERVICE,
        "--secret": texts.SECRET,
        "--template-id": texts.TEMPLATE,
    }
    return _simulator(plan, "notify", options, plan.port["phones_port"])


def _simulator(plan: Plan, name: str, options: Mapping[str, object], port: int) -> ProcessSpec:
    given = (str(part) for pair in options.items() for part in pair)
    environment = {**plan.environment, "PYTHONPATH": str(_CHECKOUT)}
    return ProcessSpec(name, _module(f"simulators.{name}", *given), environment, port=port)


def _module(*command: str) -> list[str]:
    return [sys.executable, "-m", *command]


def _bluelamp(*command: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; from bluelamp.site.cli import main; main()",
        *command,
    ]


def _grid() -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_column(style="bold", no_wrap=True)
    return table
