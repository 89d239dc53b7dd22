"""What a force sets for itself, put in force or given up for the usual; nobody overwritten."""

from __future__ import annotations

from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.queries.settings import changed_last, mark
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.rules.settings import Json, Setting
from bluelamp.org.values import Acts

SET = "org.set_setting"


def set_setting(
    force: Force, setting: Setting[Any], value: Any, *, was: str, reason: str, by: By
) -> None:
    """Let a value hold from now on; the usual one leaves nothing stored.

    :param was: the ``mark`` of what the officer saw; another by now is not overwritten.
    :raises ChangedMeanwhileError: somebody changed it meanwhile.
    :raises CaseRefusedError: a value that its reader would not take, one that officers do not
        change, or no reason.
    """
    stored = setting.stored(value)
    left = {} if stored is None else {setting.key: stored}
    if setting.kept or setting.read(left) != value or setting.strange(left):
        raise CaseRefusedError("This cannot be set.")
    put(force, setting.key, stored, may=Acts.SETTING_MANAGE, act=SET, was=was, reason=reason, by=by)


def put(
    force: Force, key: str, value: Json | None, *,
    may: Acts, act: str, was: str, reason: str, by: By,
) -> None:  # fmt: skip
    """Store something under a key of the force; ``None``: nothing any more.

    :param may: what its maker has to be allowed over the whole force.
    :param act: its name in the record.
    :raises ChangedMeanwhileError: it is not what ``was`` is the mark of.
    :raises CaseRefusedError: no reason.
    """
    actor = permit.answering(by, may, force)
    if not reason.strip():
        raise CaseRefusedError("Say why.")
    with acting(actor, act, reason=reason.strip()):
        held = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        if mark(held, key) != was:
            last = changed_last(held, [key])[key]
            raise meanwhile(last.who, last.at)
        settings = {name: given for name, given in held.settings.items() if name != key}
        held.settings = settings if value is None else settings | {key: value}
        held.save(update_fields=["settings"])
