"""A passkey from set-up to sign-in, in a real browser with a virtual authenticator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act
from bluelamp.audit.values import SYSTEM
from bluelamp.org import actions
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_force, make_officer
from tests.browser import reading, running

PASSWORD = "correct horse battery staple"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page(live_server: Any) -> Iterator[Page]:
    """A desk whose browser has an authenticator that always says yes."""
    with running() as browser, reading(browser, live_server.url, "desk", expected=()) as reader:
        devices = reader.page.context.new_cdp_session(reader.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield reader.page


@pytest.fixture
def officer() -> Officer:
    """An officer of a force that asks for a second factor."""
    cache.clear()
    force = make_force("keys", "Keys Police", "localhost")
    with acting(SYSTEM, "test.setup"):
        Force.objects.filter(pk=force.pk).update(settings={})
    made = make_officer(force.units.get(), "1", "Key Holder", Role.ADMINISTRATOR)
    actions.set_password(made, PASSWORD, by=SYSTEM)
    return made


def test_a_passkey_is_set_up_and_signs_in_alone(
    live_server: Any, page: Page, officer: Officer
) -> None:
    people = f"{live_server.url}/console/people/"
    page.goto(people)
    page.get_by_label("Work email address").fill(officer.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Work phone")
    page.get_by_label("Sign in with it alone, without the password").check()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(people)
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(people)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/console/account/2fa/webauthn/")
    expect(page.get_by_role("heading", name="Work phone")).to_be_visible()
    assert Act.objects.filter(act="org.account.mfa_add_webauthn").exists()
