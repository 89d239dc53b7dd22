"""What another system tells of its cases joins ours; none is made twice."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bluelamp.cases import share
from bluelamp.cases.accept import Telling, accept
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CaseItem, CaseSystem, Link
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.tests.systems import SECRET, cases, salesforce
from bluelamp.cases.values import CaseState, Joined
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.kit import clock
from bluelamp.kit.signature import TOLERANCE, sign
from bluelamp.org.models import Force

MINUTE = timedelta(minutes=1)
FIELDS = {"Subject": "Bike stolen", "Priority": "Medium", "Status": "Working", "Theirs__c": 3}


@pytest.fixture
def system(force: Force, now: datetime) -> CaseSystem:
    return salesforce(force, "http://127.0.0.1:9", now)


def told(system: CaseSystem, event: str, now: datetime, **facts: Any) -> Case:
    telling = {"event": event, "their_id": "5003z1"} | facts
    return accept(system, Telling.model_validate(telling), now=now)


def test_a_new_case_there_is_one_case_here_however_often_it_is_told(
    system: CaseSystem, now: datetime
) -> None:
    made = told(system, "case.opened", now, fields=FIELDS)
    assert (made.title, made.severity, made.state) == ("Bike stolen", 2, CaseState.NEW)
    assert told(system, "case.opened", now + MINUTE, fields=FIELDS) == made
    assert Case.objects.count() == 1
    assert Link.objects.get().theirs["fields"] == FIELDS


def test_what_was_made_there_after_our_telling_names_our_case(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    """Their automation may call before our own call has been answered."""
    (case,) = cases(force, 1, now)
    share.collect(now=now)
    told(system, "case.opened", now, reference=case.reference.lower(), fields=FIELDS)
    assert Case.objects.count() == 1
    assert Link.objects.get().their_id == "5003z1"


def test_an_item_that_belongs_to_a_case_there_joins_ours(
    force: Force, system: CaseSystem, now: datetime
) -> None:
    page = make_page(force, now)
    case = open_case(page, "Our shed was broken into", now, said={"external_id": "post-1"})
    assert told(system, "item.linked", now, item="post-1") == case
    other = open_case(
        page, "And the bike is gone", now, by="bea@example.test", said={"external_id": "post-2"}
    )
    for _twice in range(2):
        assert told(system, "item.linked", now + MINUTE, item="post-2") == case
    assert {row.item.external_id: row.why for row in CaseItem.objects.filter(case=case)} == {
        "post-1": Joined.OPENED, "post-2": Joined.BY_SYSTEM
    }  # fmt: skip
    other.refresh_from_db()
    assert other.state == CaseState.CLOSED


def test_an_item_in_no_case_opens_one(force: Force, system: CaseSystem, now: datetime) -> None:
    say(make_page(force, now), "Lovely parade", now, said={"external_id": "post-3"})
    case = told(system, "item.linked", now, item="post-3", fields=FIELDS)
    assert CaseItem.objects.get().case == case


def test_closed_there_is_closed_here_and_an_old_telling_undoes_nothing(
    system: CaseSystem, now: datetime
) -> None:
    made = told(system, "case.opened", now, fields=FIELDS)
    closed = FIELDS | {"Status": "Closed"}
    told(system, "case.changed", now, at=now + 2 * MINUTE, fields=closed)
    told(system, "case.changed", now + MINUTE, at=now + MINUTE, fields=FIELDS)
    made.refresh_from_db()
    assert (made.state, made.closed_at) == (CaseState.CLOSED, now)
    told(system, "case.changed", now + MINUTE, at=now + 3 * MINUTE, fields=FIELDS)
    made.refresh_from_db()
    assert (made.state, made.closed_at) == (CaseState.OPEN, None)


def test_what_is_not_here_and_a_case_that_is_another_there_are_refused(
    force: Force, other_force: Force, system: CaseSystem, now: datetime
) -> None:
    (mine,) = cases(force, 1, now)
    (foreign,) = cases(other_force, 1, now)
    for event, facts in (
        ("case.changed", {}),
        ("case.linked", {"reference": foreign.reference}),
        ("item.linked", {"item": "nowhere"}),
    ):
        with pytest.raises(CaseRefusedError):
            told(system, event, now, **facts)
    told(system, "case.linked", now, reference=mine.reference)
    with pytest.raises(CaseRefusedError):
        told(system, "case.linked", now, reference=mine.reference, their_id="5003z2")
    assert Link.objects.count() == 1


def call(system: CaseSystem, body: bytes, *, secret: str = SECRET, late: timedelta = MINUTE) -> Any:
    moment = str(int((clock.now() - late).timestamp()))
    return Client().post(
        f"/hooks/cases/{system.pk}/", body, content_type="application/json",
        headers={
            "X-Bluelamp-Timestamp": moment, "X-Bluelamp-Signature": sign(secret, moment, body)
        },
    )  # fmt: skip


def test_a_call_counts_only_if_it_is_signed_lately_with_the_secret(system: CaseSystem) -> None:
    body = json.dumps({"event": "case.opened", "their_id": "5", "fields": FIELDS}).encode()
    assert call(system, body, secret="guessed").status_code == 401
    assert call(system, body, late=TOLERANCE + MINUTE).status_code == 401
    assert Client().post(
        f"/hooks/cases/{system.pk}/", body, content_type="application/json"
    ).status_code == 401  # fmt: skip
    assert Case.objects.count() == 0
    answer = call(system, body)
    assert answer.status_code == 200
    assert answer.json() == {"reference": Case.objects.get().reference}


def test_a_call_that_makes_no_sense_says_why(system: CaseSystem) -> None:
    assert call(system, b"{").status_code == 400
    assert call(system, b'{"event": "case.opened"}').json()["fields"] == ["their_id"]
    assert call(system, b'{"event": "case.changed", "their_id": "5"}').status_code == 409
