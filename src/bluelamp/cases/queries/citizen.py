"""A case as its own citizen may know it: which it is, where a code may go, what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as When
from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models import When as If

from bluelamp.cases.models import Case, Outcome, Reply, Showing
from bluelamp.cases.queries.way import Way, way_of
from bluelamp.cases.rules.standing import Next, Promised, next_word, standing
from bluelamp.cases.values import CaseState, Joined, ReplyState, SendBy, Standing
from bluelamp.channels.registry import own
from bluelamp.channels.values import ActState
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import EXCHANGE
from bluelamp.members.models import ContactPoint
from bluelamp.members.queries import suppressed_keys
from bluelamp.members.values import SuppressionReason
from bluelamp.org.models import Force

# Which case -------------------------------------------------------------------------


def case_named(force: Force, reference: str) -> Case | None:
    """Return the case of a reference: its own, or one that our contact page gave out.

    For officers; what the reference opens to who holds it says :func:`case_opened_by`.
    """
    return _case(force, reference, _given(force, reference))


def case_opened_by(force: Force, reference: str) -> Case | None:
    """Return the case that a reference opens: its own, or of what was told with it first.

    Whoever fills in the contact page with somebody else's number joins that person's
    case, and holds a reference of their own: it opens nothing.
    """
    return _case(force, reference, _given(force, reference).filter(in_case__why=Joined.OPENED))


def _given(force: Force, reference: str) -> QuerySet[Item]:
    return Item.objects.filter(
        force=force, conversation=reference, account__provider=own().name
    )  # fmt: skip


def _case(force: Force, reference: str, said: QuerySet[Item]) -> Case | None:
    found = Case.objects.select_related("force", "contact_point__contact")
    named = Q(reference=reference) | Q(pk__in=said.values("in_case__case"))
    return found.filter(named, force=force).first()


# Where a code may go ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """An address that the case knows, and the exchange there if it is a platform's."""

    point: ContactPoint
    way: Way | None = None


def door_of(case: Case, by: SendBy) -> Door | None:
    """Return where a code goes by this kind of address; ``None``: the case knows none.

    Never where anybody but who brought the case can be reached, and never in public.
    """
    if by == SendBy.DIRECT:
        return _direct(case)
    mine = points_of_citizen(case).filter(channel=by)
    last = When(If(pk=case.contact_point_id, then=Value(0)), default=Value(1),
                output_field=IntegerField())  # fmt: skip
    point = mine.order_by(last, "-verified_at", "pk").first()
    return Door(point) if point is not None and not _barred(point) else None


def points_of_citizen(case: Case) -> QuerySet[ContactPoint]:
    """Return the addresses of who brought a case; others who spoke in it are not them."""
    theirs = Q(pk=case.contact_point_id)
    if case.contact_id is not None:
        theirs |= Q(contact=case.contact_id)
    return ContactPoint.objects.filter(theirs, force=case.force_id).select_related("contact")


def _barred(point: ContactPoint) -> bool:
    held = suppressed_keys(point.force_id, point.channel, [bytes(point.key)])
    return held.get(bytes(point.key)) == SuppressionReason.MANUAL


def _direct(case: Case) -> Door | None:
    """Return the private exchange in which they wrote to us on a platform, if they did."""
    if case.contact_point is None:
        return None
    said = Item.objects.filter(
        in_case__case=case, contact_point=case.contact_point, visibility="private", kind="human",
        deleted_at=None,
    ).exclude(external_id="")  # fmt: skip
    item = said.select_related("account", "contact_point", "raw", "force").order_by("-pk").first()
    way = way_of(case, item) if item is not None else None
    return Door(case.contact_point, way) if way is not None and not way.public else None


# What they are told -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that was sent to them."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything of a case that its citizen's page shows."""

    reference: str
    stands: Standing
    next: Next | None
    outcome: str
    """What came of it, in the words that the force tells."""
    told: Sequence[Told]


def view_of(case: Case, *, now: datetime, exchange: str = "") -> View:
    """Return what the citizen is shown of a case.

    :param exchange: the reference of the contact page that opened it: only what was said
        in that exchange, from that address, is shown to who holds it.
    """
    stands = standing(case.state, heard_at=case.heard_at, answered_at=case.answered_at)
    promised = [Promised(one.kind, one.state, one.due_at) for one in case.milestones.all()]
    outcome = _outcome(case) if not exchange or _is_all(case, exchange) else ""
    # the outcome stands above them
    told = [one for one in _told(case, exchange) if one.text != outcome]
    return View(case.reference, stands, next_word(stands, promised, now=now), outcome, told)


def _outcome(case: Case) -> str:
    last = last_outcome(case)
    return last.words if last is not None else ""


def last_outcome(case: Case) -> Outcome | None:
    """Return what a closed case was closed with; ``None``: it is open, or nothing was said."""
    if case.state != CaseState.CLOSED:
        return None
    made = Outcome.objects.filter(case=case, at__gte=case.closed_at).select_related("by")
    return made.order_by("-at", "-pk").first()


def _told(case: Case, exchange: str) -> list[Told]:
    """Return what was sent to them, newest first; not what went to others in the same case."""
    sent = Reply.objects.filter(
        case=case, state=ReplyState.SENT, item__contact_point__in=points_of_citizen(case)
    ).exclude(act__state=ActState.FAILED)
    if exchange:
        sent = sent.filter(item__in=_said_in(case, exchange).values("pk"))
    return [Told(one.sent_at, one.text) for one in sent.order_by("-sent_at", "-pk") if one.sent_at]


def _said_in(case: Case, exchange: str) -> QuerySet[Item]:
    """Return what was said in an exchange of our contact page, or to the address in its answers.

    Others may have the same number: what else was said from it is not shown to this visitor.
    """
    point = case.contact_point_id
    return Item.objects.filter(
        in_case__case=case, contact_point=point, conversation__in=[exchange, f"{EXCHANGE}{case.pk}"]
    )


def _is_all(case: Case, exchange: str) -> bool:
    """Say whether its citizen said nothing in the case but in this exchange."""
    theirs = Item.objects.filter(in_case__case=case, contact_point__in=points_of_citizen(case))
    return not theirs.exclude(pk__in=_said_in(case, exchange).values("pk")).exists()


# What officers see of it ------------------------------------------------------------


def last_showing(case: Case) -> Showing | None:
    """Return who last decided whether the citizen is shown the case; ``None``: nobody has."""
    return Showing.objects.filter(case=case).select_related("by").order_by("-at", "-pk").first()
