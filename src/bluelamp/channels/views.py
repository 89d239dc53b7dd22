"""The console's pages of accounts: list, add, change, check, replace a secret."""

from __future__ import annotations

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.channels import actions, queries, registry
from bluelamp.channels.contract import Adapter, Capability, ChannelError
from bluelamp.channels.errors import AccountRefusedError, UnknownProviderError, VaultError
from bluelamp.channels.forms import AccountForm, SecretForm
from bluelamp.channels.models import Account
from bluelamp.kit import clock
from bluelamp.kit.config import config
from bluelamp.kit.page import Column, Link, Tag
from bluelamp.org import permit
from bluelamp.org.gate import confirmed, officer_of, officers
from bluelamp.org.values import Acts

COLUMNS = (
    Column(gettext_lazy("Account")), Column(gettext_lazy("Provider")),
    Column(gettext_lazy("Sends as")), Column(gettext_lazy("State")),
)  # fmt: skip


@officers(Acts.ACCOUNT_MANAGE)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Show the force's accounts."""
    found = queries.accounts(officer_of(request))
    providers = [one for one in registry.adapters() if _offered(one)]
    return render(request, "channels/accounts.html", {
        "columns": COLUMNS,
        "rows": [_row(account) for account in found],
        "providers": [(adapter.name, adapter.label) for adapter in providers],
    })  # fmt: skip


def _offered(adapter: Adapter) -> bool:
    """A fake is offered to a demo alone: what it takes reaches nobody; our own pages need none."""
    if getattr(adapter, "own", False):
        return False
    return config().demo or not getattr(adapter, "fake", False)


def _row(account: Account) -> tuple[object, ...]:
    return (
        Link(account.name, reverse("channels:account", args=[account.pk])),
        registry.adapter(account.provider).label,
        account.settings.get("sender_address", ""),
        Tag(_("In use"), "green") if account.active else Tag(_("Switched off"), "grey"),
    )


def _account(request: HttpRequest, pk: int) -> Account:
    account = get_object_or_404(queries.accounts(officer_of(request)), pk=pk)
    permit.require(officer_of(request), Acts.ACCOUNT_MANAGE, account)
    return account


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Add an account of one provider."""
    try:
        adapter = registry.adapter(provider)
    except UnknownProviderError as error:
        raise Http404(str(error)) from error
    form = AccountForm(request.POST or None, adapter=adapter)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_account(
                provider=provider, name=form.cleaned_data["name"], values=form.values(),
                by=officer_of(request), now=clock.now(),
            )  # fmt: skip
        except AccountRefusedError as error:
            form.take_problems(error.problems)
        else:
            flash.success(request, _("Account added. Check that it works."))
            return redirect("channels:account", made.pk)
    return _page(request, "channels/add.html", {"form": form, "adapter": adapter})


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show and change an account; its secrets are not part of the page."""
    found = _account(request, pk)
    adapter = registry.adapter(found.provider)
    form = AccountForm(request.POST or None, adapter=adapter, account=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_account(
                found, name=form.cleaned_data["name"], values=form.values(),
                active=form.cleaned_data["active"], by=officer_of(request),
            )  # fmt: skip
        except AccountRefusedError as error:
            form.take_problems(error.problems)
        else:
            flash.success(request, _("Changes saved"))
            return redirect("channels:account", pk)
    page = {"form": form, "account": found, "adapter": adapter, "sealed": bool(found.secret),
            "is_posted_to": Capability.VERIFY in adapter.capabilities}  # fmt: skip
    return _page(request, "channels/account.html", page)


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def secret(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Replace the secrets of an account."""
    found = _account(request, pk)
    form = SecretForm(request.POST or None, model=registry.adapter(found.provider).settings_model)
    if request.method == "POST" and form.is_valid():
        try:
            actions.replace_secret(found, secrets=form.values(), by=officer_of(request))
        except AccountRefusedError as error:
            form.add_error(None, str(error))
        else:
            flash.success(request, _("The secret is replaced. Nobody can read it again."))
            return redirect("channels:account", pk)
    return _page(request, "channels/secret.html", {"form": form, "account": found})


@officers(Acts.ACCOUNT_MANAGE)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask the provider whether the account works."""
    try:
        flash.success(request, actions.check(_account(request, pk)))
    except (ChannelError, VaultError) as error:
        flash.error(request, str(error))
    return redirect("channels:account", pk)


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    bad = bool(getattr(form, "is_bound", False) and getattr(form, "errors", None))
    return render(request, template, context, status=400 if bad else 200)
