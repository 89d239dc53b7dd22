"""Made-up people and ground for the tests of this floor."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import shapely

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM, Actor, ActorKind
from bluelamp.members import actions, join, standing
from bluelamp.members.importing import bulk_create_members
from bluelamp.members.models import Member, Topic, Wording
from bluelamp.members.values import Answers, CodePurpose, NewMember, Purpose
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force
from bluelamp.places.cells import cell_of, cells_of
from bluelamp.places.models import Area, AreaCell, Postcode

VISITOR = Actor(ActorKind.VISITOR, "", "visitor", source="192.0.2.1")
HOME = (-0.42, 51.88)


def make_postcode(code: str, longitude: float, latitude: float) -> Postcode:
    return Postcode.objects.create(
        postcode=code, longitude=longitude, latitude=latitude, cell=cell_of(longitude, latitude)
    )


def make_topics(force: Force) -> dict[str, Topic]:
    return {topic.slug: topic for topic in actions.make_topics(force, by=SYSTEM)}


def make_area(
    force: Force, code: str, shape: Any, *, now: datetime, kind: str = "ward", name: str = ""
) -> Area:
    west, south, east, north = shape.bounds
    with acting(SYSTEM, "test.setup"):
        area = Area.objects.create(
            force=force, kind=kind, code=code, name=name or code, boundary=shape.wkb,
            digest=f"{force.pk}{code}{shape.wkb_hex[-20:]}", west=west, south=south, east=east,
            north=north, imported_at=now,
        )  # fmt: skip
        found = cells_of(shape)
        AreaCell.objects.bulk_create(
            AreaCell(area=area, cell=cell, whole=whole)
            for cell, whole in zip(found.cells.tolist(), found.whole.tolist(), strict=True)
        )
    return area


def square(longitude: float, latitude: float, size: float) -> shapely.Polygon:
    return shapely.box(longitude - size, latitude - size, longitude + size, latitude + size)


def make_member(
    force: Force, address: str, *, now: datetime, postcode: str = "BD1 1AA", **more: Any
) -> Member:
    """One who joined by code, with the consents of the page."""
    if not Postcode.objects.filter(pk=postcode).exists():
        make_postcode(postcode, *HOME)
    answers = Answers(address, postcode, topics=more.pop("topics", 0), words="I agree.", **more)
    return join.complete(force, answers, by=VISITOR, now=now)


def make_many(force: Force, rows: list[NewMember], *, now: datetime) -> None:
    with acting(SYSTEM, "test.setup"):
        wording = standing.keep_wording(force, Purpose.ALERTS, "I agree.")
        tracking = standing.keep_wording(force, Purpose.TRACKING, "You may look.")
        bulk_create_members(force, rows, wording=wording, tracking_wording=tracking, now=now)


def code_in_mail(address: str) -> str:
    """The newest code that went to an address."""
    notice = Notice.objects.filter(address=address, kind="code").latest("pk")
    found = re.search(r"^\s*(\d{6})$", notice.text, re.MULTILINE)
    assert found, notice.text
    return found[1]


def start(force: Force, address: str, *, now: datetime, source: str = "192.0.2.1") -> None:
    join.start(force, address, CodePurpose.JOIN, source=source, now=now)


__all__ = ["Wording"]
