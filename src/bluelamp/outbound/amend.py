"""Amend: a new message that takes the place of one that was sent."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import queries
from bluelamp.outbound.errors import StateError
from bluelamp.outbound.models import Message
from bluelamp.outbound.values import RECALLABLE, Kind, MessageState


def amend(message: Message, *, by: Officer, now: datetime, source: str = "") -> Message:
    """Return a draft that follows a sent message: the same words and ground, to be changed.

    It passes the gate like any other; once it is out, the page of the older one
    points to it and CAP names it as an Update.

    :raises StateError: the message has not been sent.
    """
    permit.require(by, Acts.MESSAGE_AMEND, message)
    if message.state not in RECALLABLE | {MessageState.RECALLED}:
        raise StateError("amend", message.state)
    with acting(officer_actor(by, source), Acts.MESSAGE_AMEND.value):
        return Message.objects.create(
            force=message.force,
            unit=message.unit,
            author=by,
            account=queries.mail_account(message.force),
            writers=[by.pk],
            follows=message,
            kind=Kind.UPDATE,
            urgency=message.urgency,
            purpose=message.purpose,
            title=_("Update: %(title)s") % {"title": message.title[:110]},
            body=message.body,
            audience=message.audience,
            unknown_policy=message.unknown_policy,
            created_at=now,
            changed_at=now,
        )
