"""Stuck: what breaks a stage is found, kept where it can be seen, and rings somebody.

A batch is one transaction, so one item that cannot be carried on would hold up all
others for ever.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from bluelamp.inbound.models import Item
from bluelamp.inbound.values import Stage
from bluelamp.notices.paging import page
from bluelamp.org.models import Unit

_log = logging.getLogger(__name__)


class Batch(Protocol):
    """Carries the first of some items on, in a transaction of its own."""

    def __call__(self, waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
        """Return how many items went on.

        :param waiting: those that it may take, in the order that it takes them.
        """
        ...


def carefully(batch: Batch, waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    """Carry a batch on; where that fails, one by one, and set aside what fails alone.

    :param waiting: what the stage takes from, in the order that it takes it.
    :return: how many items are where they were no longer.
    :raises OperationalError: the database's fault, not an item's.
    """
    try:
        return batch(waiting, now=now, limit=limit)
    except OperationalError:
        raise
    except Exception as error:  # its words may be somebody's: only its kind is logged
        _log.error("a batch is carried on one by one: %s", type(error).__name__)
        return sum(_alone(batch, waiting, now=now) for _item in range(limit))


def _alone(batch: Batch, waiting: QuerySet[Item], *, now: datetime) -> int:
    """Carry the first item on, or keep it as stuck.

    It is held meanwhile, and nothing else is carried on: another worker might take it between
    its failure and its setting aside, or let one go that comes before it, and what fails would
    be another than what is set aside.
    """
    with transaction.atomic():
        first = waiting.select_for_update(skip_locked=True).first()
        if first is None:
            return 0
        try:
            with transaction.atomic():
                return batch(waiting.filter(pk=first.pk), now=now, limit=1)
        except OperationalError:
            raise
        except Exception as error:
            _log.error("an item is stuck: %s", type(error).__name__)
            _stick(first, f"{type(error).__name__}: {error}"[:300], now=now)
    return 1


def _stick(item: Item, problem: str, *, now: datetime) -> None:
    """Keep an item as stuck; nobody has seen how urgent it is, so it rings."""
    item.stage, item.findings = Stage.STUCK, item.findings | {"problem": problem}
    item.save(update_fields=["stage", "findings"])
    page(
        Unit.objects.get(force=item.force_id, parent=None), about=f"item:{item.pk}",
        words="Something that came in could not be carried on.",
        path=reverse("inbound:inbox"), now=now,
    )  # fmt: skip
