"""Accounts and their vault: sealed, bound, rotated, never shown."""

from __future__ import annotations

import copy
import pickle
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import actions, registry, vault
from bluelamp.channels.addresses import ADDRESSES
from bluelamp.channels.contract import ChannelError
from bluelamp.channels.errors import AccountRefusedError, UnknownProviderError, VaultError
from bluelamp.channels.models import Account
from bluelamp.kit import keys
from bluelamp.org import gate
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer

VALUES = {"sender_name": "Brackenshire Police", "token": "hunter2-secret"}

STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]


@pytest.fixture
def account(force: Force, now: datetime) -> Account:
    return actions.add(
        force, provider="memory", name="Alerts", values=VALUES, actor=SYSTEM, now=now
    )


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    keys.create(path)
    return path


def test_a_secret_is_kept_apart_and_opens_again(account: Account) -> None:
    account.refresh_from_db()
    assert "token" not in account.settings
    assert b"hunter2" not in bytes(account.secret)
    assert vault.settings_of(account)["token"] == "hunter2-secret"


def test_a_secret_never_shows(account: Account) -> None:
    secrets = vault.unseal(account)
    assert "hunter2" not in f"{secrets} {secrets!r} {secrets!s}"
    with pytest.raises(TypeError):
        pickle.dumps(secrets)
    entries = Entry.objects.filter(table="channels_account").values_list("content", flat=True)
    assert entries
    assert not any("secret" in (content or "") for content in entries)


def test_a_secret_opens_for_its_own_account_alone(
    account: Account, other_force: Force, now: datetime
) -> None:
    other = actions.add(
        other_force, provider="memory", name="Alerts", values={}, actor=SYSTEM, now=now
    )
    other.secret = account.secret
    with pytest.raises(VaultError):
        vault.unseal(other)
    damaged = copy.copy(account)
    damaged.secret = bytes(account.secret)[:-1] + b"x"
    with pytest.raises(VaultError):
        vault.unseal(damaged)


def test_old_keys_open_and_new_ones_seal(account: Account, ring: Path) -> None:
    first = keys.load(ring)
    account.secret = vault.seal(account, {"token": "a"}, first)
    keys.rotate(ring, "vault")
    second = keys.load(ring)
    assert vault.stale(account, second)
    assert vault.unseal(account, second)["token"] == "a"
    account.secret = vault.seal(account, {"token": "a"}, second)
    assert not vault.stale(account, second)
    with pytest.raises(VaultError):
        vault.unseal(account, first)


def test_the_command_rotates_and_seals_anew(
    account: Account, other_force: Force, now: datetime
) -> None:
    from bluelamp.channels.commands import keys as command

    before = bytes(Account.objects.get().secret)
    answer = CliRunner().invoke(command, ["rotate", "vault", "--json"])
    assert answer.exit_code == 0, answer.output
    account.refresh_from_db()
    assert bytes(account.secret)[0] == before[0] + 1
    assert vault.unseal(account)["token"] == "hunter2-secret"
    assert CliRunner().invoke(command, ["rotate", "addresses"]).exit_code == 1
    assert CliRunner().invoke(command, ["rotate", "nonsense"]).exit_code == 2


def test_accounts_are_listed_and_checked_without_secrets(account: Account) -> None:
    from bluelamp.channels.commands import accounts

    listed = CliRunner().invoke(accounts, ["list", "--json"])
    assert "Alerts" in listed.output
    assert "hunter2" not in listed.output
    assert CliRunner().invoke(accounts, ["check"]).exit_code == 0
    STORE.down = True
    try:
        assert CliRunner().invoke(accounts, ["check"]).exit_code == 1
        with pytest.raises(ChannelError):
            actions.check(account)
    finally:
        STORE.clear()


def test_only_those_who_may_change_accounts(
    account: Account, alice: Officer, mallory: Officer
) -> None:
    for stranger in (alice, mallory):
        with pytest.raises(NotPermittedError):
            actions.replace_secret(account, secrets={"token": "x"}, by=stranger)


def test_pages_add_change_check_and_replace(carol: Officer) -> None:
    client = Client()
    client.force_login(carol)
    form = {"name": "New", "active": "on", "set_sender_name": "Force",
            "set_sender_address": "a@example.test", "set_token": "hunter2-secret"}  # fmt: skip
    page = client.post("/console/accounts/add/memory/", form, follow=True)
    assert "Account added" in page.content.decode()
    made = Account.objects.get()
    address = f"/console/accounts/{made.pk}/"
    assert "hunter2" not in client.get(address).content.decode()
    client.post(address, form | {"set_sender_name": "Changed"})
    made.refresh_from_db()
    assert made.settings["sender_name"] == "Changed"
    assert vault.unseal(made)["token"] == "hunter2-secret"
    assert "Memory works" in client.post(f"{address}check/", follow=True).content.decode()
    client.post(f"{address}secret/", {"set_token": "other"})
    made.refresh_from_db()
    assert vault.unseal(made)["token"] == "other"
    assert client.get("/console/accounts/").status_code == 200


def test_every_provider_has_a_setup_form(carol: Officer) -> None:
    client = Client()
    client.force_login(carol)
    for name in registry.PROVIDERS:
        page = client.get(f"/console/accounts/add/{name}/")
        assert page.status_code == 200
        for field in registry.adapter(name).settings_model.model_fields:
            assert f'name="set_{field}"' in page.content.decode() or field == "timeouts"
    assert client.get("/console/accounts/add/carrier-pigeon/").status_code == 404


def test_an_e_mail_account_is_set_up_and_changed_by_its_form(carol: Officer) -> None:
    client = Client()
    client.force_login(carol)
    form = client.get("/console/accounts/add/email/").context["form"]
    given = {
        bound.html_name: value
        for bound in form
        if (value := bound.value()) not in (None, False, "") and bound.name != "name"
    }
    given |= {
        "name": "Alerts", "set_host": "relay.example.test", "set_sender_address": "a@example.test",
        "set_username": "alerts", "set_password": "hunter2-secret", "set_relay_log": "/a\n\n/b",
    }  # fmt: skip
    page = client.post("/console/accounts/add/email/", given, follow=True)
    assert "Account added" in page.content.decode(), page.context["form"].errors
    made = Account.objects.get()
    assert made.settings["relay_log"] == ["/a", "/b"]
    assert vault.unseal(made)["password"] == "hunter2-secret"
    timeouts = made.settings["timeouts"]
    where = f"/console/accounts/{made.pk}/"
    client.post(where, given | {"set_sender_name": "Brackenshire", "active": "on"})
    made.refresh_from_db()
    assert made.settings["sender_name"] == "Brackenshire"
    assert made.settings["timeouts"] == timeouts
    assert vault.unseal(made)["password"] == "hunter2-secret"
    moved = given | {"set_host": "relay.evil.test", "active": "on"}
    asked = client.post(where, moved | {"set_password": ""})
    assert asked.status_code == 400
    assert "Enter them again" in asked.content.decode()
    assert 'name="set_password"' in asked.content.decode()
    made.refresh_from_db()
    assert made.settings["host"] == "relay.example.test"
    client.post(where, moved | {"set_password": "another"})
    made.refresh_from_db()
    assert made.settings["host"] == "relay.evil.test"
    assert dict(vault.unseal(made)) == {"password": "another"}


def test_each_setting_that_says_where_secrets_go_is_known() -> None:
    """A new one must be named in ``ADDRESSES``, or here with those that no secret is sent to."""
    harmless = {
        "media_host",  # pictures are fetched from it, by nobody in particular
        "return_path_domain", "dkim_domain",  # names in a mail
    }  # fmt: skip
    speaks = re.compile(r"url|host|domain|port$|instance|service$|server|endpoint")
    models = [registry.adapter(name).settings_model for name in registry.PROVIDERS]
    names = {name for model in models for name in model.model_fields if speaks.search(name)}
    assert names - ADDRESSES == harmless


def test_who_changes_an_account_proves_who_they_are(
    account: Account, carol: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_asks_again", lambda _request: True)
    client = Client()
    client.force_login(carol)
    for place in ("add/memory/", f"{account.pk}/", f"{account.pk}/secret/"):
        asked = client.post(f"/console/accounts/{place}", {"name": "New"})
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_only_what_may_stay_empty_is_called_optional(carol: Officer) -> None:
    client = Client()
    client.force_login(carol)
    page = client.get("/console/accounts/add/email/").content.decode()
    labels = dict(
        re.findall(r'<label class="govuk-label" for="id_set_(\w+)">([^<]+)</label>', page)
    )
    optional = {name for name, words in labels.items() if words.endswith("(optional)")}
    assert {"username", "password", "reply_to", "relay_log"} <= optional
    assert optional.isdisjoint({"host", "port", "security", "connections", "relay_log_format"})
    emptied = client.post("/console/accounts/add/email/", {"set_port": ""})
    assert "Enter: port" in emptied.content.decode()


def test_another_force_sees_no_account(account: Account, mallory: Officer) -> None:
    client = Client()
    client.force_login(mallory)
    for page in ("", "secret/"):
        assert client.get(f"/console/accounts/{account.pk}/{page}").status_code == 404
    assert client.post(f"/console/accounts/{account.pk}/check/").status_code == 404


def test_a_provider_is_known_by_its_line_alone() -> None:
    with pytest.raises(UnknownProviderError):
        registry.adapter("carrier-pigeon")


def test_wrong_settings_are_named(force: Force, now: datetime) -> None:
    with pytest.raises(AccountRefusedError) as refused:
        actions.add(
            force,
            provider="memory",
            name="A",
            values={"sender_name": {"no": 1}},
            actor=SYSTEM,
            now=now,
        )
    assert set(refused.value.problems) == {"sender_name"}
