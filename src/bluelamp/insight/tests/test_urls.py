"""Every page of figures reads, and does nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Entry
from bluelamp.cases.tests.helpers import open_case
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.insight.urls import console
from bluelamp.kit import clock
from bluelamp.org.models import Force
from bluelamp.org.values import Role
from conftest import make_officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.mark.parametrize("name", [pattern.name for pattern in console])
def test_a_page_of_figures_changes_nothing(force: Force, name: str) -> None:
    before = clock.now() - timedelta(hours=1)
    open_case(make_page(force, before), "Our shed was broken into", before)
    client, where = Client(), reverse(f"insight:{name}")
    sergeant = make_officer(force.units.get(parent=None), "3001", "Sam Reeve", Role.SUPERVISOR)
    client.force_login(sergeant, BACKEND)
    changes = Entry.objects.filter(op__in="IUD")
    made = changes.count()
    assert client.get(where).status_code == 200
    assert changes.count() == made
    assert client.post(where).status_code == 405
