"""What the crash test of delivery runs in processes of their own: prepare, work, verdict."""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
django.setup()

from django.db import connection  # noqa: E402

from bluelamp.audit.actions import acting  # noqa: E402
from bluelamp.audit.values import SYSTEM  # noqa: E402
from bluelamp.kit import clock  # noqa: E402
from bluelamp.kit.config import config  # noqa: E402
from bluelamp.kit.tokens import Sealer  # noqa: E402
from bluelamp.outbound.models import DeliveryRetry, Message  # noqa: E402

WINDOW = 40
"""Small, so that many windows are open to be killed in."""


def prepare(people: str, policy: str, port: str, log: str) -> dict[str, Any]:
    """Make a force with so many members and an approved message, fanned out."""
    from bluelamp.outbound.fanout import fan_out
    from bluelamp.site.bench_force import BenchForce

    bench = BenchForce(int(people), "none", slug=f"crash-{policy}")
    account: dict[str, Any] = {"connections": 4, "reconnect_delay": 0.05}
    if policy == "reconcile":
        account |= {
            "reconcile": "relay_log",
            "relay_log": [log],
            "relay_log_format": "simulated",
            "relay_log_settle": 0.3,
        }
    pk = bench.approved_message(int(port), **account)
    with acting(SYSTEM, "test.policy"):
        Message.objects.filter(pk=pk).update(unknown_policy=policy)
    fan_out(pk, now=clock.now())
    return {"message": pk}


def work(message: str) -> dict[str, Any]:
    """Deliver until all is settled; the harness kills us when it likes."""
    from bluelamp.outbound import retry
    from bluelamp.outbound.deliver import deliver

    pk = int(message)
    while Message.objects.get(pk=pk).state == "sending":
        # what waits for its time need not: the test has none
        last = DeliveryRetry.objects.filter(message=pk).order_by("-due_at").first()
        if last is not None:
            retry.requeue(pk, now=last.due_at)
        deliver(pk, window=WINDOW)
    return {"done": True}


def verdict(message: str) -> dict[str, Any]:
    """Return what the force's own record says: Message-ID -> status, and what is missing."""
    pk = int(message)
    mail, domain = Sealer("mail", pk), config().mail_domain
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact_point_id, status FROM outbound_delivery WHERE message_id = %s", [pk]
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT p FROM outbound_deliverychunk, unnest(points) p"
            " WHERE message_id = %s AND attempt = 0",
            [pk],
        )
        audience = [row[0] for row in cursor.fetchall()]
    return {
        "state": Message.objects.get(pk=pk).state,
        "recorded": {f"{mail.mail(point)}@{domain}": status for point, status in rows},
        "audience": [f"{mail.mail(point)}@{domain}" for point in audience],
    }


STEPS = {"prepare": prepare, "work": work, "verdict": verdict}
