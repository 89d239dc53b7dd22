"""Read again: what could not be read waits once more, after a fix of what reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from bluelamp.audit.actions import read
from bluelamp.audit.values import Actor
from bluelamp.inbound.models import RawItem
from bluelamp.inbound.values import ItemState
from bluelamp.kit.queue import app, nudge
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


def read_again(force: Force, *, by: By, only: Iterable[int] | None = None) -> int:
    """Put what could not be read back before the reader; return how much.

    :param only: raw items of the force; all that failed without.
    :raises bluelamp.org.errors.NotPermittedError: the officer does not read all that comes in,
        or works on no cases.
    """
    actor = permit.answering(by, Acts.INBOUND_READ, force)
    if not isinstance(by, Actor):
        permit.require(by, Acts.CASE_WORK)
    failed = RawItem.objects.filter(force=force, state=ItemState.FAILED)
    wanted = failed if only is None else failed.filter(pk__in=list(only))
    with transaction.atomic():
        rows = list(wanted.select_for_update().values_list("pk", flat=True))
        if rows:
            read(actor, "inbound.read_again", "inbound_rawitem", rows)
            RawItem.objects.filter(pk__in=rows).update(state=ItemState.STORED, problem="")
            nudge(app.tasks["bluelamp.inbound.jobs.understand"])
    return len(rows)
