"""Every route names who may use it, and shows another force nothing.

The walker visits every route of the product as an officer of Otherby, who
holds every role there, with the numbers of Brackenshire's things.  A new kind
of argument in a route makes the test fail until :data:`THINGS` knows one of
Brackenshire's things for it.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import shapely
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from bluelamp.audit.actions import acting, read
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import (
    Article,
    ArticleVersion,
    Briefing,
    Case,
    CaseItem,
    CaseSystem,
    CaseTag,
    Handover,
    HandoverCase,
    IncidentGroup,
    IncidentProposal,
    ProposedCase,
    Reply,
    Review,
    RoutingSet,
    Suggestion,
    Task,
)
from bluelamp.cases.queries.dryrun import Move, Trial
from bluelamp.channels.models import Account
from bluelamp.files.actions import keep
from bluelamp.files.check import check
from bluelamp.files.tests.samples import photo
from bluelamp.inbound.models import Item, ItemFile, RawItem
from bluelamp.kit import tokens
from bluelamp.members.models import Contact, ContactLink, ContactPoint, Member, Suppression
from bluelamp.org.gate import ACCOUNT_ROUTES, THIRD_PARTY
from bluelamp.org.models import Calendar, Closure, Force, Officer
from bluelamp.outbound.models import Message
from bluelamp.places.models import Area, Upload

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MARK = "Zetaford"
"""Stands in every name of Brackenshire's things and nowhere else."""


class Route(NamedTuple):
    """A route as the resolver knows it."""

    name: str
    path: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def ours(self) -> bool:
        return not self.view.__module__.startswith(THIRD_PARTY)


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, path: str, space: str) -> Iterator[Route]:
    for found in resolver.url_patterns:
        here = path + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _walk(found, here, found.namespace or space)
        elif isinstance(found, URLPattern):
            arguments = found.pattern.regex.groupindex
            name = f"{space}:{found.name}" if space else str(found.name)
            yield Route(name, here, found.callback, tuple(arguments))


def console() -> list[Route]:
    return [route for route in routes() if route.ours and route.path.startswith("console/")]


def test_every_route_names_who_may_use_it() -> None:
    nameless = [
        route.path
        for route in routes()
        if not getattr(route.view, "access", None)
        and (route.ours or route.name not in ACCOUNT_ROUTES)
        and not route.path.startswith("console/account/")
    ]
    assert nameless == []


def test_nothing_of_the_console_is_everyone_s() -> None:
    assert [route.path for route in console() if route.view.access == "everyone"] == []


# --- Brackenshire's things ---


@pytest.fixture
def theirs(force: Force, alice: Officer) -> dict[str, Any]:
    """One of each of Brackenshire's things, all of them marked."""
    with acting(SYSTEM, "test.setup"):
        Officer.objects.filter(pk=alice.pk).update(name=f"Alice {MARK}")
        force.units.filter(code="NW1").update(name=f"{MARK} team")
        area = _area(force)
        message = Message.objects.create(
            force=force, unit=alice.unit, author=alice, kind="crime", title=f"{MARK} burglaries",
            body=f"Lock your sheds in {MARK}.", created_at=NOW, changed_at=NOW, writers=[alice.pk],
        )  # fmt: skip
        contact = Contact.objects.create(force=force, name=f"Dora {MARK}", created_at=NOW)
        ContactPoint.objects.create(
            force=force, contact=contact, channel="email", address=f"{MARK}@example.test",
            key=b"k", verified_at=NOW, created_at=NOW,
        )  # fmt: skip
        member = Member.objects.create(
            force=force, contact=contact, state="joined", postcode="ZZ1 1ZZ", longitude=0,
            latitude=52, cell=1, joined_at=NOW,
        )  # fmt: skip
        suppression = Suppression.objects.create(
            force=force, channel="email", key=b"k", reason="asked", detail=MARK, at=NOW
        )
        account = Account.objects.create(
            force=force, provider="memory", name=f"{MARK} account", created_at=NOW
        )
        upload = Upload.objects.create(
            force=force, officer=alice, name=f"{MARK}.geojson", content=b"{}", kind="ward",
            source=MARK, made_at=NOW,
        )  # fmt: skip
        calendar = Calendar.objects.create(force=force, name=f"{MARK} desk", week=[[]] * 7)
        closure = Closure.objects.create(
            force=force, calendar=calendar, day=NOW.date(), reason=f"{MARK} fair"
        )
    read(alice.as_actor(), "members.read", "members_member", [member.pk], reason=MARK)
    with acting(SYSTEM, "test.setup"):
        casework = _casework(force, alice, account)
    return {
        "officer": alice, "grant": alice.grants.get(), "area": area, "message": message,
        "member": member, "suppression": suppression, "upload": upload,
        "act": Act.objects.latest("id"), "force": force, "account": account,
        "calendar": calendar, "closure": closure, **casework,
    }  # fmt: skip


def _casework(force: Force, alice: Officer, account: Account) -> dict[str, Any]:
    """Make a case with all that hangs on one, at headquarters."""
    root = force.units.get(parent=None)
    incident = IncidentGroup.objects.create(
        force=force, unit=root, title=f"{MARK} flood", opened_by=alice, opened_at=NOW
    )
    case = Case.objects.create(
        force=force, unit=root, owner=alice, reference="7K3C-9QX2", title=f"{MARK} shed",
        group=incident, opened_at=NOW, changed_at=NOW, heard_at=NOW,
    )  # fmt: skip
    raw = RawItem.objects.create(
        force=force, account=account, external_id="z1", received_at=NOW, payload=b"{}"
    )
    item = Item.objects.create(
        force=force, raw=raw, account=account, kind="human", sender=f"{MARK}@example.test",
        text=f"Said in {MARK}", received_at=NOW, stage="routed",
    )  # fmt: skip
    contact = Contact.objects.get(force=force)
    second = Contact.objects.create(force=force, name=f"D. {MARK}", created_at=NOW)
    kept = keep(force, f"{MARK}.jpg", photo(), now=NOW)
    check(now=NOW)
    file = ItemFile.objects.create(force=force, item=item, file=kept, name=f"{MARK}.jpg")
    handover = Handover.objects.create(force=force, unit=root, by=alice, words=MARK, at=NOW)
    HandoverCase.objects.create(force=force, handover=handover, case=case, words=MARK)
    article = Article.objects.create(
        force=force, code="locks", title=f"{MARK} locks", unit=root, state="published",
        review_on=NOW.date(), made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    article.published = ArticleVersion.objects.create(
        force=force, article=article, number=1, title=article.title, body=f"In {MARK}",
        by_name=MARK, at=NOW,
    )  # fmt: skip
    article.save()
    proposal = IncidentProposal.objects.create(
        force=force, group=incident, people=2, words=[MARK], made_at=NOW, changed_at=NOW
    )
    ProposedCase.objects.create(force=force, proposal=proposal, case=case)
    return {
        "proposal": proposal, "article": article,
        "tag": CaseTag.objects.create(force=force, name=MARK, key="z"),
        "case": case, "incident": incident, "handover": handover, "file": file, "item": item,
        "raw": RawItem.objects.create(
            force=force, account=account, external_id="z2", received_at=NOW, state="failed",
            payload=f"Said in {MARK}".encode(), problem=MARK,
        ),
        "briefing": Briefing.objects.create(
            force=force, unit=root, starts=NOW, since=NOW - timedelta(hours=8), until=NOW,
            made_at=NOW, items=[item.pk], refs={"cases": [case.pk]},
        ),
        "held": RoutingSet.objects.create(
            force=force, state="held", lines=[{"key": 1, "name": MARK, "unit": root.pk}],
            begun_at=NOW, changed_by=MARK, changed_at=NOW, held_until=NOW,
        ),
        "draft": RoutingSet.objects.create(
            force=force, state="draft", lines=[{"key": 1, "name": MARK, "unit": root.pk}],
            begun_at=NOW, changed_by=MARK, changed_at=NOW,
            tried=_tried(went=root.code, would="NW1", references=[case.reference]),
        ),
        "system": CaseSystem.objects.create(force=force, kind="rest", name=MARK, since=NOW),
        "review": Review.objects.create(
            force=force, unit=root, contact=contact, made_at=NOW, changed_at=NOW,
            reasons=[{"reason": "repeated", "heading": "", "times": 3, "days": 30}], words=MARK,
        ),
        "suggestion": Suggestion.objects.create(
            force=force, one=contact, other=second, confidence=76, made_at=NOW, changed_at=NOW
        ),
        "link": ContactLink.objects.create(
            force=force, one=contact, other=second, basis="told", reason=MARK, made_by=alice,
            made_at=NOW,
        ),
        "contact": contact,
        "row": CaseItem.objects.create(case=case, item=item, at=NOW, why="opened"),
        "task": Task.objects.create(
            force=force, case=case, words=f"Ring {MARK}", made_by=alice, made_at=NOW
        ),
        "reply": Reply.objects.create(
            force=force, case=case, by=alice, text=f"In {MARK}", state="submitted", changed_at=NOW
        ),
    }  # fmt: skip


def _tried(**move: Any) -> dict[str, Any]:
    """Return what a trial of the draft found: one case that would go elsewhere."""
    found = Trial(
        version=1, at=NOW, since=NOW - timedelta(days=30), seen=1, there=1,
        moves=(Move(count=1, **move),), matched={MARK: 1},
    )  # fmt: skip
    return found.model_dump(mode="json")


def _area(force: Force) -> Area:
    box = shapely.box(0, 52, 1, 53)
    return Area.objects.create(
        force=force, kind="ward", code="Z1", name=f"{MARK} ward", boundary=box.wkb,
        digest="z", west=0, south=52, east=1, north=53, imported_at=NOW,
    )  # fmt: skip


THINGS = {
    "org:pk": "officer",
    "org:revoke:pk": "grant",
    "org:calendar": "calendar",
    "org:closure": "closure",
    "audit:pk": "act",
    "places:pk": "area",
    "places:check:pk": "upload",
    "members:pk": "member",
    "members:lift:pk": "suppression",
    "cases:row": "row",
    "cases:item": "item",
    "cases:task": "task",
    "cases:reply": "reply",
    "cases:article": "article",
    "cases:tag": "tag",
    "cases:file": "file",
    "cases:incident": "incident",
    "cases:proposal": "proposal",
    "cases:handover": "handover",
    "contacts:contact": "contact",
    "contacts:link": "link",
    "contacts:review": "review",
    "contacts:suggestion": "suggestion",
    "briefings:briefing": "briefing",
    "cases_public:system": "system",
    "settings:system": "system",
    "settings:before": "held",
    "inbound:file": "file",
    "inbound:raw": "raw",
    "channels:pk": "account",
    "outbound:pk": "message",
    "outbound_public:pk": "area",
}
"""``floor:argument`` or ``floor:route:argument``: which thing an argument names."""

PLAIN: dict[str, Any] = {
    "slug": "x", "figure": "clicked", "stars": 3, "number": 0, "provider": "memory",
    "name": "x", "kind": "emergency", "severity": 3,
}  # fmt: skip
"""Arguments that name no thing of a force."""

OF_ROUTE: dict[str, Any] = {
    "settings:target:kind": "first_response", "settings:system_add:kind": "rest",
    "settings:edit:number": 1, "settings:wording_text:kind": "emergency_answer",
    "settings:setting:kind": "hidden_kinds",
}  # fmt: skip
"""The same where one route wants another: ``floor:route:argument``."""

ASKED = {"settings:behind": "?went=HQ&would=NW1"}
"""What routes are asked for beside their arguments: the trial's one move."""


def argument(route: Route, name: str, theirs: dict[str, Any]) -> Any:
    """Return a value for a route's argument: the number of one of Brackenshire's things."""
    space = route.name.partition(":")[0]
    thing = THINGS.get(f"{route.name}:{name}") or THINGS.get(f"{space}:{name}")
    if thing:
        return theirs[thing].pk
    if name == "reference":
        return theirs["case"].reference
    if name == "public_id":
        return theirs["message"].public_id
    if route.name == "inbound_public:hook":
        return theirs["account"].public_id
    if name == "token":
        return tokens.seal_link(
            "leave", theirs["message"].pk, theirs["member"].contact.points.get().pk
        )
    assert name in PLAIN, f"{route.path}: tests/test_routes.py does not know {name!r}"
    return OF_ROUTE.get(f"{route.name}:{name}", PLAIN[name])


def address(route: Route, theirs: dict[str, Any]) -> str:
    """Fill a route's arguments and return where it lies."""
    values = {name: argument(route, name, theirs) for name in route.arguments}
    assert "(?P" not in route.path, f"{route.path}: write it with path()"
    path = route.path
    for name, value in values.items():
        path = _put(path, name, value)
    return f"/{path}"


def _put(path: str, name: str, value: Any) -> str:
    start = next(
        found for kind in ("int", "str", "slug", "uuid", "path")
        if (found := f"<{kind}:{name}>") in path
    )  # fmt: skip
    return path.replace(start, str(value))


def test_addresses_are_those_of_the_resolver(theirs: dict[str, Any]) -> None:
    for route in routes():
        if route.ours and not route.name.endswith(":None"):
            values = {name: argument(route, name, theirs) for name in route.arguments}
            assert reverse(route.name, kwargs=values) == address(route, theirs)


def ours() -> list[Route]:
    return [route for route in routes() if route.ours]


def visits(route: Route, where: str, client: Client) -> Iterator[Any]:
    yield client.get(where)
    yield client.post(where, {"reason": "x", "words": MARK[:3]})


@pytest.fixture
def as_mallory(mallory: Officer) -> Client:
    client = Client(headers={"host": "otherby.test"}, raise_request_exception=False)
    client.force_login(mallory, BACKEND)
    return client


def changes_of(force: Force) -> int:
    return Entry.objects.filter(force_id=force.pk, op__in="IUD").count()


def test_another_force_s_officer_sees_and_changes_nothing(
    theirs: dict[str, Any], as_mallory: Client
) -> None:
    before, wrong = changes_of(theirs["force"]), []
    for route in ours():
        named = set(route.arguments) - set(PLAIN) - {"token"}
        for answer in visits(route, address(route, theirs), as_mallory):
            if answer.status_code >= 500:
                wrong.append(f"{route.path}: failed with {answer.status_code}")
            if named and answer.status_code not in (403, 404, 405):
                wrong.append(f"{route.path}: {answer.status_code} for a thing of another force")
            if MARK in _text(answer):
                wrong.append(f"{route.path}: shows {MARK}")
    assert wrong == []
    assert changes_of(theirs["force"]) == before


def _text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + str(dict(answer.headers))


def test_the_console_is_closed_to_who_is_not_signed_in(theirs: dict[str, Any]) -> None:
    stranger, open_ = Client(), []
    for route in console():
        open_ += [
            route.path
            for answer in visits(route, address(route, theirs), stranger)
            if answer.status_code not in (302, 403, 405) or MARK in _text(answer)
        ]
    assert open_ == []


def test_an_officer_without_a_role_sees_nothing(theirs: dict[str, Any], bob: Officer) -> None:
    """Default deny: signed in at the right force, but no grant."""
    with acting(SYSTEM, "test.setup"):
        bob.grants.all().delete()
    client, shown = Client(raise_request_exception=False), []
    client.force_login(bob, BACKEND)
    for route in console():
        for answer in visits(route, address(route, theirs), client):
            if answer.status_code in (200, 302) and route.view.access != "officers":
                shown.append(f"{route.path}: {answer.status_code}")
            if MARK in _text(answer).replace("Zetaford team", ""):
                shown.append(f"{route.path}: shows {MARK}")
    assert shown == []


CLOSED_BY_STATE = frozenset({"places:check"})
"""Routes that are 404 even to their own force here: the upload is another officer's."""


def test_the_numbers_are_really_those_of_things(theirs: dict[str, Any], carol: Officer) -> None:
    """Or else the tests above would prove nothing."""
    client, lost = Client(raise_request_exception=False), []
    client.force_login(carol, BACKEND)
    for route in console():
        answer = client.get(address(route, theirs) + ASKED.get(route.name, ""))
        if answer.status_code in (403, 404, 500) and route.name not in CLOSED_BY_STATE:
            lost.append(f"{route.name}: {answer.status_code}")
    assert lost == []


def test_unknown_numbers_and_forged_tokens_fail_no_page(carol: Officer, force: Force) -> None:
    client, failed = Client(raise_request_exception=False), []
    client.force_login(carol, BACKEND)
    odd = {"token": "x" * 36, "public_id": uuid.uuid4(), **PLAIN}
    for route in ours():
        path = route.path
        for name in route.arguments:
            path = _put(path, name, odd.get(name, 999_999_999))
        failed += [
            f"{route.path}: {answer.status_code}"
            for answer in visits(route, f"/{path}", client)
            if answer.status_code >= 500
        ]
    assert failed == []


def test_every_entry_of_the_navigation_leads_somewhere() -> None:
    import importlib
    import importlib.util

    from django.apps import apps

    for app in apps.get_app_configs():
        if app.name.startswith("bluelamp.") and importlib.util.find_spec(f"{app.name}.queries"):
            queries = importlib.import_module(f"{app.name}.queries")
            for item in getattr(queries, "NAV", ()):
                assert reverse(item.url_name).startswith("/console/")


def test_no_two_routes_share_a_name() -> None:
    named = sorted(route.name for route in routes() if not route.name.endswith("None"))
    twice = {a for a, b in itertools.pairwise(named) if a == b}
    assert twice == set()
