"""Hands files out so that nothing in them can act; who may have one is asked above."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from bluelamp.files import disk
from bluelamp.files.check import PREVIEW
from bluelamp.files.errors import LostFileError
from bluelamp.files.models import File
from bluelamp.files.pictures import MEDIA_TYPE
from bluelamp.files.rules import safe_name
from bluelamp.files.values import FileState


def download(file: File, name: str) -> HttpResponse:
    """Return the file as it came, to be saved and never shown by the browser.

    It may say where a picture was taken: it is evidence, and its reading is recorded above.

    :raises Http404: it was not checked yet, was refused, or is lost.
    """
    content = _content(file, "")
    kind = file.media_type
    response = _guarded(content, kind if kind != "text/plain" else "text/plain; charset=utf-8")
    given = content_disposition_header(as_attachment=True, filename=safe_name(name, kind))
    response["Content-Disposition"] = given or "attachment"
    return response


def preview(file: File) -> HttpResponse:
    """Return a picture drawn anew: without place, camera or anything else but its pixels.

    :raises Http404: there is none.
    """
    if not file.has_preview:
        raise Http404
    return _guarded(_content(file, PREVIEW), MEDIA_TYPE)


def _content(file: File, suffix: str) -> bytes:
    if not FileState(file.state).may_be_opened:
        raise Http404
    try:
        return disk.get(file.force_id, file.sha256, suffix)
    except LostFileError as error:
        raise Http404(str(error)) from error


def _guarded(content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
