"""A file of boundaries from an officer's hand: kept, looked at, confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.audit.actions import acting
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer
from bluelamp.org.permit import require
from bluelamp.org.values import Acts
from bluelamp.places.importing.areas import guess_properties, properties_of
from bluelamp.places.importing.files import Handed
from bluelamp.places.importing.store_areas import Batch, import_areas
from bluelamp.places.models import Upload
from bluelamp.places.values import AreaReport

UPLOAD_LIFE = timedelta(days=1)


def hand_in(file: Handed, kind: str, *, by: Officer, now: datetime, source: str = "") -> Upload:
    """Keep a file of boundaries until the officer has seen what it would change.

    Files that nobody confirmed within a day are dropped on the way.

    :raises FileRefusedError: no area can be read from it.
    """
    require(by, Acts.AREA_IMPORT, by.force)
    code, name = guess_properties(properties_of(file))
    with acting(officer_actor(by, source), Acts.AREA_IMPORT.value):
        Upload.objects.filter(force=by.force, made_at__lt=now - UPLOAD_LIFE).delete()
        return Upload.objects.create(
            force=by.force,
            officer=by,
            name=file.name[:200],
            content=file.raw,
            kind=kind,
            id_property=code,
            name_property=name,
            source=file.name[:200],
            made_at=now,
        )


def settle(upload: Upload, *, by: Officer, source: str = "") -> Upload:
    """Keep what the officer chose about a file: properties, set and unit."""
    require(by, Acts.AREA_IMPORT, by.force)
    with acting(officer_actor(by, source), Acts.AREA_IMPORT.value):
        upload.save(update_fields=["id_property", "name_property", "source", "unit"])
    return upload


def _batch(upload: Upload) -> Batch:
    return Batch.read(
        [Handed(upload.name, bytes(upload.content))],
        kind=upload.kind,
        id_property=upload.id_property,
        name_property=upload.name_property,
        source=upload.source,
    )


def preview(upload: Upload, *, by: Officer, now: datetime) -> AreaReport:
    """Return what an upload would change.

    :raises FileRefusedError: something in it is wrong.
    """
    require(by, Acts.AREA_IMPORT, upload.force)
    return import_areas(
        upload.force,
        _batch(upload),
        by=officer_actor(by),
        now=now,
        unit=upload.unit,
        dry_run=True,
    )


def confirm(upload: Upload, *, by: Officer, now: datetime, source: str = "") -> AreaReport:
    """Store an upload's areas and drop the file, in one transaction.

    :raises FileRefusedError: something in it is wrong; nothing is stored.
    """
    require(by, Acts.AREA_IMPORT, upload.force)
    actor = officer_actor(by, source)
    with acting(actor, Acts.AREA_IMPORT.value):
        report = import_areas(upload.force, _batch(upload), by=actor, now=now, unit=upload.unit)
        upload.delete()
    return report
