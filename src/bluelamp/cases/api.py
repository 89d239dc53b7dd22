"""Where other case systems call: signed, each with its system's secret."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from bluelamp.cases.accept import Telling, accept
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import CaseSystem
from bluelamp.channels import vault
from bluelamp.kit import clock
from bluelamp.kit.signature import is_signed
from bluelamp.org.gate import everyone
from bluelamp.org.tenancy import force_of

MOST = 100_000
"""Octets of a call that are read."""


@everyone
@csrf_exempt
@require_POST
def told(request: HttpRequest, system: int) -> JsonResponse:
    """Take what a case system tells; 200 names our case, also when it comes again."""
    found = get_object_or_404(CaseSystem, pk=system, force=force_of(request), active=True)
    if len(request.body) > MOST:
        return JsonResponse({"error": "too long"}, status=413)
    if not _is_theirs(request, found):
        return JsonResponse({"error": "not signed, or too long ago"}, status=401)
    try:
        telling = Telling.model_validate_json(request.body)
        case = accept(found, telling, now=clock.now())
    except ValidationError as error:
        problems = [".".join(map(str, one["loc"])) for one in error.errors()]
        return JsonResponse({"error": "not understood", "fields": problems}, status=400)
    except CaseRefusedError as error:
        return JsonResponse({"error": str(error)}, status=409)
    return JsonResponse({"reference": case.reference})


def _is_theirs(request: HttpRequest, system: CaseSystem) -> bool:
    secret = str(vault.settings_of(system).get("webhook_secret", ""))
    moment = request.headers.get("X-Bluelamp-Timestamp", "")
    signature = request.headers.get("X-Bluelamp-Signature", "")
    return is_signed(secret, moment, request.body, signature, now=clock.now())
