"""Acts: what we change on a platform, exactly once and in order.

The intent is committed before the platform hears of it, and no transaction is
open while it does.  An attempt whose worker died is made again under the same
key: the adapter looks whether the first one arrived.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry, vault
from bluelamp.channels.contract import ChannelError, Posted, Utterance, Visibility
from bluelamp.channels.models import Account, Act
from bluelamp.channels.values import ActKind, ActState
from bluelamp.kit.queue import app, nudge

CLAIMED_FOR = timedelta(minutes=3)
"""Longer than any adapter waits for its platform: after it the worker is dead."""
ATTEMPTS = 9
"""With the delays below the last one is some four hours after the first."""
FIRST_DELAY = timedelta(seconds=30)


def want(
    account: Account, kind: ActKind, utterance: Utterance, *, by: str, now: datetime,
    key: uuid.UUID | None = None, target: str = "",
) -> Act:  # fmt: skip
    """Intend an act in the caller's transaction (inside ``acting``) and nudge its performing.

    :param by: the officer's label, or the name of the standing approval.
    :param key: what makes a repeated call one act; random without.
    """
    key = key or uuid.uuid4()
    fields = asdict(utterance) | {"key": str(key), "media": []}
    act, _new = Act.objects.get_or_create(
        key=key,
        defaults={
            "force_id": account.force_id, "account": account, "kind": kind, "target": target,
            "lane": utterance.to[:320], "utterance": fields, "by": by[:200], "due_at": now,
            "made_at": now,
        },
    )  # fmt: skip
    nudge(app.tasks["bluelamp.channels.jobs.perform"], account=account.pk, lane=act.lane)
    return act


def waiting(now: datetime) -> set[tuple[int, str]]:
    """Return the (account, lane)s that have something to do now."""
    live = Act.objects.filter(state__in=[ActState.READY, ActState.DOING], due_at__lte=now)
    return set(live.values_list("account_id", "lane"))


def perform(account: int, lane: str, *, now: datetime) -> bool:
    """Perform the oldest act of a lane if it is due; say whether there was one."""
    act = _claim(account, lane, now=now)
    if act is None:
        return False
    try:
        if act.attempts > ATTEMPTS:  # each attempt before this one took its worker with it
            raise ChannelError("It was tried too often.", permanent=True)
        posted = _do(act)
    except ChannelError as error:
        _failed(act, error, now=now)
    else:
        _settle(act, ActState.DONE, done_at=now, external_id=posted.external_id, url=posted.url)
    return True


def _claim(account: int, lane: str, *, now: datetime) -> Act | None:
    """Take the head of a lane; what is due later or in work holds back what follows it."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account)
        live = Act.objects.filter(
            account=account, lane=lane, state__in=[ActState.READY, ActState.DOING]
        )
        act = live.select_related("account").order_by("pk").first()
        if act is None or act.due_at > now:
            return None
        act.state, act.attempts, act.due_at = ActState.DOING, act.attempts + 1, now + CLAIMED_FOR
        with acting(SYSTEM, "channels.perform"):
            act.save(update_fields=["state", "attempts", "due_at"])
    return act


def _do(act: Act) -> Posted:
    adapter = registry.adapter(act.account.provider)
    settings = vault.settings_of(act.account)
    if act.kind == ActKind.DELETE:
        adapter.delete(act.target, settings)
        return Posted(act.target, act.made_at)
    if act.kind == ActKind.EDIT:
        return adapter.edit(act.target, utterance_of(act), settings)
    return adapter.post(utterance_of(act), settings)


def utterance_of(act: Act) -> Utterance:
    """Return what an act says."""
    fields = dict(act.utterance)
    return Utterance(**fields | {"visibility": Visibility(fields["visibility"]), "media": ()})


def _failed(act: Act, error: ChannelError, *, now: datetime) -> None:
    problem = str(error)[:300]
    if error.permanent or act.attempts >= ATTEMPTS:
        _settle(act, ActState.FAILED, done_at=now, problem=problem)
        return
    delay = error.retry_after or FIRST_DELAY * 2 ** (act.attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311
    _settle(act, ActState.READY, due_at=now + delay, problem=problem)


def _settle(act: Act, state: ActState, **facts: object) -> None:
    """Write an outcome, unless somebody took the act over meanwhile."""
    with acting(SYSTEM, "channels.perform"), transaction.atomic():
        mine = Act.objects.filter(pk=act.pk, state=ActState.DOING, attempts=act.attempts)
        mine.update(state=state, **facts)
