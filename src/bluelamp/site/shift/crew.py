"""The officers of a simulated shift: who look, take, answer, ask back, close, and hand over.

Everything that they do is an act of the product; how long it takes them is drawn from a
lognormal distribution, as handling times are.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bluelamp.cases import oncall
from bluelamp.cases.actions import answer, close, handover, own
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, Handover, HandoverCase, Reply
from bluelamp.cases.queries import queue
from bluelamp.cases.queries.queue import Wanted
from bluelamp.cases.values import RINGS_FOR_ITEM, RINGS_FOR_PROMISE, CaseState, ReplyState
from bluelamp.inbound.values import Severity
from bluelamp.notices import paging
from bluelamp.notices.models import Page
from bluelamp.org.models import Officer
from bluelamp.site.shift.course import Course
from bluelamp.site.shift.phones import phones
from bluelamp.site.shift.public import Public
from bluelamp.site.shift.scene import Scene

HANDLING = {4: 2400.0, 3: 1080.0, 2: 720.0, 1: 420.0}
"""Median seconds that a case of a severity takes somebody."""
SPREAD = 0.6
"""Of the logarithm: one in ten takes more than twice the median."""
REACTION, PICKED_UP, APPROVING, THINKING = 20.0, 30.0, 150.0, 1500.0
"""Median seconds until somebody sees a new row, takes a ringing phone, decides, answers back."""
FIRST_WORDS = 120.0
"""Seconds at most into a case until something is said to the citizen."""
PASSING_ON = 45.0
"""Seconds that somebody on call takes to find who goes."""
ASKING_BACK, ANSWERING_BACK = 0.3, 0.6
"""Shares of cases in which something is asked, and of citizens who answer that."""
_LINK = re.compile(r"/answer/(\S+)")


@dataclass
class Work:
    """A case in somebody's hands."""

    case: Case
    ends: datetime
    spoken: bool = False


@dataclass
class Hand:
    """An officer, and what they are at; what an emergency has put aside lies below it."""

    officer: Officer
    work: list[Work] = field(default_factory=list)

    @property
    def urgency(self) -> int:
        """The severity of what they are at; nothing while they are free."""
        return self.work[-1].case.severity if self.work else 0


class Crew:
    """Everybody on the shift."""

    def __init__(self, course: Course, scene: Scene, public: Public, seed: int) -> None:
        self._course, self._scene, self._public = course, scene, public
        self._random = Random(seed)  # noqa: S311 - the same shift for the same seed
        self._hands = [Hand(one) for one in scene.crew]
        self._idle = list(self._hands)
        self._parked: set[int] = set()
        """Cases in which somebody else's word is waited for."""
        self._heard_phones = 0
        self._busy_until: dict[int, datetime] = {}
        self._gone = False
        self.did: Counter[str] = Counter()

    # --- what calls for them

    def something_waits(self) -> None:
        """Something new lies in the queue: somebody who is free sees it."""
        if self._idle:
            hand = self._idle.pop(0)
            self._course.after(self._draw(REACTION), lambda: self._look(hand))

    def listen(self) -> None:
        """Hear the phones that have rung since; whoever can picks up."""
        sent = phones().sent
        rung = sent[self._heard_phones :]
        self._heard_phones = len(sent)
        for one in rung:
            link = _LINK.search(one.text)
            if link is not None:
                self._phone(one.to, link[1])

    def _phone(self, address: str, token: str) -> None:
        opened = paging.opened(token)
        if opened is None or opened[1] is None:
            return  # a unit's own mailbox: nobody sits before it
        officer = opened[1]
        if officer in self._scene.sergeants or any(
            hand.officer == officer and hand in self._idle for hand in self._hands
        ):
            free = max(self._course.now, self._busy_until.get(officer.pk, self._course.now))
            picked_up = free + timedelta(seconds=self._draw(PICKED_UP))
            self._busy_until[officer.pk] = picked_up + timedelta(seconds=PASSING_ON)
            self._course.at(picked_up, lambda: self._pick_up(token))

    def _pick_up(self, token: str) -> None:
        """Open the link on the phone, take it; then find who goes."""
        page, officer = paging.opened(token) or (None, None)
        if page is None or officer is None or page.answered_at is not None or self._gone:
            return
        paging.answer(page, by=officer, now=self._course.now)
        self.did["phones answered"] += 1
        case = oncall.case_of(page)
        if case is not None:
            self._public.heard(case)
            self._course.after(PASSING_ON, lambda: self._pass_on(case, officer))

    def _pass_on(self, case: Case, by: Officer) -> None:
        """Give what rang to somebody free, else to whoever is at what can best wait."""
        case.refresh_from_db()
        if case.owner_id != by.pk:
            return  # somebody saw it in the queue first
        hand = min(self._hands, key=lambda one: (one.urgency, len(one.work), one.officer.pk))
        own.give(case, hand.officer, by=by, now=self._course.now)
        self.did["put aside for an emergency"] += bool(hand.work)
        self._begin(hand, case)

    # --- from the queue

    def _look(self, hand: Hand) -> None:
        """Take the most urgent thing that waits, or wait for the next."""
        if hand.work or self._gone:
            return
        case = self._next(hand.officer)
        if case is not None:
            self._begin(hand, case)
        elif hand not in self._idle:
            self._idle.append(hand)

    def _next(self, officer: Officer) -> Case | None:
        held = {work.case.pk for hand in self._hands for work in hand.work}
        lists = [
            queue.queue(officer, Wanted(part)).exclude(pk__in=held | self._parked)
            for part in ("mine", "nobody")
        ]
        ours = [CaseState.NEW, CaseState.OPEN]
        found = [one for one in (rows.filter(state__in=ours).first() for rows in lists) if one]
        return min(found, key=lambda one: (-one.severity, one.heard_at, one.pk), default=None)

    def _begin(self, hand: Hand, case: Case) -> None:
        if hand in self._idle:
            self._idle.remove(hand)
        own.take(case, by=hand.officer, now=self._course.now)
        self._public.heard(case)
        self._stop_ringing(case, hand.officer)
        length = self._draw(HANDLING[max(case.severity, 1)])
        work = Work(case, self._course.now + timedelta(seconds=length))
        hand.work.append(work)
        self._course.after(min(FIRST_WORDS, length / 3), lambda: self._speak(hand, work))
        self._course.at(work.ends, lambda: self._finish(hand, work))

    def _stop_ringing(self, case: Case, by: Officer) -> None:
        items = case.items.values_list("item", flat=True)
        promises = case.milestones.values_list("pk", flat=True)
        abouts = [f"{RINGS_FOR_ITEM}{pk}" for pk in items]
        abouts += [f"{RINGS_FOR_PROMISE}{pk}" for pk in promises]
        for page in Page.objects.filter(about__in=abouts, answered_at=None):
            paging.answer(page, by=by, now=self._course.now)
            self.did["found ringing in the queue"] += 1

    # --- at a case

    def _speak(self, hand: Hand, work: Work) -> None:
        """Say the first words to the citizen; in public a sergeant lets them go."""
        if work.spoken or self._gone:
            return
        work.spoken = True
        self._answer(work.case, hand.officer, "We have your message and are on it.")

    def _answer(self, case: Case, by: Officer, text: str, *, waiting: bool = False) -> bool:
        """Answer; say whether it has gone out."""
        seen = Reply.objects.filter(case=case).exclude(state=ReplyState.DRAFT).order_by("-pk")
        try:
            made = answer.answer(
                case, text, by=by, now=self._course.now, waiting=waiting,
                seen=seen.values_list("pk", flat=True).first(),
            )  # fmt: skip
        except CaseRefusedError as refusal:
            self._refuse(refusal)
            return False
        self.did["answers"] += 1
        if made.state == ReplyState.SUBMITTED:
            self._course.after(self._draw(APPROVING), lambda: self._approve(made))
        return made.state == ReplyState.SENT

    @contextmanager
    def _refused(self) -> Iterator[None]:
        """Count what the product refuses: there is no way to answer, or a colleague has."""
        try:
            yield
        except CaseRefusedError as refusal:
            self._refuse(refusal)

    def _refuse(self, refusal: CaseRefusedError) -> None:
        self.did[f"refused: {refusal}"[:60]] += 1

    def _approve(self, reply: Reply) -> None:
        with self._refused():
            sergeant = self._scene.sergeants[reply.pk % len(self._scene.sergeants)]
            answer.approve(reply, by=sergeant, now=self._course.now)
            self.did["approved"] += 1

    def _finish(self, hand: Hand, work: Work) -> None:
        """Close the case, or ask the citizen something; then look what waits."""
        if hand.work[-1:] != [work]:
            return  # put aside: it goes on when the emergency is done
        self._speak(hand, work)
        hand.work.pop()
        self._end(hand, work.case)
        if not hand.work:
            self._look(hand)
            return
        below = hand.work[-1]
        length = self._draw(HANDLING[max(below.case.severity, 1)]) / 2
        self._course.after(length, lambda: self._finish(hand, below))

    def _end(self, hand: Hand, case: Case) -> None:
        now = self._course.now
        case.refresh_from_db()
        if case.state == CaseState.CLOSED:
            return
        asks = case.severity < Severity.EMERGENCY and self._random.random() < ASKING_BACK
        if asks and self._answer(case, hand.officer, "Can you tell us more?", waiting=True):
            self._parked.discard(case.pk)
            if self._random.random() < ANSWERING_BACK:
                self._course.after(self._draw(THINKING), lambda: self._back(hand, case))
            return
        with self._refused():
            close.close(case, reason="Done", by=hand.officer, now=now)
            self.did["closed"] += 1

    def _back(self, hand: Hand, case: Case) -> None:
        """The citizen answers; whoever has the case sees it when they are free."""
        self._public.answer_back(case)
        self.did["answered back"] += 1
        if hand in self._idle:
            self._idle.remove(hand)
            self._course.after(self._draw(REACTION), lambda: self._look(hand))

    # --- the end

    def hand_over(self) -> None:
        """Hand all that is open over to those who come in, each case accepted by somebody."""
        self._gone = True
        for place, hand in enumerate([*self._hands, *map(Hand, self._scene.sergeants)]):
            hand.work.clear()
            if not Case.objects.filter(owner=hand.officer).exclude(state="closed").exists():
                continue
            night = self._scene.night[place % len(self._scene.night)]
            made = handover.begin(
                self._scene.root, by=hand.officer, now=self._course.now, words="As it stands"
            )
            self._accept(made, night)

    def _accept(self, made: Handover, night: Officer) -> None:
        for number, row in enumerate(HandoverCase.objects.filter(handover=made).order_by("pk")):
            if number % 10 == 9:
                continue  # nobody comes to it: it goes back to the unit
            handover.accept(row, by=night, now=self._course.now)
            self.did["accepted"] += 1
        back = handover.finish(made, by=made.by, now=self._course.now)
        self.did["handed back to the unit"] += back

    def _draw(self, median: float) -> float:
        return self._random.lognormvariate(math.log(median), SPREAD)
