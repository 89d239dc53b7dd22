"""What is posted to us: by whom it says, once, stored before it is acknowledged."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import actions
from bluelamp.channels.models import Account
from bluelamp.inbound import api
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Stage
from bluelamp.org.models import Force

SECRET = "known to both systems only"
CALL = {"text": "Caller says a man follows her.", "id": "call-1", "sender": "+447700900123",
        "channel": "sms", "at": "2026-11-21T03:12:00Z"}  # fmt: skip
HOUR = timedelta(hours=1)


@pytest.fixture
def account(force: Force, now: datetime) -> Account:
    return actions.add(
        force,
        provider="webhook",
        name="Telephony",
        values={"secret": SECRET},
        actor=SYSTEM,
        now=now,
    )


def signature(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """As the provider's README tells other systems."""
    stamp = str(int(at.timestamp()))
    digest = hmac.digest(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hex()
    return {"X-Bluelamp-Timestamp": stamp, "X-Bluelamp-Signature": f"sha256={digest}"}


def post(
    account: Account, facts: Any, *, secret: str = SECRET, at: datetime | None = None, **more: Any
) -> HttpResponse:
    body = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    signed = signature(secret, body, at or datetime.now(UTC))
    given: dict[str, Any] = {"content_type": "application/json", "headers": signed} | more
    where = f"/hooks/{account.public_id}"
    return Client().post(where, body, **given)  # type: ignore[return-value]


def test_what_is_signed_is_stored_and_understood(account: Account, now: datetime) -> None:
    answer = post(account, CALL)
    assert (answer.status_code, json.loads(answer.content)) == (202, {"stored": True, "new": True})
    understand(now=now)
    item = Item.objects.get()
    assert (item.text, item.sender, item.channel) == (CALL["text"], "+447700900123", "sms")
    assert item.said_at == datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
    assert item.contact_point is not None


def test_the_same_again_is_one(account: Account) -> None:
    post(account, CALL)
    assert json.loads(post(account, CALL).content)["new"] is False
    assert RawItem.objects.count() == 1


def test_an_edit_and_a_deletion_are_followed(account: Account, now: datetime) -> None:
    post(account, CALL)
    post(account, CALL | {"text": "Caller is safe now.", "change": "edited"})
    understand(now=now)
    assert Item.objects.get().text == "Caller is safe now."
    post(account, CALL | {"change": "deleted"})
    understand(now=now)
    assert Item.objects.get().deleted_at == now


def test_new_words_stand_beside_those_that_a_case_holds(account: Account, now: datetime) -> None:
    post(account, CALL)
    understand(now=now)
    Item.objects.update(held=True)
    post(account, CALL | {"text": "He is back, he has a knife.", "change": "edited"})
    understand(now=now)
    held, new = Item.objects.order_by("pk")
    assert (held.text, held.edited_at) == (CALL["text"], None)
    assert (new.text, new.stage) == ("He is back, he has a knife.", Stage.UNDERSTOOD)
    assert (new.external_id, new.answers) == ("", held.external_id)
    assert new.contact_point == held.contact_point


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "somebody else's secret"}, 401),
        ({"at": datetime.now(UTC) - HOUR}, 401),
        ({"at": datetime.now(UTC) + HOUR}, 401),
        ({"headers": {}}, 401),
        ({"content_type": "text/plain"}, 415),
    ],
)
def test_what_is_not_signed_now_by_the_secret_is_refused(
    account: Account, how: dict[str, Any], status: int
) -> None:
    assert post(account, CALL, **how).status_code == status
    assert not RawItem.objects.exists()


def test_too_much_is_refused(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LARGEST_HOOK", 10)
    assert post(account, CALL).status_code == 413


def test_only_accounts_in_use_of_this_force_that_check_are_there(
    account: Account, force: Force, other_force: Force, now: datetime
) -> None:
    for other in (make_page(force, now), Account(public_id=uuid.uuid4())):
        assert post(other, CALL).status_code == 404
    elsewhere = {"HTTP_HOST": "otherby.test"}
    assert post(account, CALL, **elsewhere).status_code == 404
    with acting(SYSTEM, "test.setup"):
        Account.objects.filter(pk=account.pk).update(active=False)
    assert post(account, CALL).status_code == 404
    assert Client().get(f"/hooks/{account.public_id}").status_code == 405


def test_nonsense_that_is_signed_is_kept_and_named(account: Account, now: datetime) -> None:
    assert post(account, b"{not json").status_code == 202
    understand(now=now)
    assert RawItem.objects.get().state == "failed"


NOTIFY_KEY = "bluelamp-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"


def test_a_callback_of_another_provider_comes_by_the_same_door(force: Force, now: datetime) -> None:
    values = {"api_key": NOTIFY_KEY, "template_id": "33333333-3333-4333-8333-333333333333",
              "callback_token": "a token for callbacks"}  # fmt: skip
    account = actions.add(
        force, provider="notify", name="Texts", values=values, actor=SYSTEM, now=now
    )
    text = {
        "id": str(uuid.uuid4()),
        "source_number": "447700900123",
        "destination_number": "447700900999",
        "message": "Help",
        "date_received": "2026-11-21T03:12:00.000000Z",
    }
    bearer = {"headers": {"Authorization": "Bearer a token for callbacks"}}
    assert post(account, text, **bearer).status_code == 202
    assert post(account, text).status_code == 401
    understand(now=now)
    assert Item.objects.get().text == "Help"
