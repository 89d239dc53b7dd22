"""Cases are told to another system: each once, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import share
from bluelamp.cases.connectors import salesforce as speaker
from bluelamp.cases.models import Case, CaseSystem, Link
from bluelamp.cases.tests.systems import cases, change, salesforce
from bluelamp.cases.values import CaseState, LinkState
from bluelamp.org.models import Force
from simulators.salesforce import Fault, Server, Service
from simulators.salesforce.service import EXTERNAL_ID

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[Server]:
    speaker._logged_in.cache_clear()
    with Server(Service()) as running:
        yield running
    speaker._logged_in.cache_clear()


@pytest.fixture
def system(force: Force, server: Server, now: datetime) -> CaseSystem:
    return salesforce(force, server.url, now)


def tell(now: datetime) -> int:
    """Do what the job does; return how many tellings it made."""
    share.collect(now=now)
    return sum(1 for _ in iter(lambda: share.share(now=now), False))


def references(server: Server) -> list[object]:
    return [one[EXTERNAL_ID] for one in server.service.cases.values()]


def test_a_case_is_told_in_their_words_and_told_again_when_it_changes(
    force: Force, system: CaseSystem, server: Server, now: datetime
) -> None:
    (case,) = cases(force, 1, now)
    change(case, now, title="x" * 120, severity=4)
    assert tell(now) == 1
    (there,) = server.service.cases.values()
    assert (there["Subject"], there["Priority"], there["Status"], there["Origin"]) == (
        "x" * 120, "High", "New", "Bluelamp"
    )  # fmt: skip
    link = Link.objects.get()
    assert (link.state, link.their_id, link.attempts) == (LinkState.DONE, there["Id"], 0)
    assert tell(now + MINUTE) == 0
    change(case, now + MINUTE, state=CaseState.CLOSED)
    assert tell(now + MINUTE) == 1
    assert [one["Status"] for one in server.service.cases.values()] == ["Closed"]


def test_only_what_changed_lately_is_compared_and_once_an_hour_all_of_it(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    collect = share.Collector().collect
    lately, late = cases(force, 2, now)
    assert collect(now=now) == 2
    Link.objects.update(state=LinkState.DONE)
    at = now + 30 * MINUTE
    assert collect(now=at) == 0
    change(lately, at - share.OVERLAP)  # dated before that look, and committed after it
    change(late, at - share.OVERLAP - MINUTE)
    assert collect(now=at + MINUTE) == 1, "whoever read all of them would find both"
    assert collect(now=now + share.WHOLE_EVERY) == 1, "and nothing is lost"
    Link.objects.update(state=LinkState.DONE)
    assert collect(now=now + share.WHOLE_EVERY + MINUTE) == 0


def test_what_was_never_told_and_changed_lately_is_counted_once(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    collect = share.Collector().collect
    cases(force, 2, now)
    assert collect(now=now) == 2
    Link.objects.update(state=LinkState.DONE, seen=None)
    assert collect(now=now + MINUTE) == 2
    Link.objects.update(state=LinkState.DONE, seen=None)
    assert collect(now=now + 2 * MINUTE, limit=2) == 2, "and takes nobody else's place"


def test_more_than_fits_one_look_is_looked_at_again(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    collect = share.Collector().collect
    cases(force, 5, now)
    assert [collect(now=now + n * share.WHOLE_EVERY / 2, limit=2) for n in range(4)] == [2, 2, 1, 0]


def test_a_worker_that_was_away_begins_with_all_of_it(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    cases(force, 1, now)
    assert share.Collector().collect(now=now + 5 * share.WHOLE_EVERY) == 1


def test_what_was_there_before_the_system_and_other_forces_cases_are_not_told(
    force: Force, other_force: Force, system: CaseSystem, server: Server, now: datetime
) -> None:
    cases(force, 1, now - MINUTE)
    cases(other_force, 1, now)
    assert tell(now) == 0
    assert server.service.cases == {}


def test_a_change_during_the_telling_is_told_after_it(
    force: Force, system: CaseSystem, server: Server, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = cases(force, 1, now)
    real = share._tell

    def told(link: Link) -> str:
        their_id = real(link)
        monkeypatch.setattr(share, "_tell", real)
        change(case, now + MINUTE, state=CaseState.CLOSED)
        return their_id

    monkeypatch.setattr(share, "_tell", told)
    tell(now)
    assert tell(now) == 1
    assert [one["Status"] for one in server.service.cases.values()] == ["Closed"]


@pytest.mark.parametrize("fault", [Fault.LOCK, Fault.UNAVAILABLE, Fault.LIMIT, Fault.DROP])
def test_what_may_work_later_is_tried_later(
    force: Force, system: CaseSystem, server: Server, now: datetime, fault: Fault
) -> None:
    cases(force, 1, now)
    server.service.faults.order(fault, 2)
    tell(now)
    assert Link.objects.get().state == LinkState.READY
    assert Link.objects.get().problem
    assert share.share(now=now + timedelta(seconds=1)) is False
    for hour in (1, 2):
        tell(now + timedelta(hours=hour))
    assert Link.objects.get().state == LinkState.DONE
    assert server.service.made == 1


def test_a_limit_spares_the_whole_system_and_a_row_lock_only_the_case(
    force: Force, system: CaseSystem, server: Server, now: datetime
) -> None:
    cases(force, 5, now)
    server.service.faults.order(Fault.LOCK)
    assert tell(now) == 5
    assert server.service.made == 4
    cases(force, 5, now)
    server.service.faults.order(Fault.LIMIT)
    assert tell(now) == 1
    system.refresh_from_db()
    assert system.problem.startswith("REQUEST_LIMIT_EXCEEDED")
    tell(now + timedelta(hours=1))
    system.refresh_from_db()
    assert (server.service.made, system.problem, system.failures) == (10, "", 0)


def test_an_ended_session_is_renewed_and_a_refused_log_in_waits(
    force: Force, server: Server, system: CaseSystem, now: datetime
) -> None:
    cases(force, 2, now)
    server.service.faults.order(Fault.SESSION)
    assert tell(now) == 2
    assert server.service.made == 2
    with acting(SYSTEM, "test.change"):
        CaseSystem.objects.update(settings=system.settings | {"username": "who@example.test"})
    cases(force, 2, now)
    assert tell(now) == 1
    system.refresh_from_db()
    assert "Log-in refused" in system.problem
    assert Link.objects.filter(state=LinkState.READY).count() == 2


def test_what_is_refused_for_good_is_kept_for_a_person(
    force: Force, system: CaseSystem, server: Server, now: datetime
) -> None:
    (case,) = cases(force, 1, now)
    wrong = [{"ours": "title", "theirs": "Subjekt"}]
    with acting(SYSTEM, "test.change"):
        CaseSystem.objects.update(fields=wrong)
    tell(now)
    link = Link.objects.get()
    assert link.state == LinkState.FAILED
    assert "INVALID_FIELD" in link.problem
    assert tell(now + timedelta(days=1)) == 0
    with acting(SYSTEM, "test.change"):
        CaseSystem.objects.update(fields=system.fields)
    change(case, now + MINUTE)
    tell(now + MINUTE)
    assert Link.objects.get().state == LinkState.DONE


def test_a_case_that_is_known_there_is_given_our_reference(
    force: Force, system: CaseSystem, server: Server, now: datetime
) -> None:
    theirs, _made = server.service.upsert(EXTERNAL_ID, "OLD", {"Subject": "theirs"})
    (case,) = cases(force, 1, now)
    Link.objects.create(force=force, case=case, system=system, their_id=theirs, due_at=now)
    tell(now)
    assert server.service.made == 1
    assert references(server) == [case.reference]


@pytest.mark.django_db(transaction=True)
def test_a_thousand_items_none_doubled_none_lost(
    force: Force, server: Server, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers at once; row locks, lost answers, silence, limits, 503 and ended sessions."""
    monkeypatch.setattr(speaker, "TIMEOUT", 0.5)
    salesforce(force, server.url, now)
    wanted = {case.reference for case in cases(force, 1000, now)}
    server.service.faults.every = {
        Fault.SILENCE: 401, Fault.LIMIT: 307, Fault.UNAVAILABLE: 211, Fault.SESSION: 97,
        Fault.DROP: 11, Fault.LOCK: 7,
    }  # fmt: skip
    at = now
    for _hour in range(100):
        share.collect(now=at)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_work, [at, at]))
        if not Link.objects.exclude(state=LinkState.DONE).exists():
            break
        at += timedelta(hours=1, minutes=15)
    assert Link.objects.filter(state=LinkState.DONE).count() == 1000
    assert min(server.service.faults.struck.values()) > 0
    assert server.service.made == 1000
    assert sorted(map(str, references(server))) == sorted(wanted)
    told = {one["Id"] for one in server.service.cases.values()}
    assert set(Link.objects.values_list("their_id", flat=True)) == told


def _work(at: datetime) -> None:
    try:
        while share.share(now=at):
            pass
    finally:
        connections.close_all()


class _KilledError(BaseException):
    """The worker died."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deaths=st.lists(
        st.sampled_from(["", "collect", "claim", "tell", "done", "change"]), max_size=12
    )
)
def test_a_worker_may_die_between_any_two_steps(
    force: Force, server: Server, now: datetime, deaths: list[str]
) -> None:
    Link.objects.all().delete()
    with acting(SYSTEM, "test.change"):
        Case.objects.all().delete()
        CaseSystem.objects.all().delete()
    server.service.cases.clear()
    before = server.service.made
    salesforce(force, server.url, now)
    made = cases(force, 3, now)
    at = now
    for death in [*deaths, "", ""]:
        at += share.CLAIMED_FOR + MINUTE
        if death == "change":
            change(made[0], at, title=f"Changed at {at}")
        _live_until(death, at)
    assert server.service.made - before == 3
    assert sorted(map(str, references(server))) == sorted(case.reference for case in made)
    subjects = {str(one[EXTERNAL_ID]): one["Subject"] for one in server.service.cases.values()}
    assert subjects == dict(Case.objects.values_list("reference", "title"))
    assert Link.objects.filter(state=LinkState.DONE).count() == 3


def _live_until(death: str, now: datetime) -> None:
    """Work, and die right after the step of that name."""
    steps = {"claim": "_claim", "tell": "_tell", "done": "_done", "collect": "_changed"}
    with pytest.MonkeyPatch.context() as patch:
        if death in steps:
            patch.setattr(share, steps[death], _deadly(getattr(share, steps[death])))
        try:
            tell(now)
        except _KilledError:
            return


def _deadly(step: Any) -> Any:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        step(*args, **kwargs)
        raise _KilledError

    return wrapped
