"""Start the simulated mailbox: ``python -m simulators.mailbox``."""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from simulators.mailbox import pages, receiver
from simulators.mailbox.store import Store


def main() -> None:
    """Run both sides until asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--page-port", type=int, default=8026)
    parser.add_argument("--lmtp-port", type=int, default=8024, help="the product's mail receiver")
    parser.add_argument("--file", type=Path, default=Path("var/mailbox.sqlite"))
    options = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    store = Store(options.file)
    smtp = receiver.serve(store, options.host, options.smtp_port)
    server = pages.serve(store, options.host, options.page_port, (options.host, options.lmtp_port))
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    print(f"mailbox ready on {options.host}:{options.page_port}", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        smtp.stop()


if __name__ == "__main__":
    main()
