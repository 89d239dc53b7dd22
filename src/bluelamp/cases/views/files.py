"""What came with a case, opened by whoever may read the case: it is part of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from bluelamp.audit.actions import read
from bluelamp.cases.views.shared import case_of
from bluelamp.files import serve
from bluelamp.files.models import File
from bluelamp.inbound.models import ItemFile
from bluelamp.org.gate import actor_of, officers
from bluelamp.org.values import Acts


@officers(Acts.CASE_READ)
@require_GET
def attachment(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Hand out what came with a case, as it came; the reading is recorded."""
    found, name = _attachment(request, reference, file)
    return serve.download(found, name)


@officers(Acts.CASE_READ)
@require_GET
def preview(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Show a picture that came with a case, without what it says of where it was taken."""
    found, _name = _attachment(request, reference, file)
    return serve.preview(found)


def _attachment(request: HttpRequest, reference: str, pk: int) -> tuple[File, str]:
    inside = ItemFile.objects.filter(item__in_case__case=case_of(request, reference))
    link = get_object_or_404(inside.select_related("file"), pk=pk)
    if link.file is None:
        raise Http404
    read(actor_of(request), "inbound.attachment", "inbound_itemfile", [link.pk])
    return link.file, link.name
