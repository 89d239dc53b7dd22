"""``bluelamp bench fanout``: from an approved message to every delivery recorded.

Everything the product does is switched on: fanout of the audience, suppression
and consent read again, tokens, the ledger with its committed intent.  The
database is one of its own on the same server, the workers are processes like
the real ones, the receiver is Postfix's smtp-sink where it is installed and
our own sink elsewhere.  What smtp-source and Django's mail loop do against the
same receiver in the same run makes the ratios, which hold when the machine's
speed drifts.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click

from bluelamp.kit.cli import emit, json_option, talk

SESSIONS = 10
DJANGO_SHARE = 20
"""Django's loop sends one in so many: it is that much slower."""
TLS_SHARE = 5


@click.command()
@click.option("--recipients", default=100_000, show_default=True, help="How many members.")
@click.option("--dkim", type=click.Choice(["none", "rsa", "ed25519"]), default="none")
@click.option("--workers", default=2, show_default=True, help="Delivering processes.")
@json_option
def fanout(recipients: int, dkim: str, workers: int, as_json: bool) -> None:
    """Send one message to many members and measure it whole."""
    with ExitStack() as stack:
        stack.enter_context(scratch_database())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bluelamp-bench-")))
        result = measure(recipients, dkim, workers, scratch)
    if as_json:
        emit(result)
    else:
        for name, value in result.items():
            click.echo(f"{name:>20}  {value}")


def measure(recipients: int, dkim: str, workers: int, scratch: Path) -> dict[str, Any]:
    """Run everything once; return the figures."""
    from bluelamp.site.bench_force import BenchForce

    talk.print(f"Making {recipients:,} members …")
    bench = BenchForce(recipients, dkim)
    with receiver() as sink:
        short = bench.approved_message(sink.port, short=True)
        whole = bench.approved_message(sink.port)
        plain = against_source(bench, short, sink.port, workers, recipients)
        full = against_source(bench, whole, sink.port, workers, recipients)
        talk.print("Comparing with Django's own loop …")
        django = django_loop(bench.bodies(short), sink.port, max(recipients // DJANGO_SHARE, 100))
    talk.print("Sending under TLS to our own receiver …")
    tls = send_tls(bench, workers, scratch, max(recipients // TLS_SHARE, 100))
    return {
        "recipients": recipients,
        "dkim": dkim,
        "workers": workers,
        "receiver": sink.name,
        **plain,
        **{f"{name}_full_mail": full[name] for name in _FULL},
        "ratio_django": round(plain["rate"] / django, 1),
        "rate_django": round(django),
        "rate_tls": tls["rate"],
        "worker_rss_mb": max(plain["worker_rss_mb"], full["worker_rss_mb"], tls["worker_rss_mb"]),
    }


_FULL = ("rate", "ratio_smtp_source", "message_bytes")


def against_source(
    bench: Any, message: int, port: int, workers: int, recipients: int
) -> dict[str, Any]:
    """Send one message, with smtp-source at the same size right before and after it."""
    size = bench.wire_bytes(message)
    talk.print(f"Sending {recipients:,} mails of {size:,} bytes …")
    before = smtp_source(port, recipients, size)
    result = send(bench, message, workers)
    after = smtp_source(port, recipients, size)
    talk.print(f"… {result['rate']:,} a second")
    source = (before + after) / 2 if before and after else None
    return {
        "message_bytes": size,
        **result,
        "rate_smtp_source": round(source) if source else None,
        "ratio_smtp_source": round(result["rate"] / source, 3) if source else None,
    }


# The database ---------------------------------------------------------------


@contextmanager
def scratch_database() -> Iterator[None]:
    """Make a database of our own on the configured server, and Django ready for it."""
    import psycopg

    from bluelamp.kit.config import config
    from bluelamp.site.database import embedded

    url = config().database_url or embedded().start()
    name = f"bluelamp_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    config.cache_clear()
    try:
        _set_up()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(url, autocommit=True) as admin:
            _drop(admin, name)


def _drop(admin: Any, name: str) -> None:
    """Drop a database; the server's own vacuum may be in it for a moment, and is not ours."""
    import psycopg

    for _attempt in range(30):
        try:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(1)
        else:
            return
    talk.print(f"The database {name} is still in use; drop it by hand.")


def _set_up() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
    django.setup()
    call_command("migrate", verbosity=0)


# Receivers ------------------------------------------------------------------


class Receiver:
    """A running receiver: where, and which."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Start smtp-sink, or our own sink where Postfix's tools are not installed."""
    found = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        with own_sink() as port:
            yield Receiver(port, "simulators.smtp_sink")
        return
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running([found, *user, f"127.0.0.1:{port}", "200"]):
        wait_for(port)
        yield Receiver(port, "smtp-sink")


@contextmanager
def own_sink(*options: str) -> Iterator[int]:
    """Start our own receiver."""
    port = free_port()
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "simulators.smtp_sink", "--port", str(port), *options]
    with _running(command, cwd=root):
        wait_for(port)
        yield port


@contextmanager
def _running(command: Sequence[str], cwd: Path | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 10) -> None:
    """Wait until something listens.

    :raises TimeoutError: nothing does.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


# What we are compared with --------------------------------------------------


def smtp_source(port: int, messages: int, size: int) -> float | None:
    """Return smtp-source's messages a second on ten sessions; ``None`` without it."""
    found = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        return None
    # -d: sessions stay open, as ours do
    command = [found, "-d", "-s", str(SESSIONS), "-l", str(size), "-m", str(messages)]
    began = time.monotonic()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True, capture_output=True)
    return messages / (time.monotonic() - began)


def django_loop(bodies: tuple[str, str], port: int, messages: int) -> float:
    """Return the messages a second of Django's mail API in a loop over one connection."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    html, text = bodies
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host="127.0.0.1", port=port)
    connection.open()
    began = time.monotonic()
    for number in range(messages):
        mail = EmailMultiAlternatives(
            "Bench", text, "bench@example.test", [f"{number}@example.test"], connection=connection
        )
        mail.attach_alternative(html, "text/html")
        mail.send()
    connection.close()
    return messages / (time.monotonic() - began)


# The product ----------------------------------------------------------------


def send(bench: Any, message: int, workers: int) -> dict[str, Any]:
    """Send an approved message with so many workers; return rate, processor time and memory.

    ``worker_us`` is what a message costs the workers' processors: it holds when others use the
    machine, and rates do not.
    """
    crew = [_Worker(message) for _ in range(workers)]
    for worker in crew:
        worker.ready()
    began = time.monotonic()
    bench.fan_out(message)
    fanned = time.monotonic()
    for worker in crew:
        worker.go()
    reports = [worker.report() for worker in crew]
    seconds = time.monotonic() - began
    recorded = bench.recorded(message)
    spent = sum(report["seconds"] for report in reports)
    return {
        "rate": round(recorded / seconds),
        "fanout_seconds": round(fanned - began, 2),
        "recorded": recorded,
        "worker_us": round(spent / max(recorded, 1) * 1e6, 1),
        "worker_rss_mb": round(max(report["rss_mb"] for report in reports), 1),
    }


def send_tls(bench: Any, workers: int, scratch: Path, recipients: int) -> dict[str, Any]:
    """Send under TLS to our own receiver."""
    folder = scratch / "certificates"
    folder.mkdir()
    with own_sink("--tls", "--certificates", str(folder)) as port:
        few = bench.smaller(recipients)
        message = few.approved_message(
            port, short=True, security="tls", ca_file=str(folder / "ca.pem"), host="localhost"
        )
        return send(few, message, workers)


class _Worker:
    """A delivering process, started and warm before the clock runs."""

    def __init__(self, message: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bluelamp.site.bench_fanout", str(message)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ready(self) -> None:
        """Wait until it stands by."""
        assert self._process.stdout is not None  # noqa: S101 (asked for by PIPE above)
        self._process.stdout.readline()

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def report(self) -> dict[str, Any]:
        """Wait for its end and return what it measured of itself."""
        out, _ = self._process.communicate()
        return dict(json.loads(out.strip().splitlines()[-1]))


def work(message: int) -> None:
    """Be a worker: stand by, deliver, report."""
    import django

    django.setup()
    from bluelamp.channels import registry
    from bluelamp.outbound.deliver import deliver

    registry.adapter("email")  # a worker has its providers loaded after its first message
    print("ready", flush=True)  # noqa: T201 (our parent reads it)
    sys.stdin.readline()
    began = time.process_time()
    deliver(message)
    report = {"rss_mb": highest_memory() / 1e6, "seconds": time.process_time() - began}
    print(json.dumps(report), flush=True)  # noqa: T201


def highest_memory() -> int:
    """Return the most bytes that this process ever held in memory.

    Where the system says it of the program itself: ``ru_maxrss`` is inherited, so
    that a small worker of a large parent would seem large.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    work(int(sys.argv[1]))
