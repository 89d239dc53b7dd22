"""What reads accounts."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.channels import registry
from bluelamp.channels.contract import Capability
from bluelamp.channels.models import Account
from bluelamp.kit.nav import NavItem
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts

NAV = (NavItem(_("Accounts"), "channels:accounts", (Acts.ACCOUNT_MANAGE.value,), order=80),)


def accounts(officer: Officer) -> QuerySet[Account]:
    """Return the accounts of the officer's force, for those who may see any."""
    if not permit.may(officer, Acts.ACCOUNT_READ):
        return Account.objects.none()
    return Account.objects.filter(force=officer.force).order_by("provider", "name")


def active_account(force: Force, channel: str, *capabilities: Capability) -> Account | None:
    """Return the force's account that reaches ``channel`` now: the oldest active one."""
    wanted = frozenset(capabilities)
    for account in Account.objects.filter(force=force, active=True).order_by("created_at", "pk"):
        adapter = registry.adapter(account.provider)
        if adapter.channel == channel and wanted <= adapter.capabilities:
            return account
    return None
