"""What the record can be asked; every question names the force that asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.audit import ledger
from bluelamp.audit.models import Act, Entry, Seal
from bluelamp.audit.values import Operation, SignedSeal
from bluelamp.kit.nav import NavItem

NAV = (NavItem(_("Audit"), "audit:acts", ("audit.read",), order=90),)


@dataclass(frozen=True, slots=True)
class Filter:
    """What one looks for in the record."""

    officer: str = ""
    act: str = ""
    table: str = ""
    row: str = ""
    first: datetime | None = None
    last: datetime | None = None
    readings: bool = False


def _of_force(force: int) -> Q:
    """Acts of a force's own people, and what the product or an operator did to its rows."""
    touched = Entry.objects.filter(act_id=OuterRef("pk"), force_id=force)
    return Q(force_id=force) | Q(Exists(touched), force_id=None)


def acts(force: int, wanted: Filter) -> QuerySet[Act]:
    """Return the acts of a force that fit, newest first."""
    found = Act.objects.filter(_of_force(force))
    if wanted.officer:
        found = found.filter(actor_label__icontains=wanted.officer)
    if wanted.act:
        found = found.filter(act__startswith=wanted.act)
    if wanted.first:
        found = found.filter(at__gte=wanted.first)
    if wanted.last:
        found = found.filter(at__lt=wanted.last)
    if wanted.table or wanted.readings:
        found = found.filter(Exists(_entries(wanted)))
    return found.order_by("-at", "-id")


def _entries(wanted: Filter) -> QuerySet[Entry]:
    """Return the entries of an act that speak of the thing wanted."""
    found = Entry.objects.filter(act_id=OuterRef("pk"))
    if wanted.table:
        found = found.filter(table=wanted.table)
    if wanted.row:
        found = found.filter(row__in=[wanted.row, "*"])
    return found.filter(op=Operation.READ.value) if wanted.readings else found


def act(force: int, pk: int) -> Act | None:
    """Return one act of a force."""
    return Act.objects.filter(_of_force(force), pk=pk).first()


def entries(force: int, act: Act) -> QuerySet[Entry]:
    """Return what an act did, as far as it is this force's."""
    ours = Q(force_id=force) | (Q(force_id=None) if act.force_id == force else Q(pk__in=[]))
    return Entry.objects.filter(ours, act=act).order_by("id")


def history(force: int, table: str, row: int) -> QuerySet[Entry]:
    """Return what was done to one row that is the force's, newest first, with who did it."""
    ours = Q(force_id=force) | Q(force_id=None)
    found = Entry.objects.filter(ours, table=table, row=str(row)).exclude(op=Operation.READ.value)
    return found.select_related("act").order_by("-id")


@cache
def things() -> dict[str, str]:
    """Return every recorded table with the name of its thing."""
    return {
        model._meta.db_table: str(model._meta.verbose_name)
        for model in apps.get_models()
        if getattr(model._meta, "triggers", None)
    }


def act_names(force: int) -> list[str]:
    """Return the names of acts that this force's record knows."""
    found = Act.objects.filter(force_id=force).values_list("act", flat=True)
    return list(found.order_by("act").distinct())


@dataclass(frozen=True, slots=True)
class Changed:
    """One column of a row, before and after."""

    column: str
    old: Any
    new: Any


def changes(entry: Entry) -> list[Changed] | None:
    """Return what an entry says of its row's columns; ``None`` where that was erased."""
    if entry.content is None:
        return None
    content = json.loads(entry.content or "{}")
    old, new = content.get("old") or {}, content.get("new") or {}
    return [Changed(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]


def reading(entry: Entry) -> dict[str, Any]:
    """Return the criteria and size of a reading too large to name each row."""
    return json.loads(entry.content or "{}") if entry.op == Operation.READ.value else {}


@dataclass(frozen=True, slots=True)
class SealStatus:
    """How far the record is sealed."""

    last: SignedSeal | None
    stored: int
    unsealed: int
    alike: bool
    """Whether the newest seal of the database is the newest published."""


def seal_status() -> SealStatus:
    """Look at both ends of the seals; the whole check is ``bluelamp audit verify``."""
    published = ledger.last_published(ledger.seals_file())
    newest = Seal.objects.order_by("-id").first()
    same = (newest.id if newest else 0) == (published.body.id if published else 0)
    since = newest.to_xid if newest else 0
    return SealStatus(
        last=published,
        stored=newest.id if newest else 0,
        unsealed=Act.objects.filter(xid__gte=since).count(),
        alike=same,
    )
