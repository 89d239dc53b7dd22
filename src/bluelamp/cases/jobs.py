"""What the worker calls for cases."""

from __future__ import annotations

from bluelamp.cases import alarm, briefing, oncall, share
from bluelamp.cases import forget as forgetting
from bluelamp.cases import identify as identifying
from bluelamp.cases import route as routing
from bluelamp.cases.actions import access, reviews
from bluelamp.cases.actions import round as rounds
from bluelamp.cases.actions.propose import propose
from bluelamp.cases.models import Round
from bluelamp.kit import clock
from bluelamp.kit.queue import RIVER, app, follow, nudge, to_the_end
from bluelamp.org.models import Force

ROUTED_AT_ONCE = 3
"""Batches in one job; the river's other jobs come after it, but they come."""


@app.task(name="bluelamp.cases.jobs.route", queue=RIVER, priority=3)
def route() -> None:
    """Route what is triaged, a few batches at a time."""
    for _round in range(ROUTED_AT_ONCE):
        if not to_the_end(lambda: routing.route(now=clock.now()), routing.waits):
            return
    nudge(route)


follow("inbound.triage", "bluelamp.cases.jobs.route")


@app.task(name="bluelamp.cases.jobs.follow_up", queue="cases", queueing_lock="cases.follow_up")
def follow_up() -> None:
    """Give cases to those who said that they have them."""
    while oncall.follow_up(now=clock.now()):
        pass


follow("notices.answer", "bluelamp.cases.jobs.follow_up")


@app.task(name="bluelamp.cases.jobs.send_codes", queue="notices", priority=10)
def send_codes() -> None:
    """Send whoever asked for it the code that opens their own case."""
    while access.send(now=clock.now()):
        pass


@app.periodic(cron="17 * * * *")
@app.task(name="bluelamp.cases.jobs.forget_codes", queue="cases")
def forget_codes(timestamp: int) -> None:  # noqa: ARG001
    """Delete what was asked for over a day ago."""
    access.forget(now=clock.now())


@app.task(name="bluelamp.cases.jobs.tell_round", queue="cases")
def tell_round(round: int) -> None:  # noqa: A002 - what it is
    """Tell everybody of a round who still waits."""
    found = Round.objects.select_related("by").filter(pk=round).first()
    if found is not None:
        rounds.tell(found, now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.cases.jobs.sweep", queue="cases")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Move whatever a lost nudge left."""
    nudge(route)
    follow_up()
    send_codes()
    for one in rounds.unfinished():
        nudge(tell_round, round=one)


@app.periodic(cron="* * * * *")
@app.task(
    name="bluelamp.cases.jobs.propose_incidents", queue="cases",
    queueing_lock="cases.propose", lock="cases.propose",
)  # fmt: skip
def propose_incidents(timestamp: int) -> None:  # noqa: ARG001
    """Look which open cases may be one incident: what fails in one force holds up no other."""
    failed: list[Exception] = []
    for force in Force.objects.order_by("pk"):
        try:
            propose(force, now=clock.now())
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("Some forces have no proposals", failed)


@app.periodic(cron="* * * * * */2")
@app.task(name="bluelamp.cases.jobs.ring", queue="alarm", queueing_lock="cases.ring", priority=9)
def ring(timestamp: int) -> None:  # noqa: ARG001
    """Warn of milestones, and say which are breached, within seconds of their moment."""
    while alarm.ring(now=clock.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.cases.jobs.brief", queue="cases", queueing_lock="cases.brief")
def brief(timestamp: int) -> None:  # noqa: ARG001
    """Have the teams briefed whose shifts are about to begin, or have begun without."""
    for unit in {unit for unit, _starts in briefing.due(clock.now())}:
        nudge(app.tasks["bluelamp.cases.jobs.brief_unit"], unit=unit)


@app.task(name="bluelamp.cases.jobs.brief_unit", queue="cases")
def brief_unit(unit: int) -> None:
    """Brief one team: what fails there holds up no other."""
    briefing.brief(now=clock.now(), unit=unit)


@app.periodic(cron="17 * * * *")
@app.task(name="bluelamp.cases.jobs.remind", queue="cases", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001
    """Tell who answers for guidance that its review is due, until all are told."""
    while reviews.remind(now=clock.now()):
        pass


@app.periodic(cron="* * * * * */10")
@app.task(name="bluelamp.cases.jobs.tell_systems", queue="cases_out", queueing_lock="cases.share")
def tell_systems(timestamp: int) -> None:  # noqa: ARG001
    """Tell other case systems of what changed, until there is nothing more to tell."""
    share.collect(now=clock.now())
    while share.share(now=clock.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(
    name="bluelamp.cases.jobs.identify", queue="cases", queueing_lock="cases.identify",
    aliases=["bluelamp.cases.jobs.regard"],
)  # fmt: skip
def identify(timestamp: int) -> None:  # noqa: ARG001
    """Read what came into cases once more, for who speaks and how they fare.

    The alias is its earlier name, under which a queue may hold one yet.
    """
    while identifying.identify(now=clock.now()) == identifying.READ_AT_ONCE:
        pass


@app.periodic(cron="37 * * * *")
@app.task(name="bluelamp.cases.jobs.forget_claims", queue="cases")
def forget_claims(timestamp: int) -> None:  # noqa: ARG001
    """Drop what stood in items that were emptied or edited since."""
    identifying.forget(now=clock.now())
    while forgetting.forget(now=clock.now()):
        pass
