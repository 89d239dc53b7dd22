"""Who may do what to which thing: one decision, asked everywhere.

``may`` guards a thing, ``scope`` filters a list by the very same rule, and
``require`` is ``may`` for actions.  What no live grant allows is refused.

A thing is anything with ``force_id`` and, where it belongs to a part of the
force, ``unit`` (a :class:`~bluelamp.org.models.Unit`).  A thing without a unit
belongs to the force as a whole: only a grant at the force's root reaches it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bluelamp.audit.values import Actor
from bluelamp.kit import clock
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Grant, Officer, Unit
from bluelamp.org.rules.grants import HeldGrant, covers, paths_for
from bluelamp.org.values import Acts, Role

By = Officer | Actor
"""Who changes something: an officer, or an operator at the command line."""


def _held(officer: Officer) -> list[HeldGrant]:
    """Return the officer's grants, fetched once for each officer object (a request)."""
    cached: list[HeldGrant] | None = officer.__dict__.get("_held_grants")
    if cached is None:
        rows = Grant.objects.filter(officer=officer, revoked_at=None).values_list(
            "role", "unit__path", "starts", "expires"
        )
        cached = [HeldGrant(Role(role), path, starts, ends) for role, path, starts, ends in rows]
        officer.__dict__["_held_grants"] = cached
    return cached


def paths(officer: Officer, act: Acts) -> tuple[str, ...]:
    """Return the unit paths under which the officer may do ``act`` now."""
    return paths_for(act, _held(officer), now=clock.now()) if officer.is_active else ()


def may(officer: Officer, act: Acts, thing: Any = None) -> bool:
    """Say whether ``officer`` may do ``act`` to ``thing``.

    Without a thing: whether the officer may do it anywhere at all (for menus).
    """
    granted = paths(officer, act)
    if thing is None or not granted:
        return bool(granted)
    force_id = thing.pk if thing._meta.model_name == "force" else thing.force_id
    if force_id != officer.force_id:
        return False
    unit = thing if isinstance(thing, Unit) else getattr(thing, "unit", None)
    return covers(granted, unit.path) if unit else _reaches_root(granted)


def _reaches_root(granted: tuple[str, ...]) -> bool:
    return any(path.count("/") == 2 for path in granted)


def require(officer: Officer, act: Acts, thing: Any = None) -> None:
    """Refuse unless :func:`may`.

    :raises NotPermittedError: no live grant allows it.
    """
    if not may(officer, act, thing):
        raise NotPermittedError(act.value)


def answering(by: By, act: Acts, thing: Any) -> Actor:
    """Hold an officer to the permits; return who answers for the change.

    :raises NotPermittedError: no live grant of the officer allows it.
    """
    if isinstance(by, Actor):
        return by
    require(by, act, thing)
    return by.as_actor()


def scope(officer: Officer, act: Acts, *, unit: str = "unit") -> Q:
    """Return the filter for the rows of a list on which ``may`` says yes.

    :param unit: the lookup from the row to its unit (``"message__unit"``).
    """
    force = "__".join([*unit.split("__")[:-1], "force"])
    granted = paths(officer, act)
    if not granted:
        return Q(pk__in=[])
    if _reaches_root(granted):
        return Q(**{force: officer.force_id})
    below = Q()
    for path in granted:
        below |= Q(**{f"{unit}__path__startswith": path})
    return Q(**{force: officer.force_id}) & below
