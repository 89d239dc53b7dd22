"""Mail to measure against: the repository's own always, real corpora where they are present.

Real data is looked for in ``BLUELAMP_DATA`` or in ``../shared/data`` beside the
checkout, as ``email/sisimai_bounces_*.zip`` with its table and
``email/*reply_parser*.zip``; nothing of it is part of the repository.
"""

from __future__ import annotations

import csv
import os
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures" / "mail"
_CHECKOUT = Path(__file__).parents[6]
_HARDNESS = {"hard": True, "soft": False, "none": None}


@dataclass(frozen=True)
class Expected:
    """What one recipient of one mail should turn out to be."""

    kind: str
    hard: bool | None
    reason: str
    recipient: str | None = None
    status: str | None = None
    reply_code: int | None = None
    original_message_id: str | None = None
    feedback_type: str | None = None


@dataclass
class Corpus:
    """Mails by file name, and the rows expected of each."""

    name: str
    mails: dict[str, bytes]
    expected: dict[str, list[Expected]] = field(default_factory=dict)


def own() -> Corpus:
    """The fixtures of this repository."""
    rows: dict[str, list[Expected]] = defaultdict(list)
    with (FIXTURES / "expected.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["file"]].append(
                Expected(
                    kind=row["kind"],
                    hard=_HARDNESS[row["hard"]],
                    reason=row["reason"],
                    recipient=row["recipient"],
                    status=row["status"],
                    reply_code=int(row["reply_code"]),
                    original_message_id=row["original_message_id"],
                    feedback_type=row["feedback_type"],
                )
            )
    mails = {path.name: path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))}
    return Corpus("own fixtures", mails, dict(rows))


def bounces() -> list[Corpus]:
    """Own fixtures first, then every real corpus that is present."""
    return [own(), *(_sisimai(path) for path in _present("sisimai_bounces_*.zip"))]


def human_bodies() -> list[Corpus]:
    """What people write: own examples, then real ones where present."""
    return [_own_bodies(), *(_zipped(path) for path in _present("*reply_parser*.zip"))]


def _present(pattern: str) -> list[Path]:
    data = Path(os.environ.get("BLUELAMP_DATA", _CHECKOUT.parent / "shared" / "data"))
    return sorted((data / "email").glob(pattern))


def _sisimai(path: Path) -> Corpus:
    corpus = _zipped(path)
    table = path.with_name(path.name.replace("bounces", "expected")).with_suffix(".tsv")
    rows: dict[str, list[Expected]] = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            kind = {"feedback": "complaint", "vacation": "auto"}.get(row["reason"], "bounce")
            hard = row["hard_bounce"] == "1" if kind == "bounce" else None
            rows[row["file"]].append(Expected(kind, hard, row["reason"]))
    return Corpus(corpus.name, corpus.mails, dict(rows))


def _zipped(path: Path) -> Corpus:
    with zipfile.ZipFile(path) as archive:
        return Corpus(path.stem, {name: archive.read(name) for name in archive.namelist()})


def _own_bodies() -> Corpus:
    bodies = {
        "thanks": b"Thank you, that is good to know.\n",
        "bounced": b"Your last message was returned to me, undeliverable: user unknown.\n",
        "full": b"My mailbox is full of these, delivery failed again. 550 5.1.1?\n",
        "quoted": b"Is this from you?\n\n> Delivery to the following recipients failed.\n"
        b"> Status: 5.1.1\n> Final-Recipient: rfc822; a@example.org\n",
        "rejected": b"The council rejected my complaint and postmaster cannot help either.\n",
        "fields": b"I see this line, what does it mean?\n\nAction: failed\nStatus: 5.2.2\n",
    }
    return Corpus("own answers", bodies)
