"""Who may, from the grants that are held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bluelamp.org.values import ROLE_ACTS, Acts, Role


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant as the decision sees it: a role over everything under a path."""

    role: Role
    path: str
    """Materialised path of the unit, ``/1/5/``: a prefix of all paths below."""
    starts: datetime
    expires: datetime | None


def is_live(grant: HeldGrant, *, now: datetime) -> bool:
    """Say whether a grant counts at ``now``; the moment of expiry is outside."""
    return grant.starts <= now and (grant.expires is None or now < grant.expires)


def paths_for(act: Acts, grants: Iterable[HeldGrant], *, now: datetime) -> tuple[str, ...]:
    """Return the paths under which ``act`` is allowed, none implied by another."""
    held = {
        grant.path for grant in grants if act in ROLE_ACTS[grant.role] and is_live(grant, now=now)
    }
    return tuple(
        sorted(
            path
            for path in held
            if not any(path != other and path.startswith(other) for other in held)
        )
    )


def covers(paths: Iterable[str], path: str) -> bool:
    """Say whether a thing at ``path`` lies under one of the granted ``paths``."""
    return any(path.startswith(granted) for granted in paths)


def may_grant(
    granter: int, receiver: int, *, within: Iterable[str], path: str, receiver_path: str
) -> str:
    """Say why a grant must not be given, or nothing where it may.

    :param within: the paths under which the granter may give grants.
    :param path: the unit over which the role would hold.
    :param receiver_path: the unit of the officer who would hold it.
    """
    allowed = tuple(within)
    if granter == receiver:
        return "own"
    if not covers(allowed, path):
        return "unit"
    return "" if covers(allowed, receiver_path) else "officer"
