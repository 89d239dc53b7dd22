"""Start the simulated Notify: ``python -m simulators.notify``."""

from __future__ import annotations

import argparse
import signal
import uuid

from simulators.notify.faults import Fault
from simulators.notify.server import Server
from simulators.notify.service import Service, Template

SERVICE = uuid.uuid5(uuid.NAMESPACE_URL, "https://notify.example.test/service")
SECRET = uuid.uuid5(SERVICE, "secret")
TEMPLATE = uuid.uuid5(SERVICE, "template")


def main() -> None:
    """Serve until asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8027)
    parser.add_argument("--service-id", default=str(SERVICE))
    parser.add_argument("--secret", default=str(SECRET), help="the secret half of the API key")
    parser.add_argument("--template-id", default=str(TEMPLATE))
    parser.add_argument("--callback-url", default="")
    parser.add_argument("--callback-token", default="")
    parser.add_argument(
        "--fault", action="append", default=[], type=Fault, choices=list(Fault),
        help="what happens to the next text message; may be given several times",
    )  # fmt: skip
    options = parser.parse_args()
    service = Service(options.service_id, options.secret, Template(options.template_id))
    for fault in options.fault:
        service.faults.order(fault)
    server = Server(
        service, host=options.host, port=options.port,
        callback_url=options.callback_url, callback_token=options.callback_token,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    print(f"notify ready on {server.url}", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


if __name__ == "__main__":
    main()
