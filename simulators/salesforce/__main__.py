"""Start the simulated Salesforce: ``python -m simulators.salesforce``."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from simulators.salesforce.faults import Fault
from simulators.salesforce.server import Server
from simulators.salesforce.service import App, Service


def main() -> None:
    """Serve until asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8029)
    parser.add_argument("--public-key", type=Path, help="PEM file, for log-ins by JWT bearer")
    parser.add_argument(
        "--fault", action="append", default=[], type=Fault, choices=list(Fault),
        help="what happens to the next write; may be given several times",
    )  # fmt: skip
    options = parser.parse_args()
    key = options.public_key.read_text() if options.public_key else ""
    service = Service(App(public_key=key))
    for fault in options.fault:
        service.faults.order(fault)
    server = Server(service, host=options.host, port=options.port)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    print(f"salesforce ready on {server.url}", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


if __name__ == "__main__":
    main()
