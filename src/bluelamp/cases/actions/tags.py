"""Tags: the force's list, and which of them a case carries."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CaseTag, Tagged
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


def define_tag(
    force: Force, name: str, *, by: By, description: str = "", active: bool = True,
    tag: CaseTag | None = None,
) -> CaseTag:  # fmt: skip
    """Add a tag to the force's list, or change one.

    The list is the whole force's: who may change it anywhere changes it for all.

    :raises CaseRefusedError: no name, or another tag has it.
    """
    who = _answering(by, force)
    name = " ".join(name.split())[:40]
    if not name:
        raise CaseRefusedError(_("Give the tag a name."))
    found = tag or CaseTag(force=force)
    key = name.casefold()[:40]
    if CaseTag.objects.filter(force=force, key=key).exclude(pk=found.pk).exists():
        raise CaseRefusedError(_("There is a tag “%(name)s” already."), name=name)
    with acting(who, Acts.TAG_MANAGE.value):
        found.name, found.key, found.active = name, key, active
        found.description = description.strip()[:200]
        found.save()
    return found


def _answering(by: By, force: Force) -> Actor:
    if isinstance(by, Officer):
        permit.require(by, Acts.TAG_MANAGE)
        if by.force_id != force.pk:
            raise CaseRefusedError(_("This list belongs to another force."))
        return by.as_actor()
    return by


def put_on(case: Case, tag: CaseTag, *, by: Officer, now: datetime) -> None:
    """Put a tag on a case; a second time changes nothing.

    :raises CaseRefusedError: it is not in the force's list any more.
    """
    if not tag.active or tag.force_id != case.force_id:
        raise CaseRefusedError(_("The tag “%(name)s” is not in use."), name=tag.name)
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        Tagged.objects.get_or_create(
            case=found, tag=tag, defaults={"force_id": found.force_id, "by": by, "at": now}
        )


def take_off(case: Case, tag: CaseTag, *, by: Officer, now: datetime) -> None:
    """Take a tag off a case; a second time changes nothing."""
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        Tagged.objects.filter(case=found, tag=tag).delete()
