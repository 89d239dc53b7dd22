"""What changes an account: adding, changing, replacing its secret, checking, re-sealing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.channels import registry, vault
from bluelamp.channels.addresses import AGAIN, moved
from bluelamp.channels.contract import Capability
from bluelamp.channels.errors import AccountRefusedError
from bluelamp.channels.models import Account
from bluelamp.kit import keys
from bluelamp.kit.config import config
from bluelamp.org import permit
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the settings that belong in the vault: those typed ``SecretStr``."""
    return frozenset(
        name for name, field in model.model_fields.items() if "SecretStr" in str(field.annotation)
    )


def _parted(provider: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the checked settings, open ones and secrets apart.

    :raises AccountRefusedError: the adapter's model refuses them; names each field.
    """
    model = registry.adapter(provider).settings_model
    try:
        made = model.model_validate({k: v for k, v in values.items() if v not in ("", None)})
    except ValidationError as error:
        problems = {str(row["loc"][0]) if row["loc"] else "": row["msg"] for row in error.errors()}
        raise AccountRefusedError(problems) from None
    hidden = secret_fields(model)
    plain = made.model_dump(mode="json", exclude=set(hidden))
    found = {name: getattr(made, name) for name in hidden}
    secrets = {n: v.get_secret_value() for n, v in found.items() if isinstance(v, SecretStr)}
    return plain, {name: value for name, value in secrets.items() if value}


def add(
    force: Force,
    *,
    provider: str,
    name: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> Account:
    """Add an account; the caller answers for the permission (a command, the demo)."""
    plain, secrets = _parted(provider, values)
    with acting(actor, Acts.ACCOUNT_MANAGE.value):
        account = Account.objects.create(
            force=force, provider=provider, name=name, settings=plain, created_at=now
        )
        account.secret = vault.seal(account, secrets)
        account.save(update_fields=["secret"])
    return account


def add_account(
    *, provider: str, name: str, values: Mapping[str, Any], by: Officer, now: datetime
) -> Account:
    """Add an account to the officer's force.

    :raises AccountRefusedError: the settings do not fit.
    """
    permit.require(by, Acts.ACCOUNT_MANAGE, by.force)
    if Account.objects.filter(force=by.force, provider=provider, name=name).exists():
        raise AccountRefusedError({"name": "Another account has this name."})
    return add(
        by.force, provider=provider, name=name, values=values, actor=officer_actor(by), now=now
    )


def change_account(
    account: Account, *, name: str, values: Mapping[str, Any], active: bool, by: Officer
) -> Account:
    """Change the open settings of an account.

    Its secrets stay as they are, but where it is at another place then: there only
    those go that ``values`` bring.

    :raises AccountRefusedError: the settings do not fit, or secrets are wanted anew.
    """
    permit.require(by, Acts.ACCOUNT_MANAGE, account)
    plain, secret = _carried(account, values)
    with acting(officer_actor(by), Acts.ACCOUNT_MANAGE.value):
        account.name, account.settings, account.active = name, plain, active
        account.secret = secret
        account.save(update_fields=["name", "settings", "active", "secret"])
    return account


def _carried(account: Account, values: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return changed settings, and the sealed secrets that may be sent to where they lead."""
    model, sealed = registry.adapter(account.provider).settings_model, vault.unseal(account)
    plain, _secrets = _parted(account.provider, {**account.settings, **values, **sealed})
    if not moved(model, account.settings, plain):
        return plain, bytes(account.secret)
    if sealed and not any(values.get(name) for name in secret_fields(model)):
        raise AccountRefusedError({"": AGAIN})
    plain, given = _parted(account.provider, {**account.settings, **values})
    return plain, vault.seal(account, given)


def replace_secret(account: Account, *, secrets: Mapping[str, str], by: Officer) -> Account:
    """Put new secrets in the place of the old ones; nobody sees either again."""
    permit.require(by, Acts.ACCOUNT_MANAGE, account)
    _, sealed = _parted(account.provider, {**account.settings, **secrets})
    with acting(officer_actor(by), "channels.replace_secret"):
        account.secret = vault.seal(account, sealed)
        account.save(update_fields=["secret"])
    return account


def check(account: Account) -> str:
    """Ask the provider how the account works.

    :raises bluelamp.channels.contract.ChannelError: it does not; the sentence says why.
    """
    adapter = registry.adapter(account.provider)
    if Capability.HEALTH not in adapter.capabilities:
        return "This provider needs no check."
    return adapter.health(vault.settings_of(account))


def rotate_vault(*, actor: Actor) -> tuple[int, int]:
    """Add a vault key and seal every secret anew; return the key's id and how many.

    Old keys stay in the file, so that a run that is cut short loses nothing:
    the next one goes on where it stopped.
    """
    key_id = keys.rotate(config().keys_file, "vault")
    return key_id, reseal(actor=actor)


def reseal(*, actor: Actor) -> int:
    """Seal anew what is sealed under an older key; return how many accounts."""
    done = 0
    for pk in Account.objects.exclude(secret=b"").values_list("pk", flat=True):
        with acting(actor, "channels.reseal"):
            account = Account.objects.select_for_update().get(pk=pk)
            if vault.stale(account):
                account.secret = vault.seal(account, vault.unseal(account))
                account.save(update_fields=["secret"])
                done += 1
    return done
