"""Check: what a file is, whether a scanner knows something in it, and a preview of it.

The state column is the queue.  While a scanner is set up and cannot be reached, files wait.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.files import disk, pictures
from bluelamp.files.errors import FilesError, LostFileError, UnwelcomeFileError
from bluelamp.files.models import File
from bluelamp.files.rules import is_picture, welcome
from bluelamp.files.scanner import scan
from bluelamp.files.values import FileState
from bluelamp.kit.config import config

PREVIEW = ".preview"
_BATCH = 10


def check(*, now: datetime) -> int:
    """Check some files that wait; return how many were settled."""
    with transaction.atomic():
        waiting = File.objects.filter(state=FileState.STORED).order_by("pk")
        files = list(waiting.select_for_update(skip_locked=True)[:_BATCH])
        return sum(_settle(file, now) for file in files)


def _settle(file: File, now: datetime) -> bool:
    """Check one file; say whether it need not wait."""
    try:
        file.state = _state(file)
    except (UnwelcomeFileError, LostFileError) as error:
        file.state, file.problem = FileState.REFUSED, str(error)[:300]
    except FilesError as error:
        File.objects.filter(pk=file.pk).update(problem=str(error)[:300])
        return False
    file.checked_at = now
    file.save()
    return True


def _state(file: File) -> FileState:
    content = disk.get(file.force_id, file.sha256)
    file.media_type = welcome(content)
    address = config().clamd
    if address and (found := scan(address, content)):
        raise UnwelcomeFileError(f"The scanner found {found}.")
    shown = pictures.preview(content) if is_picture(file.media_type) else b""
    if shown:
        disk.put_beside(file.force_id, file.sha256, PREVIEW, shown)
    file.has_preview, file.problem = bool(shown), ""
    return FileState.CLEAN if address else FileState.UNSCANNED
