"""A force's own wording, put in force or given up for the product's; nobody overwritten."""

from __future__ import annotations

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.queries.wording import SET, changed_last, mark
from bluelamp.cases.rules import wording
from bluelamp.cases.rules.outcomes import Choice, listed
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts

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
    actor = permit.answering(by, Acts.WORDING_MANAGE, force)
    if not reason.strip():
        raise CaseRefusedError("Say why.")
    with acting(actor, SET, reason=reason.strip()):
        held = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        if mark(held, key) != was:
            raise meanwhile(*changed_last(held, key))
        settings = {name: given for name, given in held.settings.items() if name != key}
        held.settings = settings if value is None else settings | {key: value}
        held.save(update_fields=["settings"])
