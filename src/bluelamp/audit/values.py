"""Who acts, what kinds of entry the record knows, and what a seal says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What stands behind an act."""

    OFFICER = "officer"
    MEMBER = "member"  # signed in by a code or a sealed link
    VISITOR = "visitor"  # on a public page, unknown
    SYSTEM = "system"  # a job, a timetable, a provider's report
    OPERATOR = "operator"  # at the command line


class Operation(StrEnum):
    """What happened to a row."""

    INSERT = "I"
    UPDATE = "U"
    DELETE = "D"
    READ = "R"  # personal data was shown
    ERASE = "E"  # the content of an older entry was erased


@dataclass(frozen=True, slots=True)
class Actor:
    """Who answers for an act: kind, id and label, never a foreign key.

    ``label`` is what a reader of the record sees years later: an officer's
    name and number, never a member's name or address.
    """

    kind: ActorKind
    id: str
    label: str
    force: int | None = None
    source: str = ""
    """From where: an IP address, a host's name, a command."""


SYSTEM = Actor(ActorKind.SYSTEM, "", "Bluelamp")
"""The product itself, where no person stands behind an act."""


@dataclass(frozen=True, slots=True)
class SealBody:
    """What a seal states and signs; all numbers are the database's.

    It covers every act with ``from_xid <= xid < to_xid`` and ``id > after_act``,
    and every entry likewise.  ``after_*`` are 0 until the database is restored
    from a dump into another cluster, whose transaction counter starts anew: the
    seals that follow count only rows newer than those restored.
    """

    id: int
    at: int
    """Microseconds since 1970, UTC."""
    from_xid: int
    to_xid: int
    after_act: int
    after_entry: int
    through_act: int
    """The greatest act id sealed so far."""
    through_entry: int
    leaves: int
    root: str
    """Merkle root (RFC 6962), hexadecimal."""
    previous: str
    """SHA-256 of the previous seal's body, hexadecimal; 64 zeros for the first."""
    lost_from: int
    """The first of the seals whose rows a declared restore lost, or 0."""


@dataclass(frozen=True, slots=True)
class SignedSeal:
    """A seal with the Ed25519 signature over its body."""

    body: SealBody
    key_id: int
    signature: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded."""

    kind: str
    """A key of :data:`SENTENCES`."""
    table: str
    row: str
    text: str
    """A sentence for the person who asked."""


SENTENCES: dict[str, str] = {
    "bad_line": "Line {row} of the published seals is not a seal.",
    "seal_removed": "Seal {row} was published but is not in the database: it was removed there"
    " (or the sealer was interrupted; “bluelamp audit seal” then puts it back).",
    "seal_unpublished": "Seal {row} is in the database but was never published.",
    "seal_differs": "Seal {row} in the database differs from the published one.",
    "seal_unsigned": "Seal {row} is not signed by our key.",
    "seal_misplaced": "Seal {row} does not follow the one before it: a seal is missing or forged.",
    "rows_deleted": "Seal {row}: {sealed} rows were sealed, {there} are there; rows were deleted.",
    "rows_inserted": "Seal {row}: {sealed} rows were sealed, {there} are there; some were put in.",
    "rows_changed": "Seal {row}: its {sealed} rows are not those that were sealed;"
    " they were edited, moved or replaced.",
    "under_no_seal": "{table} {row} is under no seal of its time: it was inserted.",
    "no_act": "{table} {row} ({thing}) belongs to no act of its transaction: it was inserted, or"
    " its act was deleted.",
    "leaf": "{table} {row} was edited: its columns do not give its leaf.",
    "digest": "{table} {row} was edited: its content does not give its digest.",
    "not_erased": "{table} {row} lost its content, and no recorded erasure names it.",
    "mark": "{table} {row} does not bear our mark: Bluelamp did not write it, or its actor was"
    " changed.",
    "nonce": "{table} {row} repeats the nonce of act {other}: it was copied.",
}
"""What a verification can find, in words."""
