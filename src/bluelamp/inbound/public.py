"""The public's side: an answer to an alert, written on its page."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from bluelamp.channels.queries import active_account
from bluelamp.inbound import ingest
from bluelamp.inbound.forms import ReplyForm
from bluelamp.kit import clock
from bluelamp.org.gate import everyone
from bluelamp.org.tenancy import force_of
from bluelamp.outbound.queries import public


@everyone
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Take an answer to an alert: stored first, like everything that comes in."""
    message = get_object_or_404(public(force_of(request)), public_id=public_id)
    form = ReplyForm(request.POST or None)
    url = f"/alert/{public_id}"
    if request.method == "POST" and form.is_valid():
        account = message.account or active_account(message.force, "email")
        if account is not None and not form.cleaned_data["website"]:
            facts = {name: form.cleaned_data[name] for name in ("text", "name", "email")}
            meta = {"form": "reply", "message": str(message.pk)}
            payload = json.dumps(facts).encode()
            once = f"form {form.cleaned_data['once']}"
            ingest.store(account, once, payload, meta, clock.now())
        return redirect(f"{url}/reply?done=1")
    page = {"message": message, "form": form, "done": "done" in request.GET, "url": url}
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "inbound/public/reply.html", page, status=status)
