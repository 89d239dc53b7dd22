"""Runs the receiver as a process: one JSON line when ready, one when told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import tempfile
from pathlib import Path

from . import Fault, Manners, Sink, make_certificates


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators.smtp_sink", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--tls", action="store_true", help="from the first octet")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--certificates", type=Path, help="folder to write ca.pem into")
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--auth", default="", metavar="USER:PASSWORD")
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--log", type=Path, help="write accepted Message-IDs, synchronously")
    parser.add_argument("--fault", action="append", default=[], type=Fault.parse)
    return parser.parse_args()


async def _serve(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    certificates = None
    if given.tls or given.starttls:
        folder = given.certificates or Path(tempfile.mkdtemp(prefix="smtp-sink-"))
        certificates = make_certificates(folder)
    manners = Manners(
        pipelining=not given.no_pipelining, size=given.size, starttls=given.starttls,
        auth=given.auth, delay=given.delay,
    )  # fmt: skip
    sink = Sink(
        manners, given.fault, certificates=certificates, implicit_tls=given.tls, log=given.log,
        keep=False,
    )  # fmt: skip
    port = await sink.start(given.host, given.port)
    ca = str(certificates.ca) if certificates else ""
    _say({"host": given.host, "port": port, "ca_file": ca})
    await stop.wait()
    await sink.stop()
    total, distinct = sink.accepted.total(), len(sink.accepted)
    _say({"accepted": total, "distinct": distinct, "doubled": total - distinct})


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201  # this is its output


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    given = _arguments()
    try:
        import uvloop
    except ImportError:
        asyncio.run(_serve(given))
    else:
        uvloop.run(_serve(given))


if __name__ == "__main__":
    main()
