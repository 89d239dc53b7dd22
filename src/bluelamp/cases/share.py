"""Share: cases told to the other case systems of a force, each once.

The state column is the queue.  What changed is found by comparing (``Collector``), so that
nothing has to remember to say so.  The claim is committed before the system hears of it, and
no transaction is open while it does; an attempt whose worker died is made again,
which the connector makes safe.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.connectors.contract import ConnectorError, Told
from bluelamp.cases.connectors.registry import connector
from bluelamp.cases.models import Case, CaseItem, CaseSystem, Link
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.rules.fieldmap import Fact, Scalar
from bluelamp.cases.values import LinkState
from bluelamp.channels import vault
from bluelamp.inbound.values import BATCH
from bluelamp.kit.config import config

CLAIMED_FOR = timedelta(minutes=3)
"""Longer than any connector waits: after it the worker is dead."""
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
"""What may work later is tried for ever, at last once an hour."""
OVERLAP = timedelta(minutes=15)
"""How far before the last look a change may be dated that was committed only after it."""
WHOLE_EVERY = timedelta(hours=1)
_WAITING = [LinkState.READY, LinkState.DOING]


# What is to be told -----------------------------------------------------------


class Collector:
    """Compares cases with what systems were told: mostly those that changed lately.

    Once an hour, and when a process begins, all are compared: that finds what was written
    with an earlier time, or committed long after it, whoever forgot to say so.
    """

    def __init__(self) -> None:
        self._looked: dict[int, datetime] = {}
        self._whole: dict[int, datetime] = {}

    def collect(self, *, now: datetime, limit: int = BATCH) -> int:
        """Put new and changed cases into the queues of their force's systems; return how many."""
        systems = CaseSystem.objects.filter(active=True)
        return sum(self._look(one, now, limit) for one in systems)

    def _look(self, system: CaseSystem, now: datetime, limit: int) -> int:
        since = self._since(system.pk, now)
        new, changed = _new(system, since, now, limit), _changed(system, since, now, limit)
        if max(new, changed) < limit:  # else there is more: look as far back again
            self._looked[system.pk] = now
            if since == _EVER:
                self._whole[system.pk] = now
        return new + changed

    def _since(self, system: int, now: datetime) -> datetime:
        looked, whole = self._looked.get(system), self._whole.get(system)
        if looked is None or whole is None or not whole <= now < whole + WHOLE_EVERY:
            return _EVER
        return min(looked, now) - OVERLAP


_EVER = datetime.min.replace(tzinfo=UTC)
collect = Collector().collect
"""This process's."""


def _new(system: CaseSystem, since: datetime, now: datetime, limit: int) -> int:
    after = max(system.since, since)
    mine = Case.objects.filter(force=system.force_id, changed_at__gte=after)
    unknown = mine.exclude(links__system=system).order_by("pk").values_list("pk", "changed_at")
    made = [
        Link(force_id=system.force_id, case_id=pk, system=system, seen=changed, due_at=now)
        for pk, changed in unknown[:limit]
    ]
    Link.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _changed(system: CaseSystem, since: datetime, now: datetime, limit: int) -> int:
    """Note what changed; a case in work is looked at again when that work is done."""
    settled = Link.objects.filter(system=system, state__in=[LinkState.DONE, LinkState.FAILED])
    other = settled.exclude(Q(seen=None) | Q(seen=F("case__changed_at")))
    other = other.filter(case__changed_at__gte=since)
    with transaction.atomic():
        found: list[Link] = []
        for news in (settled.filter(seen=None), other):
            rows = news.select_for_update(skip_locked=True, of=("self",)).select_related("case")
            found += rows.order_by("pk")[: limit - len(found)]
        for link in found:
            link.state, link.seen, link.attempts = LinkState.READY, link.case.changed_at, 0
            link.due_at, link.problem = now, ""
        Link.objects.bulk_update(found, ["state", "seen", "attempts", "due_at", "problem"])
    return len(found)


# Telling ----------------------------------------------------------------------


def share(*, now: datetime) -> bool:
    """Tell one system of one case; say whether there was anything to tell."""
    link = _claim(now=now)
    if link is None:
        return False
    try:
        their_id = _tell(link)
    except ConnectorError as error:
        _failed(link, error, now=now)
    else:
        _done(link, their_id, now=now)
    return True


def _claim(*, now: datetime) -> Link | None:
    awake = Q(system__rests_until=None) | Q(system__rests_until__lte=now)
    due = Link.objects.filter(awake, state__in=_WAITING, due_at__lte=now, system__active=True)
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("system")
        link = rows.order_by("due_at", "pk").first()
        if link is None:
            return None
        link.case = Case.objects.select_related("unit", "owner").get(pk=link.case_id)
        link.state, link.seen = LinkState.DOING, link.case.changed_at
        link.attempts, link.due_at = link.attempts + 1, now + CLAIMED_FOR
        link.save(update_fields=["state", "seen", "attempts", "due_at"])
    return link


def _tell(link: Link) -> str:
    fields = fieldmap.theirs(fieldmap.read(link.system.fields), facts(link.case))
    told = Told(link.case.reference, link.their_id, fields)
    return connector(link.system.kind).tell(told, vault.settings_of(link.system))


def facts(case: Case) -> dict[Fact, Scalar]:
    """Return what can be told of a case."""
    first = CaseItem.objects.filter(case=case).order_by("at", "pk")
    return {
        Fact.REFERENCE: case.reference, Fact.TITLE: case.title, Fact.STATE: case.state,
        Fact.SEVERITY: case.severity, Fact.UNIT: case.unit.code,
        Fact.OWNER: case.owner.number if case.owner else None,
        Fact.CHANNEL: first.values_list("item__channel", flat=True).first(),
        Fact.LONGITUDE: case.longitude, Fact.LATITUDE: case.latitude,
        Fact.OPENED_AT: case.opened_at.isoformat(),
        Fact.CLOSED_AT: case.closed_at.isoformat() if case.closed_at else None,
        Fact.URL: f"{config().public_url}/console/cases/{case.reference}/",
    }  # fmt: skip


# What came of it --------------------------------------------------------------


def _done(link: Link, their_id: str, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            _settle(link, LinkState.DONE, their_id=their_id, done_at=now, attempts=0, problem="")
    except IntegrityError:
        _stuck(link, f"Their case {their_id} is another case here already.")
    _rest(link.system, None, "")


def _failed(link: Link, error: ConnectorError, *, now: datetime) -> None:
    problem = str(error)[:300]
    if error.permanent:
        _stuck(link, problem)
        return
    if error.whole:
        delay = error.retry_after or _delay(link.system.failures)
        _rest(link.system, now + delay, problem)
        _settle(link, LinkState.READY, due_at=now, problem=problem)
        return
    delay = error.retry_after or _delay(link.attempts - 1)
    _settle(link, LinkState.READY, due_at=now + delay, problem=problem)


def _stuck(link: Link, problem: str) -> None:
    """Leave it to a person: shown to supervisors until it is tried again or the case changes."""
    _settle(link, LinkState.FAILED, problem=problem)


def _delay(attempts: int) -> timedelta:
    grown = min(FIRST_DELAY * (1 << min(attempts, 10)), LONGEST_DELAY)
    return grown * random.uniform(0.8, 1.2)  # noqa: S311 - so that not all come at once


def _settle(link: Link, state: LinkState, **found: object) -> None:
    """Write an outcome, unless somebody took the telling over meanwhile.

    What they told us of it meanwhile stands: two cases there for one here are not hidden.
    """
    with transaction.atomic():
        mine = Link.objects.select_for_update().filter(
            pk=link.pk, state=LinkState.DOING, attempts=link.attempts
        )
        row = mine.first()
        if row is None:
            return
        made = found.get("their_id", row.their_id)
        if row.their_id not in {"", made}:
            state = LinkState.FAILED
            found = {"problem": f"It is {row.their_id} and {made} there: merge them there."}
        mine.update(state=state, **found)


def _rest(system: CaseSystem, until: datetime | None, problem: str) -> None:
    failures = F("failures") + 1 if until else 0
    with acting(SYSTEM, "cases.share"):
        rows = CaseSystem.objects.filter(pk=system.pk)
        if until is None:
            rows = rows.filter(failures__gt=0)
        rows.update(rests_until=until, problem=problem, failures=failures)
