"""Members for trials on real postcodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.members.actions import make_topics
from bluelamp.org.models import Force
from bluelamp.places.importing.files import files_of
from bluelamp.places.importing.postcodes import read_all
from bluelamp.places.importing.store_postcodes import import_postcodes
from bluelamp.places.models import Postcode
from bluelamp.site.demo.members import make_members

OPERATOR = Actor(ActorKind.OPERATOR, "", "bluelamp demo", source="command line")


class NoSuchForceError(BluelampError):
    """The force is not there, or there are several."""


def force_named(slug: str) -> Force:
    """Return the force of that slug, or the only one.

    :raises NoSuchForceError: there is none, or the slug is needed to tell.
    """
    found = list(Force.objects.filter(slug=slug) if slug else Force.objects.all()[:2])
    if len(found) != 1:
        raise NoSuchForceError(
            f"There is no force {slug!r}." if slug else "Say which force with --force SLUG."
        )
    return found[0]


def make_trial_members(
    slug: str, files: Sequence[Path], count: int, *, advance: Callable[[int], None]
) -> dict[str, Any]:
    """Import the postcodes, then make members on them, all as one act."""
    force = force_named(slug)
    import_postcodes(files)
    wanted = [
        postcode
        for _path, found in read_all(files_of(files, (".csv",)), lambda _n: None)
        for postcode in found.postcodes
    ]
    places = list(Postcode.objects.filter(postcode__in=wanted).order_by("postcode"))
    if not places:
        raise NoSuchForceError("The files hold no postcode with a position.")
    with acting(OPERATOR, "demo.members"):
        make_topics(force, by=OPERATOR)
        made = make_members(
            force, places, count, now=clock.now(), first=force.members.count(), advance=advance
        )
    return {"members": made, "postcodes": len(places)}
