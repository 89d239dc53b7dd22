"""``bluelamp accounts``, ``bluelamp keys`` and what the providers offer."""

from __future__ import annotations

import sys

import click

from bluelamp.audit.values import Actor, ActorKind
from bluelamp.channels import registry
from bluelamp.kit.cli import emit, json_option, needs_database, talk

mail = registry.command("email", "mail")

_FIXED = {
    "addresses": "Suppression is looked up by this key and outlives the address; it cannot change.",
}
"""Purposes whose key cannot be rotated, and why."""


@click.group()
def accounts() -> None:
    """Accounts of forces on platforms, and whether they work."""


@accounts.command("list")
@json_option
@needs_database
def list_accounts(as_json: bool) -> None:
    """List all accounts; secrets are never shown."""
    from bluelamp.channels.models import Account

    for account in Account.objects.select_related("force").order_by("force__slug", "pk"):
        row = {
            "id": account.pk, "force": account.force.slug, "provider": account.provider,
            "name": account.name, "active": account.active, "settings": account.settings,
            "secret": bool(account.secret),
        }  # fmt: skip
        if as_json:
            emit(row)
        else:
            state = "" if account.active else " (switched off)"
            place = f"{account.force.slug}  {account.provider}"
            click.echo(f"{account.pk}  {place}  {account.name}{state}")


@accounts.command()
@click.argument("numbers", nargs=-1, type=int)
@json_option
@needs_database
def check(numbers: tuple[int, ...], as_json: bool) -> None:
    """Ask the providers whether accounts work; all active ones without NUMBERS.

    The exit code is 1 if one of them does not.
    """
    from bluelamp.channels.actions import check as ask
    from bluelamp.channels.models import Account
    from bluelamp.kit.errors import BluelampError

    wanted = {"pk__in": numbers} if numbers else {"active": True}
    found = Account.objects.filter(**wanted)
    broken = 0
    for account in found.order_by("pk"):
        try:
            works, words = True, ask(account)
        except BluelampError as error:
            works, words = False, str(error)
            broken += 1
        if as_json:
            emit({"id": account.pk, "name": account.name, "works": works, "words": words})
        else:
            click.echo(f"{account.pk}  {account.name}: {words}")
    sys.exit(1 if broken else 0)


@click.group()
def keys() -> None:
    """The keys outside the database."""


@keys.command()
@click.argument("purpose")
@json_option
@needs_database
def rotate(purpose: str, as_json: bool) -> None:
    """Add a newest key for PURPOSE; for "vault", seal every secret anew under it.

    Older keys stay in the file and go on opening what they made.  Restart the
    running processes, so that they make new things with the new key.
    """
    from bluelamp.channels.actions import rotate_vault
    from bluelamp.kit import keys as ring
    from bluelamp.kit.config import config

    if purpose not in ring.KEY_BYTES:
        raise click.UsageError(f"No such purpose. There are: {', '.join(ring.KEY_BYTES)}.")
    if purpose in _FIXED:
        raise click.ClickException(_FIXED[purpose])
    resealed = 0
    if purpose == "vault":
        operator = Actor(ActorKind.OPERATOR, "", "operator", source="bluelamp keys rotate")
        key_id, resealed = rotate_vault(actor=operator)
    else:
        key_id = ring.rotate(config().keys_file, purpose)
    if as_json:
        emit({"purpose": purpose, "key": key_id, "resealed": resealed})
    else:
        talk.print(f"Key {key_id} for {purpose}; {resealed} secrets sealed anew.")
