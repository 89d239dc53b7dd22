"""One item that breaks a stage holds nothing else up, can be found, and rings somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError

from bluelamp.channels.models import Account
from bluelamp.inbound import moderate, stuck, thread, triage
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Stage
from bluelamp.kit import direct
from bluelamp.notices.models import Page
from bluelamp.org.models import Force

STAGES = [
    (moderate, "_mark", moderate.moderate, Stage.UNDERSTOOD, Stage.MODERATED),
    (thread, "_thread", thread.thread, Stage.MODERATED, Stage.THREADED),
    (triage, "_assessed", triage.triage, Stage.THREADED, Stage.TRIAGED),
]


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def breaking(real: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """Return what fails on the item with the bad word, or on a batch that holds it."""

    def tried(*given: Any, **named: Any) -> Any:
        items = [one for one in given if isinstance(one, Item)]
        items += [one for many in given if isinstance(many, list) for one in many]
        if any(item.text == "bad" for item in items):
            raise error
        return real(*given, **named)

    return tried


@pytest.mark.parametrize(("module", "part", "stage", "before", "after"), STAGES)
def test_it_holds_nothing_else_up(
    module: Any, part: str, stage: Callable[..., int], before: Stage, after: Stage,
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    good, bad, other = (carry(say(page, text, now), before) for text in ("good", "bad", "other"))
    monkeypatch.setattr(module, part, breaking(getattr(module, part), ValueError("boom")))
    assert stage(now=now) == 3
    stages = dict(Item.objects.values_list("pk", "stage"))
    assert stages == {good.pk: after, bad.pk: Stage.STUCK, other.pk: after}
    bad.refresh_from_db()
    assert bad.findings["problem"] == "ValueError: boom"
    assert Page.objects.get().about == f"item:{bad.pk}"
    assert stage(now=now) == 0


def test_a_database_that_is_away_makes_nothing_stuck(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = carry(say(page, "bad", now), Stage.THREADED)
    away = breaking(triage._assessed, OperationalError("gone"))
    monkeypatch.setattr(triage, "_assessed", away)
    with pytest.raises(OperationalError):
        triage.triage(now=now)
    bad.refresh_from_db()
    assert bad.stage == Stage.THREADED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "part", "stage", "before", "after"), STAGES)
def test_no_other_worker_takes_it_before_it_is_set_aside(
    module: Any, part: str, stage: Callable[..., int], before: Stage, after: Stage,
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Or the next in the row would be set aside in its place."""
    bad, good = (carry(say(page, text, now), before) for text in ("bad", "good"))
    monkeypatch.setattr(module, part, breaking(getattr(module, part), ValueError("boom")))
    free: list[bool] = []

    def failed(words: str, *_more: object) -> None:
        if words.startswith("an item is stuck"):
            take = "SELECT id FROM inbound_item WHERE id = %s FOR UPDATE SKIP LOCKED"
            with direct.connect(name="test") as other:
                free.append(other.execute(take, [bad.pk]).fetchone() is not None)

    monkeypatch.setattr(stuck._log, "error", failed)
    assert stage(now=now) == 2
    assert free == [False]
    stages = dict(Item.objects.values_list("pk", "stage"))
    assert stages == {good.pk: after, bad.pk: Stage.STUCK}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "part", "stage", "before", "after"), STAGES)
def test_what_another_worker_lets_go_meanwhile_is_not_taken_in_its_place(
    module: Any, part: str, stage: Callable[..., int], before: Stage, after: Stage,
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Another worker holds the bad one until the good one, behind it, is tried alone."""
    bad, good = (carry(say(page, text, now), before) for text in ("bad", "good"))
    monkeypatch.setattr(module, part, breaking(getattr(module, part), ValueError("boom")))
    batch, calls = module._batch, list[int]()

    def tried(*given: Any, **named: Any) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("it is not known yet what breaks")
        other.rollback()
        carried: int = batch(*given, **named)
        return carried

    monkeypatch.setattr(module, "_batch", tried)
    with direct.connect(name="test") as other:
        other.autocommit = False
        other.execute("SELECT id FROM inbound_item WHERE id = %s FOR UPDATE", [bad.pk])
        stage(now=now)
    stages = dict(Item.objects.values_list("pk", "stage"))
    assert stages == {good.pk: after, bad.pk: Stage.STUCK}
