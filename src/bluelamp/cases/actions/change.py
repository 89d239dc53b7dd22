"""The shape of a change to a case: permission, lock, act, news; all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bluelamp.audit.actions import acting
from bluelamp.cases.models import Case
from bluelamp.kit import live
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


@contextmanager
def changing(
    case: Case, act: Acts, *, by: Officer, now: datetime, reason: str = "", told: bool = True
) -> Iterator[Case]:
    """Yield the case, read again and locked, for a change that ``by`` answers for.

    What the block changes of the case itself it names with ``save``; ``changed_at``
    and the news to open pages are seen to here.

    :param told: whether it is a change that others should look at: typing is none.
    :raises bluelamp.org.errors.NotPermittedError: the officer may not.
    """
    permit.require(by, act, case)
    with acting(by.as_actor(), act.value, reason=reason):
        found = Case.objects.select_for_update(of=("self",)).select_related("unit").get(pk=case.pk)
        yield found
        if told:
            Case.objects.filter(pk=case.pk).update(changed_at=now)
            live.publish(f"case:{case.pk}", {"changed": now.isoformat()})
            live.publish(f"cases:{case.force_id}", {"case": case.pk})
    case.refresh_from_db()
