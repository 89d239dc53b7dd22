"""Other case systems: set up, and told again what they refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.connectors.registry import KINDS
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import CaseSystem, Link
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.values import LinkState
from bluelamp.channels import vault
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
    try:
        fieldmap.read(fields)
    except ValueError as error:
        raise CaseRefusedError(
            _("The field map makes no sense: %(why)s"), why=str(error)
        ) from error
    with acting(actor, "cases.add_system"):
        made = CaseSystem.objects.create(
            force=force, kind=kind, name=name, settings=dict(settings), fields=list(fields),
            since=now,
        )  # fmt: skip
        made.secret = vault.seal(made, secrets)
        made.save(update_fields=["secret"])
    return made


def tell_again(system: CaseSystem, *, by: By, now: datetime) -> int:
    """Try once more what failed for good (the field map was mended); return how much."""
    actor = permit.answering(by, Acts.ROUTING_MANAGE, system)
    with acting(actor, "cases.tell_again"):
        failed = Link.objects.filter(system=system, state=LinkState.FAILED)
        return failed.update(state=LinkState.READY, due_at=now, attempts=0)
