from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.cache.backends import db as cache_in_database
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oidc_provider_mock import run_server_in_thread

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.kit.config import Config
from bluelamp.org import actions, context
from bluelamp.org.models import Force, Officer

PASSWORD = "correct horse battery staple"
LOGIN = "/console/account/login/"


@pytest.fixture(autouse=True)
def no_attempts_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def alice_with_password(alice: Officer) -> Officer:
    actions.set_password(alice, PASSWORD, by=SYSTEM)
    return alice


def sign_in(client: Client, officer: Officer, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": officer.email, "password": password, **extra})


def strict(force: Force) -> None:
    with acting(SYSTEM, "test.setup"):
        Force.objects.filter(pk=force.pk).update(settings={})


def test_a_demonstration_alone_shows_its_log_ins_whatever_else_is_stored(
    client: Client, force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"email": "ann@example.test", "password": "everybody's", "words": "who writes"}
    with acting(SYSTEM, "test.setup"):
        Force.objects.update(settings={"demo_logins": [known, 5, {"email": "half@example.test"}]})
    assert "ann@example.test" not in client.get(LOGIN).content.decode()
    monkeypatch.setattr(context, "config", lambda: Config(demo=True))
    page = client.get(LOGIN).content.decode()
    assert "ann@example.test" in page
    assert "half@example.test" not in page


def test_an_officer_signs_in_by_password_under_an_act(
    client: Client, alice_with_password: Officer
) -> None:
    assert sign_in(client, alice_with_password).status_code == 302
    assert client.get("/console/").status_code == 200
    act = Act.objects.get(act="org.sign_in")
    assert act.actor_label == "PC Alice Fenn 1001"
    assert act.source == "127.0.0.1"
    alice_with_password.refresh_from_db()
    assert alice_with_password.last_login is not None
    assert not Entry.objects.filter(act_id=act.pk).exists()  # the moment is hidden from the record


def test_a_password_in_any_case_of_address(client: Client, alice_with_password: Officer) -> None:
    shouted = {"login": alice_with_password.email.upper(), "password": PASSWORD}
    assert client.post(LOGIN, shouted).status_code == 302


def test_the_page_says_the_same_of_unknown_people_and_wrong_passwords(
    client: Client, alice_with_password: Officer
) -> None:
    wrong = sign_in(client, alice_with_password, "wrong").content.decode()
    unknown = client.post(LOGIN, {"login": "x@example.test", "password": "y"}).content.decode()
    words = "The email address or the password is not right."
    assert words in wrong
    assert words in unknown


def test_boxes_have_labels_and_no_words_inside(
    client: Client, alice_with_password: Officer, force: Force
) -> None:
    strict(force)
    pages = [client.get(LOGIN)]
    sign_in(client, alice_with_password)
    set_up_url, again_url = reverse("mfa_activate_totp"), reverse("account_reauthenticate")
    pages += [client.get(set_up_url), client.get(again_url)]
    set_up_app(client)
    again = Client()
    sign_in(again, alice_with_password)
    pages.append(again.get(reverse("mfa_authenticate")))
    for page in pages:
        assert "<input" in page.content.decode()
        assert "placeholder" not in page.content.decode()


def test_failed_attempts_are_recorded_without_unknown_names(
    client: Client, alice_with_password: Officer
) -> None:
    sign_in(client, alice_with_password, "wrong")
    client.post(LOGIN, {"login": "private.person@example.test", "password": "y"})
    known, unknown = Act.objects.filter(act="org.sign_in_failed").order_by("id")
    assert known.actor_label == "PC Alice Fenn 1001"
    assert unknown.actor_kind == "visitor"
    everything = str([list(Act.objects.values()), list(Entry.objects.values())])
    assert "private.person" not in everything


def test_an_account_is_locked_after_five_failures(
    client: Client, alice_with_password: Officer, bob: Officer
) -> None:
    for _ in range(5):
        sign_in(client, alice_with_password, "wrong")
    page = sign_in(client, alice_with_password).content.decode()
    assert "too many attempts to sign in" in page
    actions.set_password(bob, PASSWORD, by=SYSTEM)
    assert sign_in(client, bob).status_code == 302  # the colleague beside is not


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_reset_password", "socialaccount_connections"],
)
def test_what_officers_do_not_do_for_themselves_is_closed(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 404


def test_an_officer_out_of_service_cannot_sign_in(
    client: Client, alice_with_password: Officer, carol: Officer
) -> None:
    actions.deactivate(alice_with_password, by=carol, reason="left")
    sign_in(client, alice_with_password)
    assert client.get("/console/").status_code == 302


def test_taking_an_officer_out_of_service_ends_their_sessions_at_once(
    client: Client, alice_with_password: Officer, carol: Officer
) -> None:
    sign_in(client, alice_with_password)
    client.get("/console/")
    assert UserSession.objects.filter(user=alice_with_password).count() == 1
    actions.deactivate(alice_with_password, by=carol, reason="left")
    assert client.get("/console/").status_code == 302
    assert not UserSession.objects.filter(user=alice_with_password).exists()


def test_signing_out_everywhere_else(client: Client, alice_with_password: Officer) -> None:
    other = Client(headers={"user-agent": "The other browser"})
    sign_in(other, alice_with_password)
    other.get("/console/")
    sign_in(client, alice_with_password)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "The other browser" in page
    client.post(reverse("usersessions_list"))
    assert other.get("/console/").status_code == 302
    assert client.get("/console/").status_code == 200


def test_a_session_ends_after_twelve_hours(client: Client, alice_with_password: Officer) -> None:
    sign_in(client, alice_with_password)
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[0]["at"] = time.time() - 12 * 3600 - 1
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()
    assert client.get("/console/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    client: Client, alice_with_password: Officer
) -> None:
    cookie = sign_in(client, alice_with_password).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == ""  # gone with the browser


# --- second factor ---


STEP = 30
"""Seconds for which an app shows one code."""


def code_for(secret: str, *, steps_off: int = 0) -> str:
    counter = int(time.time()) // STEP + steps_off
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def set_up_app(client: Client) -> str:
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found, page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(found.group(1))})
    assert answer.status_code == 302, answer.content.decode()
    return found.group(1)


def test_without_a_second_factor_only_its_set_up_is_open(
    client: Client, alice_with_password: Officer, force: Force
) -> None:
    strict(force)
    sign_in(client, alice_with_password)
    answer = client.get(reverse("org:people"))
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    set_up_app(client)
    assert client.get(reverse("org:people")).status_code == 200
    assert Act.objects.filter(act="org.account.mfa_activate_totp").exists()


def test_the_code_is_asked_for_at_the_next_sign_in(
    client: Client, alice_with_password: Officer, force: Force
) -> None:
    strict(force)
    sign_in(client, alice_with_password)
    secret = set_up_app(client)
    again = Client()
    assert sign_in(again, alice_with_password).headers["Location"] == reverse("mfa_authenticate")
    assert again.get(reverse("org:people")).status_code == 302
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    cache.clear()
    again.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert again.get(reverse("org:people")).status_code == 200


@pytest.fixture
def half_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every clock stand in the middle of a step, so that none ends within a test."""
    middle = time.time() // STEP * STEP + STEP / 2
    monkeypatch.setattr(time, "time", lambda: middle)


@pytest.mark.parametrize(("steps_off", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_is_good_one_step_either_side(
    client: Client, alice_with_password: Officer, force: Force, half_past: None,
    steps_off: int, good: bool,
) -> None:  # fmt: skip
    strict(force)
    sign_in(client, alice_with_password)
    secret = set_up_app(client)
    again = Client()
    sign_in(again, alice_with_password)
    answer = again.post(
        reverse("mfa_authenticate"), {"code": code_for(secret, steps_off=steps_off)}
    )
    assert (answer.status_code == 302) is good


def test_a_code_is_spent_for_as_long_as_it_would_be_good(
    client: Client, alice_with_password: Officer, force: Force, half_past: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    strict(force)
    sign_in(client, alice_with_password)
    code = code_for(set_up_app(client), steps_off=1)
    first = Client()
    sign_in(first, alice_with_password)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    later, middle = timezone.now() + timedelta(seconds=2 * STEP), time.time()
    monkeypatch.setattr(cache_in_database, "tz_now", lambda: later)
    monkeypatch.setattr(time, "time", lambda: middle + 2 * STEP)
    onlooker = Client()
    sign_in(onlooker, alice_with_password)
    assert onlooker.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_a_recovery_code_works_once(
    client: Client, alice_with_password: Officer, force: Force
) -> None:
    strict(force)
    sign_in(client, alice_with_password)
    set_up_app(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    code = re.search(r"<textarea[^>]*>\s*(\S+)", page)
    assert code, page
    again = Client()
    sign_in(again, alice_with_password)
    again.post(reverse("mfa_authenticate"), {"code": code.group(1)})
    assert again.get(reverse("org:people")).status_code == 200
    third = Client()
    sign_in(third, alice_with_password)
    third.post(reverse("mfa_authenticate"), {"code": code.group(1)})
    assert third.get(reverse("org:people")).status_code == 302


def test_sensitive_acts_ask_once_more(client: Client, carol: Officer, alice: Officer) -> None:
    actions.set_password(carol, PASSWORD, by=SYSTEM)
    sign_in(client, carol)
    url = reverse("org:grant", args=[alice.pk])
    assert client.get(url).status_code == 200
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    records[0]["at"] -= 16 * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()
    answer = client.get(url)
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    confirm = client.get(answer.headers["Location"])
    assert "Confirm who you are" in confirm.content.decode()
    assert "an administrator of your force can give you a new one" in confirm.content.decode()
    assert reverse("account_reset_password") not in confirm.content.decode()  # that door is closed
    wrong = client.post(reverse("account_reauthenticate"), {"password": "no", "next": url})
    assert wrong.status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": url})
    assert client.get(url).status_code == 200


# --- the force's identity provider ---


@pytest.fixture
def provider(settings: Any) -> Iterator[str]:
    with run_server_in_thread() as server:
        address = f"http://localhost:{server.server_port}"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "force",
                        "name": "your force account",
                        "client_id": "bluelamp",
                        "secret": "s3cret",
                        "settings": {"server_url": address},
                    }
                ],
            }
        }
        yield address


def known(address: str, subject: str, **claims: Any) -> None:
    httpx.put(f"{address}/users/{subject}", json=claims).raise_for_status()


def by_provider(client: Client, subject: str) -> Any:
    """Go to the provider, sign in there, and come back."""
    start = client.post(reverse("openid_connect_login", args=["force"]))
    there = start.headers["Location"]
    back = httpx.post(there, data={"sub": subject})
    return client.get(back.headers["Location"].removeprefix("http://testserver"))


def test_the_sign_in_page_offers_the_force_account(
    provider: str, client: Client, force: Force
) -> None:
    assert "Sign in with your force account" in client.get(LOGIN).content.decode()


def test_the_way_to_the_provider_carries_state_and_pkce(
    provider: str, client: Client, force: Force
) -> None:
    start = client.post(reverse("openid_connect_login", args=["force"]))
    asked = parse_qs(urlsplit(start.headers["Location"]).query)
    assert len(asked["state"][0]) >= 16
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43


def test_a_known_officer_signs_in_by_the_force_account(
    provider: str, client: Client, alice: Officer
) -> None:
    strict(alice.force)
    known(provider, "fenn", email=alice.email, email_verified=True)
    assert by_provider(client, "fenn").status_code == 302
    assert client.get(reverse("org:people")).status_code == 200  # brings its own second factor
    assert Act.objects.filter(act="org.sign_in", actor_id=str(alice.pk)).exists()
    again = Client()
    known(provider, "fenn", email="new-name@example.test", email_verified=True)
    by_provider(again, "fenn")
    assert again.get(reverse("org:people")).status_code == 200  # known by subject from now on


def test_an_address_that_the_provider_has_not_verified_is_not_enough(
    provider: str, client: Client, alice: Officer
) -> None:
    known(provider, "fake", email=alice.email, email_verified=False)
    page = by_provider(client, "fake")
    assert "We do not know you here" in page.content.decode()
    assert client.get(reverse("org:people")).status_code == 302


def test_an_unknown_person_is_refused_politely_and_not_kept(
    provider: str, client: Client, force: Force
) -> None:
    known(provider, "stranger", email="stranger@example.test", email_verified=True)
    page = by_provider(client, "stranger")
    assert "We do not know you here" in page.content.decode()
    assert not Officer.objects.filter(email="stranger@example.test").exists()
    assert "stranger" not in str(list(Act.objects.values()))


def test_an_officer_out_of_service_is_refused_by_the_force_account_too(
    provider: str, client: Client, alice: Officer, carol: Officer
) -> None:
    actions.deactivate(alice, by=carol, reason="left")
    known(provider, "fenn", email=alice.email, email_verified=True)
    by_provider(client, "fenn")
    assert client.get(reverse("org:people")).status_code == 302


def test_an_answer_with_another_s_state_is_refused(
    provider: str, client: Client, alice: Officer
) -> None:
    """Log-in by somebody else's hand: the answer has to come to the browser that asked."""
    known(provider, "fenn", email=alice.email, email_verified=True)
    start = client.post(reverse("openid_connect_login", args=["force"]))
    back = httpx.post(start.headers["Location"], data={"sub": "fenn"}).headers["Location"]
    victim = Client()
    answer = victim.get(back.removeprefix("http://testserver"))
    assert "did not let you in" in answer.content.decode()
    assert victim.get(reverse("org:people")).status_code == 302


def test_an_officer_of_another_force_is_refused_at_this_door(
    provider: str, client: Client, force: Force, mallory: Officer
) -> None:
    known(provider, "stone", email=mallory.email, email_verified=True)
    assert "We do not know you here" in by_provider(client, "stone").content.decode()
    assert client.get(reverse("org:people")).status_code == 302
