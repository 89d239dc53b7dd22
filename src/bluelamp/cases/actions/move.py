"""Move: an officer corrects what routing decided, into another case or one of its own.

An item is in exactly one case at every moment: its row changes hands, in one
transaction that holds both cases.  What an item took into its case goes with it,
so that nobody is answered, or shown anything, by words that are no longer there.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases import milestones
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Assessment, Case, CaseItem, Milestone, Note, Showing
from bluelamp.cases.queries.citizen import last_showing
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.rules.reference import new_reference
from bluelamp.cases.rules.sorting import title_of
from bluelamp.cases.shelter import shelter
from bluelamp.cases.values import (
    RINGS_FOR_ITEM,
    ROUTING_LOCK,
    CaseState,
    Joined,
    MilestoneState,
)
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import ON_THE_WAY, items
from bluelamp.inbound.values import EXCHANGE, Stage
from bluelamp.kit import live
from bluelamp.kit.locks import lock
from bluelamp.notices.paging import lead_to
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

_LIVE = [MilestoneState.RUNNING, MilestoneState.PAUSED, MilestoneState.BREACHED]
LEFT = "All that was said is in another case"
"""The title of a case whose last words were moved: it has none to be made of."""


def move(item: Item, to: Case | None, *, reason: str, by: Officer, now: datetime) -> Case:
    """Put an item, and what only passes it on, into another case; return that case.

    :param to: ``None``: a new case, which goes where routing sends its words.
    :raises CaseRefusedError: no reason; the case is closed, or of another force; the item is
        there already, or still on its way.
    :raises bluelamp.org.errors.NotPermittedError: the officer may not work on one of the
        cases, or may not read an item that no case has.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why it belongs elsewhere."))
    with acting(by.as_actor(), "cases.move", reason=reason), ExitStack() as held:
        lock(ROUTING_LOCK, item.force_id)  # or routing would put their next words elsewhere
        row = CaseItem.objects.select_related("case__unit").filter(item=item).first()
        found = Item.objects.select_related("force", "message", "contact_point").get(pk=item.pk)
        _check(found, row, to, by)
        cases = {
            case.pk: held.enter_context(
                changing(case, Acts.CASE_WORK, by=by, now=now, reason=reason)
            )
            for case in sorted(_both(row, to), key=lambda case: case.pk)
        }
        source = cases[row.case_id] if row else None
        target = cases[to.pk] if to is not None else _opened(found, source, now)
        if target.state == CaseState.CLOSED:
            raise CaseRefusedError(_("This case is closed. Open it again first."))
        _carry(found, row, target, new=to is None)
        _receive(target, found, source, new=to is None, now=now)
        _ring_there(target)
        if source is not None:
            _leave(source, found, by, now)
        _tell(source, target, reason.strip(), by, now)
    return target


def _check(item: Item, row: CaseItem | None, to: Case | None, by: Officer) -> None:
    permit.require(by, Acts.CASE_WORK)
    if row is None and not items(by).filter(pk=item.pk).exists():
        permit.require(by, Acts.INBOUND_READ, item.force)
    if to is not None and to.force_id != item.force_id:
        raise CaseRefusedError(_("This case belongs to another force."))
    if row is not None and to is not None and row.case_id == to.pk:
        raise CaseRefusedError(_("It is in this case already."))
    if row is None and item.stage in ON_THE_WAY:
        raise CaseRefusedError(_("It is still on its way to a case. Look again in a minute."))


def _both(row: CaseItem | None, to: Case | None) -> list[Case]:
    return [case for case in (row.case if row else None, to) if case is not None]


# Where it goes ------------------------------------------------------------------


def _opened(item: Item, source: Case | None, now: datetime) -> Case:
    """Open a case as routing would, for words that were said before."""
    place = Desk(item.force_id, now=now).place(item, people=False)
    made = Case.objects.create(
        force=item.force, reference=new_reference(), unit_id=place.unit, state=CaseState.NEW,
        severity=max(_severity(item, source), 1), title=title_of(item.subject, item.text),
        contact_point=item.contact_point, message=item.message,
        contact_id=item.contact_point.contact_id if item.contact_point else None,
        longitude=item.longitude, latitude=item.latitude, routed=place.why | {"unit": place.unit},
        opened_at=now, changed_at=now, heard_at=item.received_at,
    )  # fmt: skip
    milestones.start([made])
    headings = item.findings.get("headings")
    if headings:
        Assessment.objects.create(
            force_id=made.force_id, case=made, at=now, severity=made.severity, headings=headings
        )
    return made


def _severity(item: Item, source: Case | None) -> int:
    """Return how severe the words are: what an officer held of them counts before the machine."""
    if source is not None and source.assessments.filter(by__isnull=False).exists():
        return min(item.severity, source.severity)
    return item.severity


def _carry(item: Item, row: CaseItem | None, target: Case, *, new: bool) -> None:
    """Let the item, and those of its case that only repeat it, change hands."""
    why = Joined.OPENED if new else Joined.BY_HAND  # whose words the title is made of
    if row is None:
        CaseItem.objects.create(case=target, item=item, at=item.received_at, why=why)
        Item.objects.filter(pk=item.pk).update(stage=Stage.ROUTED)
        return
    if item.thread_id and row.why != Joined.REPEATS:
        again = CaseItem.objects.filter(case=row.case_id, why=Joined.REPEATS)
        again.filter(item__thread=item.thread_id).exclude(pk=row.pk).update(case=target)
    CaseItem.objects.filter(pk=row.pk).update(case=target, why=why)


def _ring_there(target: Case) -> None:
    """Let what rings for words of a case lead to it: who answers is to have that case."""
    said = CaseItem.objects.filter(case=target).values_list("item", flat=True)
    lead_to(
        (f"{RINGS_FOR_ITEM}{pk}" for pk in said), unit=target.unit,
        path=f"/console/cases/{target.reference}/",
    )  # fmt: skip


def _receive(
    target: Case, item: Item, source: Case | None, *, new: bool, now: datetime
) -> None:  # fmt: skip
    """Let the case hear what came into it: how severe, from whom, and whether it waits."""
    _adopt(target, item, source)
    _shade(target, source, now)
    shelter([(target, item)], now=now)
    if new:
        return
    unanswered = target.answered_at is None or item.received_at > target.answered_at
    severity = max(target.severity, _severity(item, source))
    raised, target.severity = severity != target.severity, severity
    target.heard_at = max(target.heard_at, item.received_at)
    if unanswered and target.state == CaseState.WAITING:
        target.state = CaseState.OPEN
    target.save(update_fields=["severity", "heard_at", "state"])
    if raised:
        milestones.reassessed(target, now=now)
    if unanswered and item.kind == "human":
        milestones.heard([target], now=now)


def _adopt(target: Case, item: Item, source: Case | None) -> None:
    """Take on who spoke and in which exchange, where the case knows nobody and none.

    A case that is somebody's stays theirs: it is they whom its page may be shown to.  An
    exchange goes on where most of it stays: only its last words take it along.
    """
    if target.contact_point_id is None and item.contact_point is not None:
        target.contact_point = item.contact_point
        target.contact_id = item.contact_point.contact_id
    stays = source is not None and _said(source).filter(conversation=item.conversation).exists()
    ours = item.conversation.startswith(EXCHANGE)  # names a case, and that is another
    if item.conversation and not target.conversation and not stays and not ours:
        target.account_id, target.conversation = item.account_id, item.conversation
    target.account_id = target.account_id or item.account_id
    if item.visibility == "public" and not target.thread_id:
        target.thread_id = item.thread_id
    fields = ["contact_point", "contact", "account", "conversation", "thread"]
    target.save(update_fields=fields)


def _shade(target: Case, source: Case | None, now: datetime) -> None:
    """Hide the case from its citizen where these words were hidden from them before."""
    if source is None or source.shown_to_citizen or not target.shown_to_citizen:
        return
    last = last_showing(source)
    target.shown_to_citizen = False
    target.save(update_fields=["shown_to_citizen"])
    if last is not None and not last.shown:
        Showing.objects.create(
            force_id=target.force_id, case=target, at=now, shown=False, origin=last.origin,
            by=last.by, reason=last.reason,
        )  # fmt: skip


# What it leaves -----------------------------------------------------------------


def _said(case: Case) -> QuerySet[Item]:
    """Return what somebody said in a case themselves, the first first."""
    own = Item.objects.filter(in_case__case=case).exclude(in_case__why=Joined.REPEATS)
    return own.select_related("contact_point").order_by("received_at", "pk")


def _leave(source: Case, item: Item, by: Officer, now: datetime) -> None:
    """Let a case keep nothing of what was taken out of it; one with no words left is closed."""
    left = list(_said(source))
    _give_up(source, item, left)
    if not source.items.exists():
        _end(source, by, now)
    source.save(update_fields=[
        "title", "contact_point", "contact", "account", "conversation", "message", "thread",
        "longitude", "latitude", "heard_at", "state", "closed_at", "owner",
    ])  # fmt: skip


def _give_up(source: Case, item: Item, left: list[Item]) -> None:
    """Take from who still speaks what the case knew from the item."""
    last = left[-1] if left else None
    if not source.items.filter(why=Joined.OPENED).exists():
        source.title = title_of(left[0].subject, left[0].text) if left else LEFT
        source.items.filter(item__in=left[:1]).update(why=Joined.OPENED)
    if item.contact_point_id not in {one.contact_point_id for one in left}:
        _forget_person(source, item, last)
    if item.conversation not in {one.conversation for one in left}:
        _forget_exchange(source, item, last)
    if source.message_id == item.message_id and all(one.message_id is None for one in left):
        source.message = None
    if source.thread_id == item.thread_id and all(one.thread_id != item.thread_id for one in left):
        source.thread = None
    if (source.longitude, source.latitude) == (item.longitude, item.latitude):
        source.longitude, source.latitude = _place(left)
    source.heard_at = last.received_at if last is not None else source.heard_at


def _forget_person(source: Case, item: Item, last: Item | None) -> None:
    if source.contact_point_id and source.contact_point_id == item.contact_point_id:
        source.contact_point = last.contact_point if last is not None else None
        point = source.contact_point
        source.contact_id = point.contact_id if point is not None else None


def _forget_exchange(source: Case, item: Item, last: Item | None) -> None:
    if source.conversation and source.conversation == item.conversation:
        source.account_id = last.account_id if last is not None else None
        source.conversation = last.conversation if last is not None else ""


def _place(left: list[Item]) -> tuple[float | None, float | None]:
    found = ((one.longitude, one.latitude) for one in left if one.longitude is not None)
    return next(found, (None, None))


def _end(source: Case, by: Officer, now: datetime) -> None:
    """Close what has no words left; nothing was resolved, so no promise is judged."""
    if source.state != CaseState.CLOSED:
        source.state, source.closed_at = CaseState.CLOSED, now
        source.owner = source.owner or by
    found = Milestone.objects.filter(case=source, state__in=_LIVE).select_for_update()
    promises = list(found.order_by("pk"))
    milestones.promise_anew(promises, None, now=now)
    milestones.save(promises)


# Who hears of it ----------------------------------------------------------------


def _tell(source: Case | None, target: Case, reason: str, by: Officer, now: datetime) -> None:
    """Leave a note in both cases, and tell the lists of a new one."""
    if source is not None:
        words = _("Something that was said here is in case %(case)s now: %(reason)s")
        _note(source, words % {"case": target.reference, "reason": reason}, by, now)
        words = _("Something that was said in case %(case)s was put here: %(reason)s")
        _note(target, words % {"case": source.reference, "reason": reason}, by, now)
    else:
        words = _("Put here by hand from what was set aside: %(reason)s")
        _note(target, words % {"reason": reason}, by, now)
    live.publish(f"cases:{target.force_id}", {"case": target.pk})


def _note(case: Case, words: str, by: Officer, now: datetime) -> None:
    Note.objects.create(force_id=case.force_id, case=case, by=by, at=now, text=words)
