"""What platforms and other systems post to us: checked by their provider, stored, acknowledged."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Capability, ChannelError
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.values import LARGEST_HOOK
from bluelamp.org.gate import everyone
from bluelamp.org.tenancy import force_of


@csrf_exempt
@everyone
@require_POST
def hook(request: HttpRequest, account: UUID) -> JsonResponse:
    """Take what is posted to an account.

    202 says that it is stored: whatever it says is read later.
    """
    found = _account(request, account)
    if _length(request) > LARGEST_HOOK:
        return _refused(413, f"At most {LARGEST_HOOK // 1024**2} MB.")
    if request.content_type != "application/json":
        return _refused(415, "Only application/json is taken.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        adapter = registry.adapter(found.provider)
        raw = adapter.verify(request.body, headers, vault.settings_of(found))
    except ChannelError as error:
        return _refused(401, str(error))
    new = ingest.store(found, raw.external_id, raw.payload, raw.meta, raw.received_at)
    return JsonResponse({"stored": True, "new": new}, status=202)


def _account(request: HttpRequest, public_id: UUID) -> Account:
    accounts = Account.objects.filter(force=force_of(request), active=True)
    found = get_object_or_404(accounts, public_id=public_id)
    if Capability.VERIFY not in registry.adapter(found.provider).capabilities:
        raise Http404
    return found


def _length(request: HttpRequest) -> int:
    """Return what the request says of its length; one that says nothing has no body for us."""
    return int(request.headers.get("Content-Length") or 0)


def _refused(status: int, words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
