"""Made-up members on real or made-up postcodes, as many as are wanted."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bluelamp.members.importing.bulk import bulk_create_members
from bluelamp.members.labels import consent_words
from bluelamp.members.standing import keep_wording
from bluelamp.members.values import NewMember, Purpose
from bluelamp.org.models import Force
from bluelamp.places.models import Postcode
from bluelamp.site.demo.words import FAMILY, GIVEN

DOMAINS = (("example.test", 955), ("slow.example.test", 20), ("full.example.test", 10),
           ("gone.example.test", 15))  # fmt: skip
"""Mail domains in thousandths: the simulated mailbox defers or refuses the last three."""


def make_members(
    force: Force,
    places: Sequence[Postcode],
    count: int,
    *,
    now: datetime,
    first: int = 0,
    seed: int = 5,
    advance: Callable[[int], None] = lambda _n: None,
) -> int:
    """Take in ``count`` made-up people, inside the caller's act.

    :param first: number of the first one, so that a second call adds others.
    """
    chance = random.Random(seed + first)
    masks = _masks(force)
    people = (_person(chance, places, masks, first + n, now) for n in range(count))
    wordings = [
        keep_wording(force, purpose, consent_words(force.name, purpose))
        for purpose in (Purpose.ALERTS, Purpose.TRACKING)
    ]
    return bulk_create_members(
        force, people, wording=wordings[0], tracking_wording=wordings[1], now=now, advance=advance
    )


def _masks(force: Force) -> list[tuple[int, bool]]:
    return [(1 << topic.bit, topic.preset) for topic in force.topics.order_by("bit")]


def _person(
    chance: random.Random,
    places: Sequence[Postcode],
    masks: list[tuple[int, bool]],
    number: int,
    now: datetime,
) -> NewMember:
    place = places[chance.randrange(len(places))]
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    domain = chance.choices([d for d, _ in DOMAINS], [share for _, share in DOMAINS])[0]
    chosen = (bit for bit, preset in masks if chance.random() < (0.9 if preset else 0.2))
    return NewMember(
        address=f"{given.lower()}.{family.lower()}.{number}@{domain}",
        name=f"{given} {family}",
        postcode=place.postcode,
        longitude=place.longitude,
        latitude=place.latitude,
        cell=place.cell,
        topics=sum(chosen),
        language="cy" if chance.random() < 0.02 else "en",
        joined_at=now - timedelta(days=chance.expovariate(1 / 400)),
        source="demo",
        tracking=chance.random() < 0.4,
    )
