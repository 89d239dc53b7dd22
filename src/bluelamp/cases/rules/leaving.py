"""What is left of what the machine wrote down of somebody's words, once the words are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

JOIN = "; "
"""Between the signs in the reason for which a case is hidden."""


def headings_without(
    headings: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return the headings of an assessment with the words that are still there to be read.

    :param findings: what triage found in the items of the case that keep their words.
    """
    there: dict[str, set[str]] = {}
    for found in findings:
        for name, words in (found.get("headings") or {}).items():
            there.setdefault(name, set()).update(words)
    return {
        name: [word for word in words if word in there.get(name, ())]
        for name, words in headings.items()
    }


def reason_without(
    reason: str, findings: Iterable[Mapping[str, Any]], kinds: Collection[str]
) -> str:
    """Return why a case is hidden, by kinds alone where the words are no longer there.

    :param kinds: what a sign may be called; whatever else stands there is somebody's words.
    """
    there = {str(sign) for found in findings for sign in found.get("unsafe") or ()}
    signs = (_sign(part, there, kinds) for part in reason.split(JOIN))
    return JOIN.join(dict.fromkeys(filter(None, signs)))


def _sign(part: str, there: Collection[str], kinds: Collection[str]) -> str:
    if part in there or part in kinds:
        return part
    kind = part.partition(":")[0]
    return kind if kind in kinds else ""
