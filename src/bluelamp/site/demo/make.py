"""Makes the fictional force, whole or not at all."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

import shapely
from django.db import connection, transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.actions import add
from bluelamp.kit import clock
from bluelamp.kit.config import config
from bluelamp.members.actions import make_topics
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force, Unit
from bluelamp.places.cells import cell_of
from bluelamp.places.importing.files import Handed
from bluelamp.places.importing.store_areas import Batch, import_areas
from bluelamp.places.models import Postcode
from bluelamp.site.demo import ground, texts
from bluelamp.site.demo.casework import make_casework
from bluelamp.site.demo.fortnight import make_fortnight
from bluelamp.site.demo.guidance import make_guidance
from bluelamp.site.demo.members import make_members
from bluelamp.site.demo.people import DOMAIN, LOGINS, PASSWORD, make_officers, make_units
from bluelamp.site.demo.regulars import make_regulars

SLUG = "brackenshire"
MEMBERS = 4_000


def ensure_demo() -> bool:
    """Make the demo force unless it is there; say whether it was made now."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # two starts at once make one force
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bluelamp demo'))")
        if Force.objects.filter(slug=SLUG).exists():
            return False
        _make(clock.now())
    return True


def _make(now: datetime) -> None:
    with acting(SYSTEM, "demo.make"):
        force = _force()
        units = make_units(force)
        make_officers(force, units, now)
        _ground(force, units, now)
        _accounts(force, now)
        make_topics(force, by=SYSTEM)
        places = list(Postcode.objects.filter(postcode__startswith="BK").order_by("postcode"))
        make_members(force, places, MEMBERS, now=now)
    make_fortnight(force, now)
    make_casework(force, units, now)
    make_regulars(force, now)
    make_guidance(force, units, now)
    # two weeks of "approval wanted" would bury the one mail that is news
    Notice.objects.filter(force=force, due_at__lt=now.replace(hour=0, minute=0)).delete()


def _force() -> Force:
    host = urlsplit(config().public_url).hostname or "localhost"
    return Force.objects.create(
        slug=SLUG, name="Brackenshire Police", short_name="Brackenshire",
        hosts=sorted({"localhost", "127.0.0.1", "[::1]", host}), colour="#0b2545",
        contact_line="Brackenshire Police, Lamp House, Brackenford. If it is not urgent call 101.",
        settings={
            "second_factor": "none", "tracking": True,
            "demo_logins": [
                {"email": login.email, "words": login.words, "password": PASSWORD}
                for login in LOGINS
            ],
        },
    )  # fmt: skip


def _ground(force: Force, units: dict[str, Unit], now: datetime) -> None:
    wards = ground.wards()
    for kind, areas in (("ward", wards), ("district", ground.districts(wards))):
        import_areas(force, _batch(kind, areas), by=SYSTEM, now=now)
    for area in force.areas.all():
        number = area.code.removeprefix("BKW").removeprefix("BKD")
        code = f"D{number[0]}W{number[1]}" if area.kind == "ward" else f"D{number}"
        area.unit = units[code]
        area.save(update_fields=["unit"])
    Postcode.objects.bulk_create(
        (
            Postcode(
                postcode=one.postcode, longitude=one.longitude, latitude=one.latitude,
                cell=cell_of(one.longitude, one.latitude),
            )
            for one in ground.postcodes(wards)
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _batch(kind: str, areas: list[ground.DemoArea]) -> Batch:
    features = [
        {
            "type": "Feature",
            "properties": {"code": area.code, "name": area.name},
            "geometry": json.loads(shapely.to_geojson(area.shape)),
        }
        for area in areas
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    file = Handed(f"{kind}s.geojson", raw)
    return Batch.read([file], kind=kind, id_property="code", name_property="name")


def _accounts(force: Force, now: datetime) -> None:
    settings = config()
    values = {
        "host": settings.smtp_host or "127.0.0.1",
        "port": settings.smtp_port if settings.smtp_host else settings.mailbox_smtp_port,
        "security": "none",
        "sender_name": force.name,
        "sender_address": f"alerts@{DOMAIN}",
        "return_path_domain": settings.mail_domain,
    }
    add(force, provider="email", name="E-mail", values=values, actor=SYSTEM, now=now)
    phones = texts.account(settings.phones_port)
    add(force, provider="notify", name="Text messages", values=phones, actor=SYSTEM, now=now)
