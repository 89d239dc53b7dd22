"""Members by CSV: what is taken in, what is left out, and what refuses the whole file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.members import actions, queries, standing
from bluelamp.members.errors import ImportRefusedError
from bluelamp.members.importing import import_members
from bluelamp.members.importing.store import Consenting, ImportReport, write_rejects
from bluelamp.members.models import Consent, ContactPoint, Member, Suppression
from bluelamp.members.tests.people import (
    VISITOR,
    make_member,
    make_postcode,
    make_topics,
)
from bluelamp.members.values import Reach, SuppressionReason
from bluelamp.org.models import Force

HEADER = "e-mail,name,postcode,topics,language,joined,reference,consent source,consent wording\n"
CONSENT = "old system,I agree to alerts."


@pytest.fixture(autouse=True)
def ground(force: Force) -> None:
    make_postcode("BD1 1AA", -0.42, 51.88)
    make_postcode("BD2 2BB", -0.40, 51.90)
    make_topics(force)


def take(
    force: Force, text: str | bytes, now: datetime, *, dry_run: bool = False, name: str = "m.csv"
) -> ImportReport:
    content = text.encode() if isinstance(text, str) else text
    return import_members(force, content, name, by=SYSTEM, now=now, dry_run=dry_run)


def problems(report: ImportReport) -> dict[int, str]:
    return {rejected.line: rejected.reason for rejected in report.rejected}


def test_a_good_row_becomes_a_whole_member(force: Force, now: datetime) -> None:
    row = (
        f"Ann.Lee@Example.org,Ann Lee,bd11aa,crime;Scams and fraud,Welsh,2020-03-01,R7,{CONSENT}\n"
    )
    report = take(force, HEADER + row, now)
    assert (report.rows, report.joined) == (1, 1)
    member = Member.objects.get()
    assert queries.point_of(force, "email", "ann.lee@example.org").contact == member.contact
    assert member.email_point.address == "Ann.Lee@example.org"
    assert [t.slug for t in queries.topics_in(force, member.topics)] == ["crime", "scams"]
    assert (member.postcode, member.language, member.reference) == ("BD1 1AA", "cy", "R7")
    assert member.joined_at == datetime(2020, 3, 1, tzinfo=UTC)
    assert member.contact.name == "Ann Lee"
    assert member.reach == Reach.EMAIL | Reach.EMAIL_VERIFIED
    consent = Consent.objects.get()
    assert (consent.source, consent.wording.text) == ("old system", "I agree to alerts.")
    assert {"members_contact", "members_member"} <= set(
        Entry.objects.values_list("table", flat=True)
    )


def test_derived_reach_is_what_the_tables_say(force: Force, now: datetime) -> None:
    take(force, HEADER + f"a@example.org,,BD1 1AA,,,,,{CONSENT}\n", now)
    with acting(SYSTEM, "test"):
        assert standing.refresh_force(force) == 0


def test_bad_rows_are_named_and_left_out(force: Force, now: datetime) -> None:
    rows = [
        f"good@example.org,,BD1 1AA,,,,,{CONSENT}",
        f"not an address,,BD1 1AA,,,,,{CONSENT}",
        f"b@example.org,,ZZ9 9ZZ,,,,,{CONSENT}",
        f"c@example.org,,here,,,,,{CONSENT}",
        f"d@example.org,,BD1 1AA,gardening,,,,{CONSENT}",
        f"e@example.org,,BD1 1AA,,tlh,,,{CONSENT}",
        f"f@example.org,,BD1 1AA,,,soon,,{CONSENT}",
        "g@example.org,,BD1 1AA,,,,,,",
        "h@example.org,short",
        f"i@example.org,{'x' * 121},BD1 1AA,,,,,{CONSENT}",
        f'"j@example.org","two\nlines",BD1 1AA,,,,,{CONSENT}',
        f"k@example.org,,BD1,,,,,{CONSENT}",
    ]
    report = take(force, HEADER + "\n".join(rows) + "\n", now)
    assert report.joined == 2
    assert sorted(problems(report)) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 14]
    assert "ZZ9 9ZZ" in problems(report)[4]
    assert "gardening" in problems(report)[6]
    assert "No consent" in problems(report)[9]


def test_rows_of_one_address_are_merged(force: Force, now: datetime) -> None:
    rows = (
        f"ann@example.org,,BD1 1AA,crime,,2022-01-01,,{CONSENT}\n"
        f"ANN@example.org,Ann Lee,BD2 2BB,scams,,2021-01-01,R1,{CONSENT}\n"
    )
    report = take(force, HEADER + rows, now)
    assert (report.joined, report.merged) == (1, 1)
    member = Member.objects.get()
    assert (member.postcode, member.contact.name, member.reference) == ("BD1 1AA", "Ann Lee", "R1")
    assert len(queries.topics_in(force, member.topics)) == 2
    assert member.joined_at.year == 2021


def test_members_and_suppressed_addresses_stay_as_they_are(force: Force, now: datetime) -> None:
    here = make_member(force, "here@example.org", now=now, topics=1)
    gone = make_member(force, "gone@example.org", now=now)
    actions.leave(gone, by=VISITOR, now=now)
    with acting(SYSTEM, "test"):
        key = queries.address_key("email", "bounced@example.org")
        standing.suppress_key(force, "email", key, SuppressionReason.HARD_BOUNCE, now=now)
    rows = "".join(
        f"{name}@example.org,,BD2 2BB,scams,,,,{CONSENT}\n"
        for name in ("here", "gone", "bounced", "new")
    )
    report = take(force, HEADER + rows, now)
    assert (report.known, report.suppressed, report.joined) == (1, 2, 1)
    here.refresh_from_db()
    assert (here.postcode, here.topics) == ("BD1 1AA", 1)


def test_a_dry_run_reports_the_same_and_takes_nobody_in(force: Force, now: datetime) -> None:
    text = HEADER + f"a@example.org,,BD1 1AA,,,,,{CONSENT}\nbad,,BD1 1AA,,,,,{CONSENT}\n"
    dry = take(force, text, now, dry_run=True)
    assert not Member.objects.exists()
    wet = take(force, text, now)
    assert {**dry.facts(), "dry_run": False} == wet.facts()
    assert Member.objects.count() == 1


def test_a_second_import_of_the_same_file_changes_nothing(force: Force, now: datetime) -> None:
    text = HEADER + f"a@example.org,,BD1 1AA,,,,R1,{CONSENT}\n"
    take(force, text, now)
    again = take(force, text, now)
    assert (again.joined, again.known) == (0, 1)


def test_a_reference_names_one_member(force: Force, now: datetime) -> None:
    take(force, HEADER + f"a@example.org,,BD1 1AA,,,,R1,{CONSENT}\n", now)
    rows = "".join(f"{n}@example.org,,BD1 1AA,,,,{r},{CONSENT}\n" for n, r in
                   (("b", "R1"), ("c", "R2"), ("d", "R2")))  # fmt: skip
    report = take(force, HEADER + rows, now)
    assert report.joined == 1
    assert sorted(problems(report)) == [2, 4]


def test_consent_may_stand_for_the_whole_file(force: Force, now: datetime) -> None:
    content = b"email,postcode\na@example.org,BD1 1AA\n"
    defaults = Consenting("paper form", "I agree on paper.", verified=False)
    import_members(force, content, "m.csv", by=SYSTEM, now=now, defaults=defaults)
    assert Consent.objects.get().wording.text == "I agree on paper."
    assert ContactPoint.objects.get().verified_at is None
    assert Member.objects.get().reach == Reach.EMAIL


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column"),
        (b"email,postcode,shoe size\n", "shoe size"),
        (b"email,email,postcode\n", "twice"),
        (b"name,postcode\nAnn,BD1 1AA\n", "email"),
        (b"email,postcode\na@example.org,BD1 1AA\nb@exam", "middle of a row"),
        (b'email,postcode\n"a@example.org,BD1 1AA\n', "cut off"),
        (b"PK\x03\x04\x00\x00binary", "CSV UTF-8"),
        (b"email,postcode\n\x81\x8d@example.org,BD1 1AA\n", "CSV UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_and_nobody_comes_in(
    force: Force, now: datetime, content: bytes, words: str
) -> None:
    with pytest.raises(ImportRefusedError, match=words) as refused:
        take(force, content, now)
    assert str(refused.value).startswith("m.csv")
    assert "\n" not in str(refused.value)
    assert not Member.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(
    force: Force, now: datetime, encoding: str, delimiter: str
) -> None:
    text = "email,name,postcode,consent source,consent wording\r\n"
    text += "a@example.org,Zoë Lee,BD1 1AA,form,I agree\r\n"
    take(force, text.replace(",", delimiter).encode(encoding), now)
    assert Member.objects.get().contact.name == "Zoë Lee"


def test_rejects_can_be_mended_and_brought_again(force: Force, now: datetime) -> None:
    report = take(force, HEADER + f"ann@,Ann,BD1 1AA,crime,,,R1,{CONSENT}\n", now)
    out = io.StringIO()
    write_rejects(report.rejected, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert rows[0]["line"] == "2"
    rows[0]["email"] = "ann@example.org"
    mended = io.StringIO()
    columns = [name for name in rows[0] if name not in ("line", "reason")]
    writer = csv.DictWriter(mended, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    assert take(force, mended.getvalue().replace("_", " "), now).joined == 1


def test_an_import_that_fails_half_way_leaves_nothing(
    force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bluelamp.members.importing import bulk

    real = bulk._copy

    def broken(table: str, rows: object) -> None:
        if table == "members_consent":
            raise RuntimeError("the disk is full")
        real(table, rows)

    monkeypatch.setattr(bulk, "_copy", broken)
    with pytest.raises(RuntimeError):
        take(force, HEADER + f"a@example.org,,BD1 1AA,,,,,{CONSENT}\n", now)
    assert not ContactPoint.objects.exists()
    assert not Member.objects.exists()


def test_suppressions_of_another_force_do_not_count(
    force: Force, other_force: Force, now: datetime
) -> None:
    with acting(SYSTEM, "test"):
        key = queries.address_key("email", "a@example.org")
        standing.suppress_key(other_force, "email", key, SuppressionReason.COMPLAINT, now=now)
    assert take(force, HEADER + f"a@example.org,,BD1 1AA,,,,,{CONSENT}\n", now).joined == 1
    assert Suppression.objects.count() == 1
