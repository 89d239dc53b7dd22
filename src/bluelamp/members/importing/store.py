"""A file of members into the force: checked row by row, stored all in one act."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TextIO

from django.db import connection
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.members import queries, rules, standing
from bluelamp.members.errors import AddressError, ImportRefusedError
from bluelamp.members.importing.bulk import bulk_create_members
from bluelamp.members.importing.table import COLUMNS, Line, read_table
from bluelamp.members.models import ContactPoint, Member, Topic
from bluelamp.members.values import LANGUAGES, Channel, NewMember, Purpose
from bluelamp.org.models import Force
from bluelamp.org.values import Acts
from bluelamp.places.models import Postcode
from bluelamp.places.rules import normalise_postcode

_BATCH = 5_000
_MOST_NAME, _MOST_REFERENCE, _MOST_SOURCE = 120, 60, 60
_NAMES_OF_LANGUAGES = {"english": "en", "welsh": "cy", "cymraeg": "cy"}
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out, and why."""

    line: int
    reason: str
    cells: dict[str, str]


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with a dry run would do."""

    rows: int = 0
    joined: int = 0
    merged: int = 0
    """Rows whose address stood in the file before."""
    known: int = 0
    """Rows of people who are members already: their own choices stay."""
    suppressed: int = 0
    """Rows of addresses to which nothing goes: they stay out."""
    rejected: list[Rejected] = field(default_factory=list)
    dry_run: bool = False

    def facts(self) -> dict[str, Any]:
        """Return the numbers and the rejected lines, without anything personal."""
        return {
            "rows": self.rows,
            "joined": self.joined,
            "merged": self.merged,
            "known": self.known,
            "suppressed": self.suppressed,
            "rejected": len(self.rejected),
            "problems": [{"line": r.line, "reason": r.reason} for r in self.rejected],
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True)
class Consenting:
    """What stands for every row that has no column of its own for it."""

    source: str = ""
    wording: str = ""
    verified: bool = True
    """The addresses were confirmed in the system that the file comes from."""


@dataclass(frozen=True, slots=True)
class _Person:
    line: Line
    key: bytes
    wording: str
    member: NewMember


def import_members(
    force: Force,
    content: bytes,
    name: str,
    *,
    by: Actor,
    now: datetime,
    defaults: Consenting | None = None,
    dry_run: bool = False,
    reason: str = "",
    advance: Advance = lambda _n: None,
) -> ImportReport:
    """Take in the good rows of a CSV and report the others by line.

    :param name: the file's name, for messages.
    :param advance: told how many rows have been dealt with (twice each: checked, stored).
    :raises ImportRefusedError: the file as a whole is wrong; nothing was taken in.
    """
    lines = read_table(content, name)
    report = ImportReport(rows=len(lines), dry_run=dry_run)
    people = _checked(force, lines, defaults or Consenting(), report, advance)
    people = _known_left_out(force, list(_merged(people, report)), report)
    report.joined = len(people)
    report.rejected.sort(key=lambda rejected: rejected.line)
    if people and not dry_run:
        with acting(by, Acts.MEMBER_IMPORT, reason=reason):
            _store(force, people, now, advance)
    return report


# Checking -------------------------------------------------------------------


def _checked(
    force: Force,
    lines: Sequence[Line],
    defaults: Consenting,
    report: ImportReport,
    advance: Advance,
) -> list[_Person]:
    topics = {
        name.lower(): bit
        for slug, label, bit in Topic.objects.filter(force=force).values_list("slug", "name", "bit")
        for name in (slug, label)
    }
    people = []
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        places = _places(batch)
        for line in batch:
            try:
                people.append(_person(line, places, topics, defaults))
            except (ImportRefusedError, AddressError) as error:
                report.rejected.append(Rejected(line.number, str(error), line.cells))
        advance(len(batch))
    return people


def _places(lines: Iterable[Line]) -> dict[str, Postcode]:
    """Return the known postcodes of some rows."""
    wanted = {normalise_postcode(line.cells.get("postcode", "")) for line in lines} - {None}
    return {place.pk: place for place in Postcode.objects.filter(pk__in=list(wanted))}


def _person(
    line: Line, places: dict[str, Postcode], topics: dict[str, int], defaults: Consenting
) -> _Person:
    if line.problem:
        raise ImportRefusedError(line.problem)
    cells = line.cells
    address = rules.normalise_email(cells["email"])
    place = _place(cells["postcode"], places)
    source = cells.get("consent_source") or defaults.source
    wording = cells.get("consent_wording") or defaults.wording
    if not (source and wording):
        raise ImportRefusedError(_("No consent: its source and its wording are both needed."))
    member = NewMember(
        address=address.sending, postcode=place.postcode, longitude=place.longitude,
        latitude=place.latitude, cell=place.cell, topics=_topics(cells.get("topics", ""), topics),
        name=_fitting(cells, "name", _MOST_NAME), language=_language(cells.get("language", "")),
        joined_at=_joined(cells.get("joined", "")),
        reference=_fitting(cells, "reference", _MOST_REFERENCE), source=source[:_MOST_SOURCE],
        verified=defaults.verified,
    )  # fmt: skip
    key = queries.identity_key(Channel.EMAIL, address.identity)
    return _Person(line, key, wording, member)


def _place(text: str, places: dict[str, Postcode]) -> Postcode:
    written = normalise_postcode(text)
    if written is None:
        raise ImportRefusedError(_("“%(text)s” is not a postcode.") % {"text": text})
    if written not in places:
        words = _("The postcode %(postcode)s is not known here.")
        raise ImportRefusedError(words % {"postcode": written})
    return places[written]


def _topics(text: str, known: dict[str, int]) -> int:
    mask = 0
    for name in text.replace("|", ";").split(";"):
        wanted = name.strip().lower()
        if wanted and wanted not in known:
            raise ImportRefusedError(_("There is no topic “%(topic)s”.") % {"topic": name.strip()})
        mask |= 1 << known[wanted] if wanted else 0
    return mask


def _language(text: str) -> str:
    wanted = text.lower() or LANGUAGES[0]
    code = _NAMES_OF_LANGUAGES.get(wanted, wanted.partition("-")[0])
    if code not in LANGUAGES:
        raise ImportRefusedError(_("There is no language “%(text)s”.") % {"text": text})
    return code


def _joined(text: str) -> datetime | None:
    """Read 2024-03-01 (with or without a time) and 01/03/2024."""
    if not text:
        return None
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            read = datetime.combine(date(year, month, day), datetime.min.time())
        else:
            read = datetime.fromisoformat(text)
    except ValueError:
        words = _("“%(text)s” is not a date. Write 2024-03-01 or 01/03/2024.")
        raise ImportRefusedError(words % {"text": text}) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _fitting(cells: dict[str, str], column: str, most: int) -> str:
    text = cells.get(column, "")
    if len(text) > most or "\0" in text:
        words = _("The %(column)s is longer than %(most)s characters.")
        raise ImportRefusedError(words % {"column": column, "most": most})
    return text


# Merging --------------------------------------------------------------------


def _merged(people: Iterable[_Person], report: ImportReport) -> Iterable[_Person]:
    """Join rows of one address: the first stands, later ones fill what it left open."""
    found: dict[bytes, _Person] = {}
    for person in people:
        before = found.get(person.key)
        if before is not None:
            report.merged += 1
            found[person.key] = replace(before, member=_filled(before.member, person.member))
        else:
            found[person.key] = person
    return _references_once(found.values(), report)


def _filled(first: NewMember, later: NewMember) -> NewMember:
    earliest = [moment for moment in (first.joined_at, later.joined_at) if moment]
    return replace(
        first,
        topics=first.topics | later.topics,
        name=first.name or later.name,
        reference=first.reference or later.reference,
        joined_at=min(earliest) if earliest else None,
    )


def _references_once(people: Iterable[_Person], report: ImportReport) -> Iterable[_Person]:
    seen: dict[str, int] = {}
    for person in people:
        reference = person.member.reference
        if reference and reference in seen:
            words = _("The reference is that of line %(line)s too.") % {"line": seen[reference]}
            report.rejected.append(Rejected(person.line.number, words, person.line.cells))
            continue
        seen[reference] = person.line.number
        yield person


def _known_left_out(force: Force, people: Sequence[_Person], report: ImportReport) -> list[_Person]:
    """Leave out whom the force knows already and to whom nothing goes."""
    kept = []
    for start in range(0, len(people), _BATCH):
        batch = people[start : start + _BATCH]
        keys = [person.key for person in batch]
        points = ContactPoint.objects.filter(force=force, channel=Channel.EMAIL, key__in=keys)
        known = {bytes(key) for key in points.values_list("key", flat=True)}
        held = queries.suppressed_keys(force.pk, Channel.EMAIL, keys)
        taken = _references_taken(force, batch)
        for person in batch:
            if person.key in held:
                report.suppressed += 1
            elif person.key in known:
                report.known += 1
            elif person.member.reference in taken:
                words = _("Another member has this reference already.")
                report.rejected.append(Rejected(person.line.number, words, person.line.cells))
            else:
                kept.append(person)
    return kept


def _references_taken(force: Force, people: Iterable[_Person]) -> set[str]:
    wanted = [person.member.reference for person in people if person.member.reference]
    found = Member.objects.filter(force=force, reference__in=wanted)
    return set(found.values_list("reference", flat=True))


# Storing --------------------------------------------------------------------


def _store(force: Force, people: Sequence[_Person], now: datetime, advance: Advance) -> None:
    wordings = {
        text: standing.keep_wording(force, Purpose.ALERTS, text)
        for text in {person.wording for person in people}
    }
    rows = (replace(person.member, wording=wordings[person.wording].pk) for person in people)
    first = next(iter(wordings.values()))
    bulk_create_members(force, rows, wording=first, now=now, advance=advance)


def tidy() -> None:
    """Let the index answer alone for rows just taken in; outside any transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) members_member, members_contactpoint, members_consent")


def write_rejects(rejected: Iterable[Rejected], file: TextIO) -> None:
    """Write the rows left out as a CSV that can be mended and brought again."""
    writer = csv.writer(file)
    writer.writerow(["line", "reason", *COLUMNS])
    for row in rejected:
        writer.writerow([row.line, row.reason, *(row.cells.get(name, "") for name in COLUMNS)])
