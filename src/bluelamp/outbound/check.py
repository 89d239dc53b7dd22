"""Check: what must be right before anybody else is asked, then ask."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound import content, queries, standing
from bluelamp.outbound.errors import StaleError
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import gate


def submit(message: Message, *, by: Officer, now: datetime, source: str = "") -> Message:
    """Ask for approval, if the check finds nothing that blocks.

    :raises NotReadyError: it does.
    :raises StaleError: the message changed since it was read.
    :raises bluelamp.outbound.errors.StateError: it waits already, or has left the gate.
    """
    permit.require(by, Acts.MESSAGE_WRITE, message)
    with acting(officer_actor(by, source), "outbound.submit"):
        stored = Message.objects.select_for_update().get(pk=message.pk)
        if stored.version != message.version:
            raise StaleError
        moved = gate.submit(queries.gate_of(stored))
        standing.refuse_blocking(stored, now=now)
        stored.state, stored.submitted_at = moved.state, now
        stored.counted = queries.count(stored)
        stored.save(update_fields=["state", "submitted_at", "counted"])
        for officer in queries.approvers(stored):
            tell(
                stored.force,
                kind=NoticeKind.APPROVAL_WANTED,
                address=officer.email,
                subject=_("Approval wanted: %(title)s") % {"title": stored.title},
                text=_asking(stored),
                now=now,
            )
    return stored


def _asking(message: Message) -> str:
    return _(
        "%(who)s asks for your approval of a message to %(count)s people.\n\n%(title)s\n\n"
        "Read it and decide: %(url)s\n"
    ) % {
        "who": message.author.label,
        "count": message.counted,
        "title": message.title,
        "url": content.console_url(message, "approve"),
    }
