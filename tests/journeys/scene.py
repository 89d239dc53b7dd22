"""The small force that the journeys lead through, and the jobs that the worker would do."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connections
from django.utils import timezone

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.inbound import jobs as inbound_jobs
from bluelamp.kit import clock
from bluelamp.members.actions import make_topics
from bluelamp.notices import actions as notices
from bluelamp.notices import jobs as notice_jobs
from bluelamp.org import actions as org
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import jobs
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import make_account, make_areas, make_member, make_postcode
from bluelamp.places.models import Area

PASSWORD = "a lamp burns over the door"
STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]


@dataclass
class Scene:
    """Brackenshire with three wards, an account, and members in two of the wards.

    Twelve live in Northwick, because fewer than ten are never counted out loud.
    """

    force: Force
    wards: dict[str, Area]
    now: datetime

    @classmethod
    def make(cls, force: Force) -> Scene:
        """Make it at the address of the live server, asking officers for a second factor."""
        now = timezone.now()
        with acting(SYSTEM, "test.setup"):
            force.hosts, force.settings = ["localhost"], {}
            force.save()
        make_topics(force, by=SYSTEM)
        make_account(force, now)
        wards = make_areas(force, now)
        make_postcode("BR1 1AB")
        for name in ("ann", "cat", *(f"neighbour{n}" for n in range(10))):
            make_member(force, f"{name}@example.test", now, ward=0)
        make_member(force, "ben@example.test", now, ward=1)
        work()
        STORE.clear()
        return cls(force, wards, now)


def give_password(officer: Officer) -> None:
    """Let an officer sign in."""
    org.set_password(officer, PASSWORD, by=SYSTEM)


def work() -> None:
    """Do what lies for the worker: notices, messages that are due, receipts."""
    elsewhere(_work)


def _work() -> None:
    for pk in notices.due(clock.now()):
        notice_jobs.send(notice=pk)
    for pk in Message.objects.filter(state="approved").values_list("pk", flat=True):
        jobs.fan_out(message=pk)
    for pk in Message.objects.filter(state="sending").values_list("pk", flat=True):
        jobs.deliver(message=pk, lane=0)
    inbound_jobs.understand()
    jobs.fold()


def elsewhere(job: Callable[[], None]) -> None:
    """Run a job in a thread of its own: the browser's loop holds this one."""

    def run() -> None:
        try:
            job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def mail_to(address: str) -> Any:
    """Return the newest mail that an address got."""
    return STORE.to(address)[-1]


def code_for(address: str) -> str:
    """Return the code that was mailed to an address."""
    work()
    return str(re.findall(r"\b\d{6,9}\b", mail_to(address).text)[-1])


def path_in(mail: Any, begins: str) -> str:
    """Return the path of the mail's link that begins so, as its reader would open it."""
    found = [urlsplit(url).path for url in re.findall(r"https?://\S+", mail.text)]
    return next(path for path in found if path.startswith(begins))
