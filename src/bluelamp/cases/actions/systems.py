"""Other case systems: set up, changed, checked, and told again what they refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.connectors.registry import KINDS, connector
from bluelamp.cases.errors import CaseRefusedError, SettingsRefusedError
from bluelamp.cases.models import CaseSystem, Link
from bluelamp.cases.queries.systems import changed_last, mark
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.values import LinkState
from bluelamp.channels import vault
from bluelamp.channels.actions import secret_fields
from bluelamp.channels.addresses import AGAIN, moved
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


def add_system(
    force: Force, kind: str, name: str, *, settings: Mapping[str, Any],
    secrets: Mapping[str, str], fields: Sequence[object], by: By, now: datetime,
) -> CaseSystem:  # fmt: skip
    """Add a system; what changes from now on is told there.

    :raises CaseRefusedError: a kind that there is not, or a field map that makes no sense.
    """
    actor = permit.answering(by, Acts.ACCOUNT_MANAGE, force)
    if kind not in KINDS:
        raise CaseRefusedError(_("There is no such kind of case system."))
    _sensible(fields)
    with acting(actor, "cases.add_system"):
        made = CaseSystem.objects.create(
            force=force, kind=kind, name=name, settings=dict(settings), fields=list(fields),
            since=now,
        )  # fmt: skip
        made.secret = vault.seal(made, secrets)
        made.save(update_fields=["secret"])
    return made


def parted(kind: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return checked settings, the open ones and the secrets apart.

    :raises SettingsRefusedError: naming each that does not fit; never its value.
    """
    model = connector(kind).settings_model
    try:
        made = model.model_validate({k: v for k, v in values.items() if v not in ("", None)})
    except ValidationError as error:
        raise SettingsRefusedError(
            {str(row["loc"][0]) if row["loc"] else "": row["msg"] for row in error.errors()}
        ) from None
    hidden = secret_fields(model)
    found = {name: getattr(made, name).get_secret_value() for name in hidden}
    secrets = {name: value for name, value in found.items() if value}
    return made.model_dump(mode="json", exclude=set(hidden)), secrets


def change_system(
    system: CaseSystem, *, name: str, values: Mapping[str, Any], active: bool, seen: str, by: By
) -> CaseSystem:
    """Change how a system is reached, or switch it off.

    Its secrets stay as they are, but where it is at another place then: there only
    those go that ``values`` bring.

    :param seen: the :func:`~bluelamp.cases.queries.systems.mark` of what the officer saw.
    :raises SettingsRefusedError: a setting does not fit, or secrets are wanted anew.
    :raises ChangedMeanwhileError: somebody changed it since.
    """
    actor = permit.answering(by, Acts.ACCOUNT_MANAGE, system)
    with acting(actor, "cases.change_system"):
        found = _seen(system, seen)
        plain, secret = _carried(found, values)
        _same_name(found, name)
        found.name, found.settings, found.active = name, plain, active
        found.secret = secret
        found.save(update_fields=["name", "settings", "active", "secret"])
        _awake(found)
    return found


def _carried(found: CaseSystem, values: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return changed settings, and the sealed secrets that may be sent to where they lead."""
    model, sealed = connector(found.kind).settings_model, vault.unseal(found)
    plain, _secrets = parted(found.kind, {**found.settings, **values, **sealed})
    if not moved(model, found.settings, plain):
        return plain, bytes(found.secret)
    if sealed and not any(values.get(name) for name in secret_fields(model)):
        raise SettingsRefusedError({"": _(AGAIN)})
    plain, given = parted(found.kind, {**found.settings, **values})
    return plain, vault.seal(found, given)


def change_fields(system: CaseSystem, fields: Sequence[object], *, seen: str, by: By) -> CaseSystem:
    """Change the field map; what was refused is not told again by itself.

    :raises CaseRefusedError: it makes no sense.
    :raises ChangedMeanwhileError: somebody changed the system since.
    """
    actor = permit.answering(by, Acts.ACCOUNT_MANAGE, system)
    with acting(actor, "cases.change_fields"):
        found = _seen(system, seen)
        _sensible(fields)
        found.fields = list(fields)
        found.save(update_fields=["fields"])
    return found


def replace_secret(system: CaseSystem, secrets: Mapping[str, str], *, by: By) -> CaseSystem:
    """Put new secrets in the place of the old ones; nobody sees either again."""
    actor = permit.answering(by, Acts.ACCOUNT_MANAGE, system)
    with acting(actor, "cases.replace_secret"):
        found = CaseSystem.objects.select_for_update().get(pk=system.pk)
        _plain, kept = parted(found.kind, {**found.settings, **secrets})
        found.secret = vault.seal(found, kept)
        found.save(update_fields=["secret"])
        _awake(found)
    return found


def check(system: CaseSystem, *, by: By) -> str:
    """Ask a system whether it would take a case; nothing is changed there.

    :raises bluelamp.kit.errors.BluelampError: it would not; the sentence says why.
    """
    permit.answering(by, Acts.ACCOUNT_MANAGE, system)
    return connector(system.kind).check(vault.settings_of(system))


def _awake(system: CaseSystem) -> None:
    """What is mended is tried at once, not when its rest is over."""
    CaseSystem.objects.filter(pk=system.pk).update(rests_until=None, problem="", failures=0)


def _seen(system: CaseSystem, seen: str) -> CaseSystem:
    found = CaseSystem.objects.select_for_update().get(pk=system.pk)
    if mark(found) != seen:
        raise meanwhile(*changed_last(found))
    return found


def _same_name(system: CaseSystem, name: str) -> None:
    others = CaseSystem.objects.filter(force=system.force_id, name=name).exclude(pk=system.pk)
    if others.exists():
        raise SettingsRefusedError({"name": _("Another case system has this name.")})


def _sensible(fields: Sequence[object]) -> None:
    try:
        fieldmap.read(fields)
    except ValueError as error:
        raise CaseRefusedError(
            _("The field map makes no sense: %(why)s"), why=str(error)
        ) from error


def tell_again(system: CaseSystem, *, by: By, now: datetime) -> int:
    """Try once more what failed for good (the field map was mended); return how much."""
    actor = permit.answering(by, Acts.ROUTING_MANAGE, system)
    with acting(actor, "cases.tell_again"):
        failed = Link.objects.filter(system=system, state=LinkState.FAILED)
        return failed.update(state=LinkState.READY, due_at=now, attempts=0)
