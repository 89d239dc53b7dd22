"""What Notify tells a service by itself: that a text arrived or failed, that one came in."""

from __future__ import annotations

import json
import queue
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass

from simulators.notify.service import Received, Sent, Service, moment

RETRY_AFTER = 300.0
"""Seconds until a callback that failed is sent again."""
MOST_RETRIES = 5


@dataclass(frozen=True, slots=True)
class Callback:
    """One body, and how often it was sent in vain."""

    body: dict[str, object]
    failed: int = 0


class Callbacks:
    """Sends callbacks one after the other from a thread of its own.

    :param url: where to; nothing is sent where it is empty.
    """

    def __init__(
        self, service: Service, url: str, token: str, *, retry_after: float = RETRY_AFTER
    ) -> None:
        self._service, self._url, self._token = service, url, token
        self._retry_after = retry_after
        self._waiting: queue.Queue[Callback | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def delivered(self, one: Sent) -> None:
        """Tell what became of a text message."""
        self._tell(receipt(one, self._service))

    def received(self, one: Received) -> None:
        """Tell of a text message that came in."""
        self._tell(
            {
                "id": one.id,
                "source_number": one.user_number,
                "destination_number": self._service.number,
                "message": one.content,
                "date_received": moment(one.created_at),
            }
        )

    def close(self) -> None:
        """End the thread, with what still waits."""
        self._waiting.put(None)
        self._thread.join(10)

    def _tell(self, body: dict[str, object]) -> None:
        if self._url:
            self._waiting.put(Callback(body))

    def _run(self) -> None:
        while (callback := self._waiting.get()) is not None:
            if not self._post(callback.body) and callback.failed < MOST_RETRIES:
                again = Callback(callback.body, callback.failed + 1)
                timer = threading.Timer(self._retry_after, self._waiting.put, [again])
                timer.daemon = True
                timer.start()

    def _post(self, body: dict[str, object]) -> bool:
        request = urllib.request.Request(  # noqa: S310 - given by whoever starts it
            self._url, json.dumps(body).encode(), method="POST"
        )
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return True
        except (OSError, urllib.error.URLError):
            return False


def receipt(one: Sent, service: Service) -> dict[str, object]:
    """Write the body of a delivery receipt."""
    done = moment(one.completed_at if one.completed_at is not None else service.clock())
    return {
        "id": one.id,
        "reference": one.reference,
        "to": one.phone_number,
        "status": one.status,
        "created_at": moment(one.created_at),
        "completed_at": done,
        "sent_at": done,
        "notification_type": "sms",
        "template_id": service.template.id,
        "template_version": service.template.version,
    }
