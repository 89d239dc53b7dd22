"""A force's own wording, put in force or given up for the product's; nobody overwritten."""

from __future__ import annotations

from bluelamp.cases.actions.settings import put
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.rules import wording
from bluelamp.cases.rules.outcomes import Choice, listed
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts

SET = "cases.set_wording"
Value = str | list[dict[str, str]]
"""Words, or the list of outcomes."""


def set_text(force: Force, key: str, words: str | None, *, was: str, reason: str, by: By) -> None:
    """Put a text of the force in force; ``None``: the product's words hold again.

    :param was: the ``mark`` of what the officer saw; another by now is not overwritten.
    :raises ChangedMeanwhileError: somebody changed it meanwhile.
    :raises CaseRefusedError: words that must not go out, or no reason.
    """
    text = wording.text_of(key)
    if text is None or (words is not None and wording.refused(text, words)):
        raise CaseRefusedError("These words must not go out.")
    _put(force, key, words, was=was, reason=reason, by=by)


def set_outcomes(
    force: Force, choices: list[Choice] | None, *, was: str, reason: str, by: By
) -> None:
    """Put a list of outcomes in force; ``None``: the product's holds again.

    :raises ChangedMeanwhileError: somebody changed it meanwhile.
    :raises CaseRefusedError: none, words that must not go out, or no reason.
    """
    if choices is not None and (
        not choices or any(wording.refused(wording.OUTCOME, one.words) for one in choices)
    ):
        raise CaseRefusedError("These words must not go out.")
    value = None if choices is None else listed(choices)
    _put(force, wording.OUTCOME.key, value, was=was, reason=reason, by=by)


def _put(force: Force, key: str, value: Value | None, *, was: str, reason: str, by: By) -> None:
    put(force, key, value, may=Acts.WORDING_MANAGE, act=SET, was=was, reason=reason, by=by)
