"""Desk: an officer writes down a call or a visit, which then comes in like anything else."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from bluelamp.audit.actions import acting
from bluelamp.inbound import ingest
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def write_down(
    text: str, *, by: Officer, once: UUID, at: datetime, now: datetime, how: str,
    name: str = "", reach: tuple[str, str] = ("", ""), where: str = "",
) -> bool:  # fmt: skip
    """Store what somebody said to an officer; say whether it is new.

    :param how: ``call`` or ``visit``.
    :param reach: the kind of an address (``email``, ``sms``) and the address, or nothing.
    """
    permit.require(by, Acts.CASE_WORK)
    channel, address = reach
    facts = {
        "text": text, "at": at.isoformat(), "sender": address, "channel": channel,
        "sender_name": name, "where": where,
    }  # fmt: skip
    meta = {"how": how, "officer": str(by.pk)}
    with acting(officer_actor(by), "inbound.write_down"):
        account = ingest.desk_account(by.force, now=now)
        return ingest.store(account, f"desk {once}", json.dumps(facts).encode(), meta, now)
