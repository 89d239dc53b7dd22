from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Act, Entry
from bluelamp.kit import clock
from bluelamp.org import actions
from bluelamp.org.models import Grant, Officer, Unit
from bluelamp.org.rules.walls import Stretch
from bluelamp.org.values import Role
from conftest import make_officer, make_unit


@pytest.fixture
def as_carol(client: Client, carol: Officer) -> Client:
    client.force_login(carol, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_people_are_listed_and_found(as_carol: Client, alice: Officer, bob: Officer) -> None:
    page = as_carol.get(reverse("org:people")).content.decode()
    assert "Alice Fenn" in page
    assert "Northwick neighbourhood team" in page
    page = as_carol.get(reverse("org:people"), {"words": "marsh"}).content.decode()
    assert "Bob Marsh" in page
    assert "Alice Fenn" not in page


def test_the_list_narrows_to_a_unit(as_carol: Client, alice: Officer, team: Unit) -> None:
    page = as_carol.get(reverse("org:people"), {"unit": team.pk}).content.decode()
    assert "Alice Fenn" in page
    assert "1003" not in page.split("<main", 1)[1]


def test_an_officer_s_page_shows_what_they_hold_and_records_the_reading(
    as_carol: Client, alice: Officer
) -> None:
    page = as_carol.get(reverse("org:officer", args=[alice.pk])).content.decode()
    assert "Writer: drafts alerts" in page
    assert "Give a role" in page
    assert Entry.objects.filter(op="R", table="org_officer", row=str(alice.pk)).exists()


def test_a_role_is_given_through_the_page(as_carol: Client, alice: Officer, team: Unit) -> None:
    answer = as_carol.post(
        reverse("org:grant", args=[alice.pk]),
        {"role": "auditor", "unit": team.pk, "reason": "cover", "last_day_day": "",
         "last_day_month": "", "last_day_year": ""},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    held = Grant.objects.get(officer=alice, role=Role.AUDITOR)
    assert (held.unit, held.reason) == (team, "cover")
    act = Act.objects.filter(act="org.grant").latest("id")
    assert (act.reason, act.source) == ("cover", "127.0.0.1")


def test_a_role_needs_a_reason(as_carol: Client, alice: Officer, team: Unit) -> None:
    page = as_carol.post(reverse("org:grant", args=[alice.pk]), {"role": "auditor"})
    assert "Enter a reason" in page.content.decode()


def test_an_administrator_cannot_give_themselves_a_role(
    as_carol: Client, carol: Officer, team: Unit
) -> None:
    page = as_carol.post(
        reverse("org:grant", args=[carol.pk]),
        {"role": "auditor", "unit": team.pk, "reason": "mine"},
    )
    assert "your own grants" in page.content.decode()


def test_a_role_is_revoked_after_a_question(as_carol: Client, alice: Officer) -> None:
    held = alice.grants.get()
    url = reverse("org:revoke", args=[held.pk])
    assert "Revoke this role" in as_carol.get(url).content.decode()
    held.refresh_from_db()
    assert held.revoked_at is None
    assert as_carol.post(url, {"reason": "moved"}).status_code == 302
    held.refresh_from_db()
    assert held.revoked_at is not None


def test_out_of_service_and_back(as_carol: Client, alice: Officer) -> None:
    theirs = Client()
    theirs.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    assert theirs.get(reverse("org:people")).status_code == 200
    as_carol.post(reverse("org:deactivate", args=[alice.pk]), {"reason": "left"})
    alice.refresh_from_db()
    assert not alice.is_active
    assert theirs.get(reverse("org:people")).status_code == 302
    as_carol.post(reverse("org:reactivate", args=[alice.pk]), {"reason": "back"})
    alice.refresh_from_db()
    assert alice.is_active
    assert theirs.get(reverse("org:people")).status_code == 302  # the old session is gone


def test_who_may_only_read_cannot_change(client: Client, alice: Officer, bob: Officer) -> None:
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    for name in ("grant", "deactivate", "reactivate", "end_sessions"):
        assert client.post(reverse(f"org:{name}", args=[bob.pk])).status_code == 403
    assert client.post(reverse("org:revoke", args=[bob.grants.get().pk])).status_code == 403


def test_an_administrator_of_a_part_sees_and_changes_that_part(
    client: Client, team: Unit, alice: Officer
) -> None:
    other = make_unit(team.force, "SW1", "Southwick team")
    stranger = make_officer(other, "1009", "Sam Pool", Role.WRITER)
    chief = make_officer(team, "1010", "Kim Vale", Role.ADMINISTRATOR)
    client.force_login(chief, "allauth.account.auth_backends.AuthenticationBackend")
    assert "Sam Pool" not in client.get(reverse("org:people")).content.decode()
    assert client.get(reverse("org:officer", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("org:deactivate", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("org:revoke", args=[stranger.grants.get().pk])).status_code == 404
    page = client.post(
        reverse("org:grant", args=[alice.pk]),
        {"role": "auditor", "unit": other.pk, "reason": "beyond"},
    )
    assert "Select a valid choice" in page.content.decode()


def test_the_rota_shows_who_is_on(as_carol: Client, carol: Officer, alice: Officer) -> None:
    now = clock.now()
    stretch = Stretch(now - timedelta(hours=1), now + timedelta(hours=1))
    actions.add_shifts(alice.unit, [alice], [stretch], by=carol)
    page = as_carol.get(reverse("org:rota")).content.decode()
    assert page.count("PC Alice Fenn 1001") == 2
    assert as_carol.get(reverse("org:rota"), {"week": "nonsense"}).status_code == 200


def test_the_force_s_colours_are_a_style_sheet(client: Client, carol: Officer) -> None:
    answer = client.get(reverse("org_public:colours"))
    assert answer.headers["Content-Type"] == "text/css"
    assert "--force-colour:#0b2545" in answer.content.decode()
    assert client.get(reverse("org_public:crest")).status_code == 404
