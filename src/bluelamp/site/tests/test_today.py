"""The console's first page: each number opens to the list behind it."""

from __future__ import annotations

import re
from datetime import datetime

from django.test import Client

from bluelamp.org.models import Force, Officer
from bluelamp.outbound import compose
from bluelamp.outbound.queries import counts
from bluelamp.outbound.tests.helpers import draft, make_account, make_areas


def test_a_tile_opens_the_list_that_it_counts(
    client: Client, force: Force, alice: Officer, now: datetime
) -> None:
    make_account(force, now)
    compose.create(draft(make_areas(force, now)["Northwick"]), by=alice, now=now)
    assert counts(alice)["drafts"] == 1
    client.force_login(alice)
    page = client.get("/console/").content.decode()
    links = set(re.findall(r'href="(/console/alerts/\?list=\w+)"', page))
    assert len(links) == 5
    for link in links:
        opened = client.get(link)
        assert opened.status_code == 200
        assert opened.context["page"].paginator.count == counts(alice)[link.partition("=")[2]]
