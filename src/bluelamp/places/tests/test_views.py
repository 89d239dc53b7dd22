from __future__ import annotations

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Act
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.places import actions
from bluelamp.places.importing import uploads
from bluelamp.places.importing.files import Handed
from bluelamp.places.models import Area, Upload
from bluelamp.places.tests.making import NOW, collection, feature, make_wards, square, take_in


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def wards(force: Force) -> list[Area]:
    return make_wards(force)


def _file(text: str = "", name: str = "wards.geojson") -> SimpleUploadedFile:
    text = text or collection(feature("A", square(0, 0)), feature("B", square(1, 0)))
    return SimpleUploadedFile(name, text.encode())


def _upload(client: Client, **more: object) -> int:
    response = client.post(
        reverse("places:import"), {"file": _file(), "kind": "ward"} | more, follow=True
    )
    assert response.status_code == 200
    return Upload.objects.get().pk


def test_the_list_filters_by_kind_and_name(force: Force, wards: list[Area], alice: Officer) -> None:
    take_in(force, collection(feature("D", square(0, 1), name="Eastvale")), kind="district")
    client = signed_in(alice)

    def names(**query: str) -> set[str]:
        page = client.get(reverse("places:areas"), query)
        return {name for name in ("Ward A", "Ward B", "Eastvale") if name in page.content.decode()}

    assert names() == {"Ward A", "Ward B", "Eastvale"}
    assert names(kind="district") == {"Eastvale"}
    assert names(q="ward a") == {"Ward A"}
    assert names(q="B", kind="ward") == {"Ward B"}


def test_an_empty_list_says_what_to_do(alice: Officer, carol: Officer) -> None:
    assert "An administrator can import" in signed_in(alice).get(reverse("places:areas")).text
    page = signed_in(carol).get(reverse("places:areas")).text
    assert "Import the boundaries" in page
    assert reverse("places:import") in page


def test_an_area_says_who_polices_it_and_where_it_came_from(
    wards: list[Area], carol: Officer, team: Unit
) -> None:
    actions.assign_unit(wards[0], team, by=carol)
    page = signed_in(carol).get(reverse("places:area", args=[wards[0].pk])).text
    for words in (team.name, "wards.geojson", "21 Nov 2026, 10:00", "Ward A"):
        assert words in page


def test_the_unit_is_assigned_on_the_record(wards: list[Area], carol: Officer, team: Unit) -> None:
    response = signed_in(carol).post(reverse("places:unit", args=[wards[0].pk]), {"unit": team.pk})
    assert response.status_code == 302
    assert Area.objects.get(pk=wards[0].pk).unit == team
    act = Act.objects.latest("id")
    assert (act.act, act.actor_id) == ("places.import", str(carol.pk))


def test_a_unit_of_another_force_cannot_be_chosen(
    wards: list[Area], carol: Officer, mallory: Officer
) -> None:
    address = reverse("places:unit", args=[wards[0].pk])
    assert signed_in(carol).post(address, {"unit": mallory.unit_id}).status_code == 200
    assert Area.objects.get(pk=wards[0].pk).unit is None


def test_assigning_asks_for_permission(wards: list[Area], alice: Officer, team: Unit) -> None:
    with pytest.raises(NotPermittedError):
        actions.assign_unit(wards[0], team, by=alice)
    assert signed_in(alice).get(reverse("places:unit", args=[wards[0].pk])).status_code == 403


def test_a_file_is_shown_then_confirmed(force: Force, carol: Officer, team: Unit) -> None:
    client = signed_in(carol)
    address = reverse("places:check", args=[_upload(client)])
    page = client.get(address).text
    assert "Ward A" in page
    assert not Area.objects.exists()
    chosen = {"id_property": "CODE", "name_property": "NAME", "source": "wards", "unit": team.pk}
    client.post(address, chosen)
    assert not Area.objects.exists()
    response = client.post(address, chosen | {"confirm": "1"}, follow=True)
    assert "2 areas are changed" in response.text
    assert {(a.code, a.name, a.unit, a.source) for a in Area.objects.all()} == {
        ("A", "Ward A", team, "wards"),
        ("B", "Ward B", team, "wards"),
    }
    assert not Upload.objects.exists()
    assert client.get(address).status_code == 404


def test_a_broken_file_is_refused_on_the_page(carol: Officer) -> None:
    broken = collection(feature("A", square(0, 0)))[:-30]
    response = signed_in(carol).post(
        reverse("places:import"), {"file": _file(broken), "kind": "ward"}
    )
    assert "wards.geojson: line 1: the file is cut short" in response.text
    assert not Upload.objects.exists()


def test_a_file_with_a_broken_shape_shows_why_and_cannot_be_confirmed(carol: Officer) -> None:
    a = square(0, 0)
    bad = collection(feature("A", [a[0], a[2], a[1], a[3], a[0]]))
    client = signed_in(carol)
    address = reverse("places:check", args=[_upload(client, file=_file(bad))])
    assert "crosses itself" in client.get(address).text
    chosen = {"id_property": "CODE", "name_property": "NAME", "source": "w", "confirm": "1"}
    response = client.post(address, chosen)
    assert "crosses itself" in response.text
    assert not Area.objects.exists()


def test_uploads_are_dropped_after_a_day_and_belong_to_one_officer(
    carol: Officer, force: Force, team: Unit
) -> None:
    from datetime import timedelta

    from bluelamp.org.values import Role
    from conftest import make_officer

    file = Handed("w.geojson", _file().read())
    first = uploads.hand_in(file, "ward", by=carol, now=NOW)
    other = make_officer(force.units.get(parent=None), "1009", "Dan Reed", Role.ADMINISTRATOR)
    assert signed_in(other).get(reverse("places:check", args=[first.pk])).status_code == 404
    uploads.hand_in(file, "ward", by=carol, now=NOW + timedelta(days=2))
    assert not Upload.objects.filter(pk=first.pk).exists()


def test_only_who_may_import_imports(alice: Officer) -> None:
    assert signed_in(alice).get(reverse("places:import")).status_code == 403
    with pytest.raises(NotPermittedError):
        uploads.hand_in(Handed("w", _file().read()), "ward", by=alice, now=NOW)


def test_another_force_sees_nothing(
    force: Force, wards: list[Area], carol: Officer, mallory: Officer
) -> None:
    upload = uploads.hand_in(Handed("w.geojson", _file().read()), "ward", by=carol, now=NOW)
    client = signed_in(mallory)
    for address in (
        reverse("places:area", args=[wards[0].pk]),
        reverse("places:unit", args=[wards[0].pk]),
        reverse("places:check", args=[upload.pk]),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"unit": "", "confirm": "1"}).status_code in (404, 405)
    assert "Ward A" not in client.get(reverse("places:areas")).text
    assert json.loads(client.get(reverse("places:map")).content)["features"] == []
    theirs = Client(SERVER_NAME="otherby.test").get(reverse("places_public:map"))
    assert json.loads(theirs.content)["features"] == []


def test_a_visitor_is_sent_to_sign_in(wards: list[Area]) -> None:
    for name, args in (("areas", []), ("map", []), ("import", []), ("area", [wards[0].pk])):
        assert Client().get(reverse(f"places:{name}", args=args)).status_code == 302


def test_the_public_map_holds_no_hot_spots(force: Force, wards: list[Area]) -> None:
    take_in(force, collection(feature("H", square(1, 1))), kind="hot_spot")
    for query in ({}, {"kind": "hot_spot"}, {"kind": ["ward", "hot_spot"]}):
        answer = Client().get(reverse("places_public:map"), query)
        kinds = {f["properties"]["kind"] for f in json.loads(answer.content)["features"]}
        assert kinds == {"ward"}


def test_maps_are_zipped_and_not_sent_twice(wards: list[Area]) -> None:
    address = reverse("places_public:map")
    plain = Client().get(address)
    zipped = Client().get(address, headers={"Accept-Encoding": "gzip, br"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    again = Client().get(address, headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    take_in(wards[0].force, collection(feature("A", square(0, 0), name="New name")))
    assert Client().get(address, headers={"If-None-Match": plain["ETag"]}).status_code == 200


def test_an_odd_zoom_is_no_error(wards: list[Area]) -> None:
    for zoom in ("", "x", "99", "-1", "100000", "²"):
        assert Client().get(reverse("places_public:map"), {"zoom": zoom}).status_code == 200


def test_a_long_report_shows_what_matters_first(carol: Officer, force: Force) -> None:
    make_wards(force, "Z", name="wards.geojson")
    many = collection(*(feature(f"N{n:03}", square(n % 10, n // 10)) for n in range(60)))
    client = signed_in(carol)
    page = client.get(reverse("places:check", args=[_upload(client, file=_file(many))])).text
    assert page.index("Ward Z") < page.index("Ward N001")
    assert "And 11 more areas." in page
    assert "Ward N059" not in page
