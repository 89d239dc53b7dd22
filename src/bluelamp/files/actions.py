"""What keeps a file: its bytes first, then what is known of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.files import disk
from bluelamp.files.models import File
from bluelamp.kit.queue import app, nudge
from bluelamp.org.models import Force


def keep(force: Force, name: str, content: bytes, *, now: datetime) -> File:
    """Keep a file, to be checked before anybody may open it; what is there already stays as it is.

    The bytes are on disk before the row: what a crash between leaves is swept (``sweep``).
    """
    sha256 = disk.put(force.pk, content)
    with transaction.atomic():
        file, _new = File.objects.get_or_create(
            force=force, sha256=sha256,
            defaults={"name": name[:200], "size": len(content), "made_at": now},
        )  # fmt: skip
        nudge(app.tasks["bluelamp.files.jobs.check"])
    return file


def discard(file: File) -> None:
    """Forget a file that nothing names any more: the row, and with its commit the bytes."""
    force, sha256 = file.force_id, file.sha256
    file.delete()
    transaction.on_commit(lambda: disk.remove(force, sha256))
