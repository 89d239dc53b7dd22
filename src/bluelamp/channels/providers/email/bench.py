"""How fast the sender alone is: templates and connections, without audience or database.

``python -m bluelamp.channels.providers.email.bench [COUNT]`` prints one JSON object.  Rates
hang on what else the machine does, so everything is measured in one run and the ratios count.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from bluelamp.channels.contract import Content, OutcomeKind, Recipient

from .dkim import Signer
from .greeting import tls_context
from .session import PipelinedSession
from .template import Letterhead, compile_template
from .values import EmailSettings, Security

T = TypeVar("T")

WINDOW = 500
IN_FLIGHT = 2
"""Windows handed over at once, as the engine does."""
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
_DOMAIN = "bench.example.test"
_SLOTS = ("link", "leave", "mail")
_PARAGRAPH = "Sheds near Mill Lane were broken into on Saturday night.  Lock yours.\n"


@dataclass(frozen=True, slots=True)
class Rate:
    """What one run gave."""

    sent: int
    seconds: float
    processor: float
    """Processor seconds of this process."""
    octets: int
    """Length of one message."""

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return self.sent / self.seconds


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` on uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def content(octets: int = 3000) -> Content:
    """Return a message that comes to about so many octets on the wire."""
    text = _PARAGRAPH * max(1, (octets - 1100) // 2 // len(_PARAGRAPH))
    link = f"https://{_DOMAIN}/a/[[link]]"
    leave = f"https://{_DOMAIN}/l/[[leave]]"
    return Content(
        subject="Shed break-ins near Mill Lane",
        text=f"{text}\n{link}\n\nLeave: {leave}\n",
        html=f'<p>{text}</p>\n<p><a href="{link}">Read</a> <a href="{leave}">Leave</a></p>\n',
        headers={"List-Unsubscribe": f"<{leave}>, <mailto:leave-[[mail]]@{_DOMAIN}>"},
    )


def people(count: int) -> list[Recipient]:
    """Return made-up recipients."""
    return [
        Recipient(
            number,
            f"member{number}@example.test",
            f"{number:054x}@{_DOMAIN}",
            f"bounce-{number:054x}@{_DOMAIN}",
            (b"%036x" % number, b"%036d" % number, b"%054x" % number),
        )
        for number in range(1, count + 1)
    ]


async def sender_rate(
    settings: EmailSettings,
    recipients: Sequence[Recipient],
    *,
    signers: Sequence[Signer] = (),
    octets: int = 3000,
) -> Rate:
    """Send one message to ``recipients`` and return how fast that was.

    :raises RuntimeError: if not every one was accepted.
    """
    letterhead = Letterhead("Bench Police", f"alerts@{_DOMAIN}", list_id=_DOMAIN)
    template = compile_template(
        content(octets), _SLOTS, letterhead, date=datetime.now(UTC), signers=signers
    )
    session = PipelinedSession(settings, template, tls_context(settings))
    await session.open()
    began, processor = time.perf_counter(), time.process_time()
    accepted = await _send(session, recipients)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    await session.close()
    if accepted != len(recipients):
        raise RuntimeError(f"Only {accepted} of {len(recipients)} were accepted.")
    first = recipients[0]
    size = len(template.fill(first.address.encode(), first.message_id.encode(), first.slots))
    return Rate(accepted, seconds, processor, size)


async def _send(session: PipelinedSession, recipients: Sequence[Recipient]) -> int:
    """Send window after window, two in flight, as the engine does."""
    windows = asyncio.Semaphore(IN_FLIGHT)

    async def one(start: int) -> int:
        try:
            outcomes = await session.send_window(recipients[start : start + WINDOW])
        finally:
            windows.release()
        return sum(outcome.kind is OutcomeKind.ACCEPTED for outcome in outcomes)

    tasks = []
    for start in range(0, len(recipients), WINDOW):
        await windows.acquire()
        tasks.append(asyncio.create_task(one(start)))
    return sum(await asyncio.gather(*tasks))


# --- peers


@contextmanager
def smtp_sink() -> Iterator[int | None]:
    """Run Postfix's smtp-sink; yields its port, or ``None`` where it is not installed."""
    program = shutil.which("smtp-sink", path=_PATH)
    if program is None:
        yield None
        return
    port = _free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _process([program, *user, f"127.0.0.1:{port}", "1000"]):
        _await_port(port)
        yield port


def smtp_source(port: int, count: int, octets: int) -> float | None:
    """Return how many messages a second smtp-source sends with ten connections."""
    program = shutil.which("smtp-source", path=_PATH)
    if program is None:
        return None
    command = [program, "-d", "-s", "10", "-l", str(octets), "-m", str(count)]
    began = time.perf_counter()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return count / (time.perf_counter() - began)


@contextmanager
def own_sink(*options: str) -> Iterator[tuple[int, str]]:
    """Run our own receiver from the repository; yields its port and its authority's file."""
    command = [sys.executable, "-m", "simulators.smtp_sink", *options]
    with _process(command, stdout=subprocess.PIPE, cwd=_root()) as process:
        line = process.stdout.readline() if process.stdout else b""
        ready = json.loads(line)
        yield int(ready["port"]), str(ready["ca_file"])


@contextmanager
def _process(command: Sequence[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **how)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _root() -> Path:
    for folder in Path(__file__).parents:
        if (folder / "simulators" / "smtp_sink").is_dir():
            return folder
    raise RuntimeError("The simulators are not part of this installation.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("smtp-sink did not start.")


# --- the whole comparison


def compare(count: int = 100_000) -> dict[str, float | int | None]:
    """Return rates and ratios of one run.

    ``rate`` against smtp-sink (our own receiver where that is missing), ``smtp_source``
    beside it, ``rate_rsa`` and ``rate_ed25519`` with signatures, ``rate_tls`` against our own
    receiver; ``processor_us`` is what a message costs this process.
    """
    found: dict[str, float | int | None] = {"recipients": count}
    recipients = people(count)
    with smtp_sink() as port:
        if port is None:
            with own_sink() as (port, _):
                found |= _plain(port, recipients)
        else:
            found |= _plain(port, recipients)
            found |= _source(port, recipients, found)
    with own_sink("--tls") as (port, ca_file):
        secure = _settings(port, security=Security.TLS, ca_file=Path(ca_file))
        found["rate_tls"] = _rounded(secure, recipients[: count // 2])
    return found


def _plain(port: int, recipients: Sequence[Recipient]) -> dict[str, float | int | None]:
    plain = run(sender_rate(_settings(port), recipients))
    few = recipients[: max(WINDOW, len(recipients) // 10)]
    rsa = Signer(_DOMAIN, "r", generate_private_key(65537, 2048))
    ed25519 = Signer(_DOMAIN, "e", Ed25519PrivateKey.generate())
    return {
        "octets": plain.octets,
        "rate": round(plain.per_second),
        "processor_us": round(plain.processor / plain.sent * 1e6, 1),
        "rate_rsa": _rounded(_settings(port), few, signers=[rsa]),
        "rate_ed25519": _rounded(_settings(port), few, signers=[ed25519]),
    }


def _source(
    port: int, recipients: Sequence[Recipient], found: dict[str, float | int | None]
) -> dict[str, float | int | None]:
    """Measure smtp-source on both sides of a second run of ours, and take the better ones."""
    octets = int(found["octets"] or 0)
    rates: list[Callable[[], float | None]] = [
        lambda: smtp_source(port, len(recipients), octets),
        lambda: run(sender_rate(_settings(port), recipients)).per_second,
        lambda: smtp_source(port, len(recipients), octets),
    ]
    first, ours, second = (rate() or 0.0 for rate in rates)
    source, best = max(first, second), max(ours, float(found["rate"] or 0))
    return {
        "rate": round(best),
        "smtp_source": round(source),
        "ratio_smtp_source": round(best / source, 2) if source else None,
    }


def _settings(port: int, **more: Any) -> EmailSettings:
    values: dict[str, Any] = {"security": Security.NONE, **more}
    return EmailSettings(host="127.0.0.1", port=port, sender_address=f"alerts@{_DOMAIN}", **values)


def _rounded(settings: EmailSettings, recipients: Sequence[Recipient], **how: Any) -> int:
    return round(run(sender_rate(settings, recipients, **how)).per_second)


def main(arguments: Sequence[str]) -> None:
    """Print the comparison."""
    count = int(arguments[0]) if arguments and re.fullmatch(r"\d+", arguments[0]) else 100_000
    sys.stdout.write(json.dumps(compare(count)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
