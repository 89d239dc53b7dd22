"""RFC 3464: the machine-readable fields of a delivery report.

Read from ``message/delivery-status`` parts, and from any other text that
carries such fields, because gateways flatten, relabel and truncate reports.
"""

from __future__ import annotations

import re

from . import addresses
from .message import Mail
from .values import Evidence

Fields = dict[str, str]

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9\-]{1,60}):[ \t]?(.*)$")
_RECIPIENT = ("original-recipient", "final-recipient", "x-actual-recipient", "x-original-recipient")
_SHORT = re.compile(r"[^\W\d_]{3,}")


def groups(text: str) -> list[Fields]:
    """Blocks of ``Name: value`` lines, unfolded, names in lower case.

    A block ends at an empty line, or where a recipient field comes again.
    """
    blocks: list[Fields] = [{}]
    last = ""
    for line in text.split("\n"):
        found = _FIELD.match(line)
        if found:
            last = found.group(1).lower()
            if last in _RECIPIENT and last in blocks[-1]:
                blocks.append({})
            blocks[-1].setdefault(last, found.group(2).strip())
        elif line[:1] in (" ", "\t") and line.strip() and last:
            blocks[-1][last] = f"{blocks[-1][last]} {line.strip()}".strip()
        elif not line.strip():
            last = ""
            blocks.append({})
        else:
            last = ""
    return [block for block in blocks if block]


def per_recipient(blocks: list[Fields]) -> list[Fields]:
    """The blocks that speak of one recipient and of its fate."""
    return [
        block
        for block in blocks
        if any(name in block for name in _RECIPIENT)
        and any(name in block for name in ("action", "status", "diagnostic-code", "ction"))
    ]


def read(mail: Mail) -> list[Evidence]:
    """Evidence of every recipient block, in the order of the report."""
    found: list[Evidence] = []
    for text in _sources(mail):
        blocks = groups(text)
        reporter = next((b["reporting-mta"] for b in blocks if "reporting-mta" in b), "")
        found += [evidence(block, reporter) for block in per_recipient(blocks)]
    return found


def _sources(mail: Mail) -> list[str]:
    """Where the fields are: the report part, plain text, or a report within a report."""
    places = (
        [part.text for part in mail.parts if part.type.endswith("delivery-status")],
        [part.text for part in mail.parts if part.type.startswith(("text/pl", "multipart/"))],
        mail.nested("message/delivery-status"),
    )
    return next((p for p in places if any(per_recipient(groups(text)) for text in p)), [])


def evidence(block: Fields, reporter: str = "") -> Evidence:
    """One recipient block as evidence."""
    kind, _, said = block.get("diagnostic-code", "").partition(";")
    if not said or len(kind) > 20 or " " in kind.strip():
        kind, said = "", block.get("diagnostic-code", "")
    status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", block.get("status", ""))
    return Evidence(
        recipient=recipient(block),
        action=block.get("action", block.get("ction", "")).split(" ")[0].split(";")[0].lower(),
        status=status.group(0) if status else "",
        diagnostic_type=kind.strip().lower(),
        diagnostic=_with_comment(said.strip(), block.get("status", "")),
        remote=_host(block.get("remote-mta", "")),
        reporter=_host(reporter),
        category=_category(block),
    )


def _with_comment(said: str, status: str) -> str:
    """Where no diagnostic is given, the comment of ``Status: 5.4.4 (why)`` serves."""
    if _SHORT.search(said):
        return said
    comment = re.search(r"\((.*)\)", status)
    return f"{said} {comment.group(1)}".strip() if comment else said


def recipient(block: Fields) -> str:
    """The address as we wrote to it: the original recipient where it is given."""
    for name in _RECIPIENT:
        value = block.get(name, "").rpartition(";")[2] or block.get(name, "")
        address = addresses.first(value)
        if address:
            return address
    value = next((block[name] for name in _RECIPIENT if block.get(name)), "")
    return value.rpartition(";")[2].strip(" <>")


def _category(block: Fields) -> str:
    return next((v.lower() for k, v in block.items() if k.endswith("bouncecategory")), "")


def _host(value: str) -> str:
    return value.rpartition(";")[2].strip().split(" ")[0].lower()
