"""The demo force's account for text messages: what its simulated service is started with.

The key opens nothing but that simulator, so it need not be a secret.
"""

from __future__ import annotations

import uuid

SERVICE = uuid.uuid5(uuid.NAMESPACE_URL, "https://brackenshire.example.test/texts")
SECRET = uuid.uuid5(SERVICE, "secret")
TEMPLATE = uuid.uuid5(SERVICE, "template")


def account(port: int) -> dict[str, object]:
    """Return the settings of an account on the simulator at ``port``."""
    return {
        "api_key": f"simulated-{SERVICE}-{SECRET}",
        "template_id": str(TEMPLATE),
        "base_url": f"http://127.0.0.1:{port}",
    }
