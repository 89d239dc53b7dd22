"""The settings' pages of other case systems and promises; feeds that cannot be polled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.systems import add_system
from bluelamp.cases.connectors import salesforce as speaker
from bluelamp.cases.forms.systems import FieldMapForm, shown_map
from bluelamp.cases.models import Case, CaseSystem, Link, Milestone, Target
from bluelamp.cases.queries.targets import length_said, parted
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.tests.systems import FIELDS, salesforce
from bluelamp.channels import vault
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Cursor
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.kit.config import config
from bluelamp.org import gate
from bluelamp.org.models import Calendar, Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from simulators.salesforce import App, Server, Service

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)
    return


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def ada(force: Force) -> Officer:
    """Ada Hall: administers accounts."""
    return make_officer(force.units.get(parent=None), "1104", "Ada Hall", Role.ADMINISTRATOR)


@pytest.fixture
def server() -> Iterator[Server]:
    speaker._logged_in.cache_clear()
    with Server(Service()) as running:
        yield running
    speaker._logged_in.cache_clear()


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"settings:{name}", args=arguments)


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).split())


# Other case systems -------------------------------------------------------------


@pytest.fixture
def simulators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let case systems be on this machine."""
    monkeypatch.setattr(config(), "simulators", True)


def map_given(*lines: dict[str, str]) -> dict[str, str]:
    given = {"line-TOTAL_FORMS": str(len(lines)), "line-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        given |= {f"line-{number}-{name}": value for name, value in line.items()}
    return given


def seen(client: Client, system: CaseSystem, name: str = "system") -> str:
    return str(client.get(at(name, system.pk)).context["seen"])


def test_a_system_is_added_mapped_and_switched_off(force: Force, ada: Officer) -> None:
    client = as_officer(ada)
    wrong = client.post(at("system_add", "rest"), {"name": "CRM", "set_url": "ftp://x"})
    assert wrong.status_code == 400
    assert not CaseSystem.objects.exists()
    client.post(at("system_add", "rest"), {
        "name": "CRM", "set_url": "https://crm.example.test", "set_token": "hush",
        "set_webhook_secret": "",
    })  # fmt: skip
    system = CaseSystem.objects.get()
    assert dict(vault.unseal(system)) == {"token": "hush"}
    shown = text(client.get(at("system", system.pk)))
    assert "hush" not in shown
    assert "A secret is kept" in shown
    lines = ({"theirs": "Subject", "ours": "title", "longest": "40"},
             {"theirs": "State", "ours": "state", "values": "closed = Closed\nnew = 7"},
             {"theirs": "Origin", "always": "Bluelamp"}, {"theirs": ""})  # fmt: skip
    given = map_given(*lines) | {"seen": seen(client, system)}
    client.post(at("system_fields", system.pk), given)
    system.refresh_from_db()
    told = fieldmap.theirs(fieldmap.read(system.fields), {
        fieldmap.Fact.TITLE: "x" * 50, fieldmap.Fact.STATE: "new"})  # fmt: skip
    assert told == {"Subject": "x" * 40, "State": 7, "Origin": "Bluelamp"}
    client.post(at("system", system.pk), {
        "name": "CRM", "set_url": "https://crm.example.test", "seen": seen(client, system),
    })  # fmt: skip
    system.refresh_from_db()
    assert not system.active
    assert dict(vault.unseal(system)) == {"token": "hush"}, "a change keeps the secret"
    client.post(at("system_secret", system.pk), {"set_token": "new"})
    system.refresh_from_db()
    assert dict(vault.unseal(system)) == {"token": "new"}
    entries = "".join(entry.content or "" for entry in Entry.objects.all())
    assert "hush" not in entries, "the record never learns a secret"


@pytest.mark.parametrize(("lines", "words"), [
    (({"theirs": "A", "ours": "title"}, {"theirs": "B"}), "Line 2: a line names either"),
    (({"theirs": "A", "ours": "state", "values": "closed"},), "Line 1: “closed” is not written"),
    (({"theirs": "", "ours": "title"},), "Line 1: Name their field"),
    (({"theirs": "A", "always": "x"}, {"theirs": "A", "ours": "title"}), "Lines 1 and 2 both"),
])  # fmt: skip
def test_a_wrong_line_of_the_map_is_named(
    force: Force, ada: Officer, now: datetime, lines: Any, words: str
) -> None:
    system = salesforce(force, "http://localhost:9", now)
    client = as_officer(ada)
    answer = client.post(at("system_fields", system.pk), map_given(*lines) | {
        "seen": seen(client, system)})  # fmt: skip
    assert answer.status_code == 400
    assert words in text(answer)
    system.refresh_from_db()
    assert system.fields == FIELDS


scalars = st.one_of(st.text("ab 1\"", min_size=1, max_size=5).map(str.strip).filter(bool),
                    st.integers(-99, 99), st.booleans())  # fmt: skip
mapped = st.builds(
    dict, theirs=st.sampled_from(["A", "B"]), ours=st.sampled_from(["title", "state"]),
    values=st.dictionaries(st.sampled_from(["new", "closed"]), scalars),
)  # fmt: skip


@given(line=mapped)
def test_a_map_that_is_shown_and_saved_is_the_same(line: dict[str, Any]) -> None:
    shown = {k: str(v or "") for k, v in shown_map([line])[0].items()}
    form = FieldMapForm(map_given(shown), prefix="line")
    assert form.is_valid(), form.non_form_errors()
    assert fieldmap.read(form.rows()) == fieldmap.read([line])


def test_the_check_says_what_is_wrong(
    force: Force, ada: Officer, server: Server, now: datetime, simulators: None
) -> None:
    system = salesforce(force, server.url, now)
    client, where = as_officer(ada), at("system_check", system.pk)
    assert "Logged in" in text(client.post(where, follow=True))
    with acting(SYSTEM, "test.change"):
        CaseSystem.objects.update(settings=system.settings | {"reference_field": "Nowhere__c"})
    assert "The field Nowhere__c is not there" in text(client.post(where, follow=True))
    speaker._logged_in.cache_clear()
    client.post(at("system_secret", system.pk), {
        "set_password": "wrong", "set_consumer_secret": App().consumer_secret})  # fmt: skip
    assert "Log-in refused" in text(client.post(where, follow=True))
    client.post(at("system_secret", system.pk), {"set_password": ""})
    assert "not enough to log in with" in text(client.post(where, follow=True))


CRM = {"name": "CRM", "set_url": "https://crm.example.test/cases", "active": "on"}


@pytest.fixture
def crm(force: Force, now: datetime) -> CaseSystem:
    return add_system(
        force, "rest", "CRM", settings={"url": CRM["set_url"]}, secrets={"token": "hush"},
        fields=[], by=SYSTEM, now=now,
    )  # fmt: skip


@pytest.mark.parametrize("url", [
    "https://evil.test/cases", "https://crm.example.test:8443/cases",
    "https://crm.example.test.evil.test/cases",
])  # fmt: skip
def test_a_secret_does_not_follow_to_another_address(
    crm: CaseSystem, ada: Officer, url: str
) -> None:
    client, where = as_officer(ada), at("system", crm.pk)
    given = CRM | {"set_url": url, "seen": seen(client, crm)}
    asked = client.post(where, given)
    assert asked.status_code == 400
    assert "Enter them again" in text(asked)
    assert 'name="set_token"' in text(asked)
    crm.refresh_from_db()
    assert crm.settings["url"] == CRM["set_url"]
    client.post(where, given | {"set_webhook_secret": "theirs"})
    crm.refresh_from_db()
    assert crm.settings["url"] == url
    assert dict(vault.unseal(crm)) == {"webhook_secret": "theirs"}, "no old one goes there"


def test_a_secret_stays_where_only_the_path_changes(crm: CaseSystem, ada: Officer) -> None:
    client = as_officer(ada)
    changed = CRM | {"set_url": "https://crm.example.test/v2", "seen": seen(client, crm)}
    assert client.post(at("system", crm.pk), changed).status_code == 302
    crm.refresh_from_db()
    assert dict(vault.unseal(crm)) == {"token": "hush"}


def test_salesforce_is_asked_for_secrets_of_another_domain(
    force: Force, ada: Officer, now: datetime
) -> None:
    system = salesforce(force, "", now)
    client, where = as_officer(ada), at("system", system.pk)
    form = client.get(where).context["form"]
    given = {bound.name: bound.value() or "" for bound in form} | {
        "set_version": "62.0", "set_object": "Case", "set_reference_field": "R__c",
        "seen": seen(client, system),
    }  # fmt: skip
    assert client.post(where, given).status_code == 302
    given["seen"] = seen(client, system)
    assert "Enter them again" in text(client.post(where, given | {"set_domain": "other.my"}))
    assert client.post(where, given | {"set_domain": "evil.test/"}).status_code == 400
    assert client.post(where, given | {"set_url": "https://evil.test"}).status_code == 400
    assert CaseSystem.objects.get().settings["domain"] == "login"


@pytest.mark.parametrize("url", [
    "http://crm.example.test", "http://127.0.0.1:5432", "https://localhost", "https://[::1]/",
    "https://169.254.169.254/", "https://crm.example.test:abc", "https://me:word@crm.example.test",
    "https://", "crm.example.test",
])  # fmt: skip
def test_no_address_is_in_clear_or_of_this_machine(ada: Officer, url: str) -> None:
    assert as_officer(ada).post(at("system_add", "rest"), CRM | {"set_url": url}).status_code == 400
    assert not CaseSystem.objects.exists()


def test_who_sets_a_system_up_proves_who_they_are(
    crm: CaseSystem, ada: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_asks_again", lambda _request: True)
    client, again = as_officer(ada), reverse("account_reauthenticate")
    for where in (at("system_add", "rest"), at("system", crm.pk), at("system_secret", crm.pk)):
        assert client.post(where, CRM).headers["Location"].startswith(again)


def test_a_system_changed_meanwhile_is_not_overwritten(
    force: Force, ada: Officer, now: datetime, simulators: None
) -> None:
    system = salesforce(force, "http://localhost:9", now)
    other = make_officer(force.units.get(parent=None), "1105", "Abe Moss", Role.ADMINISTRATOR)
    mine, theirs = as_officer(ada), as_officer(other)
    old = seen(mine, system)
    form = mine.get(at("system", system.pk)).context["form"]
    given = {bound.name: bound.value() for bound in form} | {"name": "Theirs", "seen": old}
    theirs.post(at("system", system.pk), given)
    late = mine.post(at("system", system.pk), given | {"name": "Mine"})
    assert late.status_code == 400
    assert "Abe Moss" in text(late)
    assert CaseSystem.objects.get().name == "Theirs"


def test_what_another_system_said_stands_on_the_case_and_what_it_refused_on_its_page(
    page: Account, ada: Officer, sam: Officer, now: datetime
) -> None:
    system = salesforce(page.force, "http://localhost:9", now)
    case = open_case(page, "Our shed", now)
    Link.objects.create(
        force=page.force, case=case, system=system, their_id="5003z0", state="failed", due_at=now,
        problem="Priority is no such value", theirs={
            "at": now.isoformat(), "fields": {"Status": "Working", "Colour": "red"}},
    )  # fmt: skip
    client = as_officer(sam)
    shown = text(client.get(reverse("cases:case", args=[case.reference])))
    for words in ("Service Cloud", "5003z0", "Refused", "Priority is no such", "Open</strong>",
                  "Colour</dt><dd>red"):  # fmt: skip
        assert words in shown
    listed = text(client.get(at("systems")))
    assert "1 refused for good" in listed
    assert case.reference not in text(as_officer(ada).get(at("system", system.pk)))
    client.post(at("system_again", system.pk))
    assert Link.objects.get().state == "ready"
    assert client.get(at("system", system.pk)).status_code == 403, "who routes sets none up"


# Promises -----------------------------------------------------------------------


@given(minutes=st.integers(1, 100_000))
def test_a_length_is_said_whole(minutes: int) -> None:
    length = timedelta(minutes=minutes)
    amount, unit = parted(length)
    assert timedelta(**{unit: amount}) == length
    assert length_said(length).startswith(str(amount))


PROMISE = {"promised": "yes", "amount": "2", "unit": "hours", "calendar": "", "open_too": "no"}


def promise(client: Client, **given: str) -> Any:
    where = at("target", 1, "first_response")
    was = client.get(where).context["was"]
    return client.post(where, PROMISE | {"was": was} | given)


def test_a_promise_is_shown_with_what_it_does_and_open_cases_keep_theirs(
    page: Account, sam: Officer, now: datetime
) -> None:
    client = as_officer(sam)
    with acting(SYSTEM, "test.setup"):
        week = [[["08:00", "20:00"]]] * 7
        desk = Calendar.objects.create(force=page.force, name="Front counter", week=week)
    assert "No open case has this promise" in text(promise(client))
    promise(client, step="save", calendar=str(desk.pk))
    assert "2 hours, in working hours of Front counter" in text(client.get(at("targets")))
    case = open_case(page, "Our shed", now)
    looked = text(promise(client, amount="30", unit="minutes"))
    assert "1 open case keeps what it was promised" in looked
    promise(client, amount="30", unit="minutes", step="save")
    assert Milestone.objects.get(case=case).due_at == now + 2 * HOUR
    later = open_case(page, "A dog", now, by="b@example.test")
    assert Milestone.objects.get(case=later).due_at == now + HOUR / 2
    assert Act.objects.filter(act="cases.set_promise", actor_label=sam.label).count() == 2


def test_open_cases_are_held_to_a_new_promise_where_one_says_so(
    page: Account, sam: Officer, now: datetime
) -> None:
    client = as_officer(sam)
    promise(client, step="save")
    case = open_case(page, "Our shed", now)
    looked = text(promise(client, amount="30", unit="minutes", open_too="yes"))
    assert "1 open case is held to the new promise" in looked
    assert "1 would be overdue at once" in looked
    assert Milestone.objects.get(case=case).due_at == now + 2 * HOUR, "looking changes nothing"
    promise(client, amount="3", open_too="yes", step="save")
    assert Milestone.objects.get(case=case).due_at == now + 3 * HOUR
    promise(client, promised="no", open_too="yes", step="save")
    assert Milestone.objects.get(case=case).state == "cancelled"
    assert not Target.objects.exists()
    assert Case.objects.get(pk=case.pk).state == "new"


def test_two_who_promise_at_once_do_not_overwrite_each_other(
    page: Account, sam: Officer, force: Force
) -> None:
    kim = make_officer(force.units.get(parent=None), "1103", "Kim Shaw", Role.SUPERVISOR)
    client = as_officer(sam)
    promise(as_officer(kim), step="save")
    late = promise(client, step="save", was="none", amount="9")
    assert late.status_code == 400
    assert "Kim Shaw" in text(late)
    assert Target.objects.get().within == 2 * HOUR
    assert promise(client, amount="0").status_code == 400
    assert promise(client, amount="").status_code == 400


# Feeds that cannot be polled ------------------------------------------------------


def test_a_feed_that_cannot_be_polled_is_said_on_its_account(
    page: Account, ada: Officer, now: datetime
) -> None:
    cursor = Cursor.objects.create(
        force=page.force, account=page, due_at=now, polled_at=now, failures=1,
        problem="503: the feed is down.",
    )  # fmt: skip
    account = reverse("channels:account", args=[page.pk])
    assert "Nothing could be fetched, once: 503: the feed is down." in text(
        as_officer(ada).get(account)
    )
    Cursor.objects.filter(pk=cursor.pk).update(failures=0, problem="")
    assert "Nothing could be fetched" not in text(as_officer(ada).get(account))
