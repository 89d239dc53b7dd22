"""What changes people, grants and duties.

``by`` is the officer who acts, whom ``permit`` has to allow it, or an
:class:`~bluelamp.audit.values.Actor` for an operator at the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.org import permit
from bluelamp.org.errors import (
    GrantRefusedError,
    NotPermittedError,
    OrgChangeError,
    ShiftRefusedError,
)
from bluelamp.org.models import Force, Grant, Officer, OfficerSkill, Rota, Shift, Skill, Unit
from bluelamp.org.permit import By
from bluelamp.org.rules import shifts
from bluelamp.org.rules.grants import may_grant
from bluelamp.org.rules.walls import Stretch
from bluelamp.org.values import Acts, Role, UnitKind

# --- forces and units ---


def create_force(
    *, by: Actor, slug: str, name: str, short_name: str, hosts: list[str], **more: Any
) -> Force:
    """Make a force and the unit at its root."""
    with acting(by, "org.create_force"):
        force = Force.objects.create(
            slug=slug, name=name, short_name=short_name, hosts=[h.lower() for h in hosts], **more
        )
        create_unit(force, None, code="HQ", name=name, kind=UnitKind.FORCE, by=by)
    return force


def create_unit(
    force: Force, parent: Unit | None, *, code: str, name: str, kind: UnitKind, by: By,
    email: str = "",
) -> Unit:  # fmt: skip
    """Make a unit below ``parent``; its path is the parent's with its own id."""
    actor = permit.answering(by, Acts.ORG_MANAGE, parent or force)
    with acting(actor, Acts.ORG_MANAGE):
        unit = Unit.objects.create(
            force=force, parent=parent, code=code, name=name, kind=kind, email=email, path=""
        )
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
    return unit


# --- officers ---


def create_officer(
    unit: Unit, *, by: By, number: str, name: str, email: str, rank: str = "", password: str = ""
) -> Officer:
    """Make an officer; without a password they sign in by the force's identity provider."""
    actor = permit.answering(by, Acts.ORG_MANAGE, unit)
    officer = Officer(
        force_id=unit.force_id, unit=unit, number=number, name=name, email=email.lower(), rank=rank
    )
    officer.set_password(password or None)
    with acting(actor, Acts.ORG_MANAGE):
        officer.save()
    return officer


def set_password(officer: Officer, password: str, *, by: By) -> None:
    """Give an officer a new password and end their sessions."""
    actor = permit.answering(by, Acts.ORG_MANAGE, officer)
    officer.set_password(password)
    with acting(actor, "org.set_password"):
        officer.save(update_fields=["password"])
        end_sessions(officer)


def deactivate(officer: Officer, *, by: By, reason: str) -> Officer:
    """Take an officer out of service: sessions end at once, grants no longer count."""
    actor = permit.answering(by, Acts.ORG_MANAGE, officer)
    if isinstance(by, Officer) and by.pk == officer.pk:
        raise OrgChangeError(_("You cannot deactivate yourself."))
    with acting(actor, "org.deactivate", reason=reason):
        officer.is_active = False
        officer.save(update_fields=["is_active"])
        end_sessions(officer)
    return officer


def reactivate(officer: Officer, *, by: By, reason: str) -> Officer:
    """Take an officer back into service."""
    actor = permit.answering(by, Acts.ORG_MANAGE, officer)
    with acting(actor, "org.reactivate", reason=reason):
        officer.is_active = True
        officer.save(update_fields=["is_active"])
    return officer


def end_sessions(officer: Officer) -> int:
    """End every session of an officer; return how many there were."""
    sessions = list(UserSession.objects.filter(user=officer))
    for session in sessions:
        session.end()
    return len(sessions)


def sign_out_everywhere(officer: Officer, *, by: By) -> int:
    """End every session of another officer."""
    actor = permit.answering(by, Acts.ORG_MANAGE, officer)
    with acting(actor, "org.end_sessions"):
        return end_sessions(officer)


# --- grants ---


def grant(
    officer: Officer, role: Role, unit: Unit, *, by: By, now: datetime,
    expires: datetime | None = None, reason: str = "",
) -> Grant:  # fmt: skip
    """Give an officer a role over a unit and all below it.

    :raises GrantRefusedError: to oneself, or beyond the granter's own part of the force.
    """
    actor = _granter(officer, unit, by)
    if expires is not None and expires <= now:
        raise GrantRefusedError(_("A grant has to expire in the future."))
    with acting(actor, Acts.GRANT_MANAGE, reason=reason):
        return Grant.objects.create(
            force_id=unit.force_id, officer=officer, role=role, unit=unit, starts=now,
            expires=expires, reason=reason, granted_by=by if isinstance(by, Officer) else None,
        )  # fmt: skip


def revoke(held: Grant, *, by: By, now: datetime, reason: str = "") -> Grant:
    """Take a grant back, at once."""
    actor = _granter(held.officer, held.unit, by)
    with acting(actor, Acts.GRANT_MANAGE, reason=reason):
        held.revoked_at = now
        held.save(update_fields=["revoked_at"])
    return held


def _granter(officer: Officer, unit: Unit, by: By) -> Actor:
    if officer.force_id != unit.force_id:
        raise GrantRefusedError(_("Officer and unit belong to different forces."))
    if isinstance(by, Actor):
        return by
    if by.force_id != unit.force_id:
        raise NotPermittedError(Acts.GRANT_MANAGE.value)
    within = permit.paths(by, Acts.GRANT_MANAGE)
    if not within:
        raise NotPermittedError(Acts.GRANT_MANAGE.value)
    why = may_grant(
        by.pk, officer.pk, within=within, path=unit.path, receiver_path=officer.unit.path
    )
    if why:
        raise GrantRefusedError(_GRANT_REFUSALS[why]())
    return by.as_actor()


_GRANT_REFUSALS = {
    "own": lambda: _("You cannot change your own grants. Ask another administrator."),
    "unit": lambda: _("This unit is outside the part of the force that you administer."),
    "officer": lambda: _("This officer is outside the part of the force that you administer."),
}


# --- skills ---


def define_skill(force: Force, *, code: str, name: str, by: By) -> Skill:
    """Name a skill that work may need."""
    actor = permit.answering(by, Acts.ORG_MANAGE, force)
    with acting(actor, Acts.ORG_MANAGE):
        return Skill.objects.create(force=force, code=code, name=name)


def give_skill(
    officer: Officer, skill: Skill, *, by: By, until: date | None = None
) -> OfficerSkill:
    """Record that an officer has a skill, until it lapses."""
    actor = permit.answering(by, Acts.ORG_MANAGE, officer)
    if skill.force_id != officer.force_id:
        raise OrgChangeError(_("This skill belongs to another force."))
    with acting(actor, Acts.ORG_MANAGE):
        held, _new = OfficerSkill.objects.update_or_create(
            officer=officer, skill=skill,
            defaults={"force_id": officer.force_id, "expires_on": until},
        )  # fmt: skip
    return held


def take_skill(held: OfficerSkill, *, by: By) -> None:
    """Remove a skill from an officer."""
    actor = permit.answering(by, Acts.ORG_MANAGE, held.officer)
    with acting(actor, Acts.ORG_MANAGE):
        held.delete()


# --- duties ---


def define_rota(unit: Unit, *, name: str, anchor: date, pattern: Any, by: By) -> Rota:
    """Define or change a unit's repeating pattern.

    :raises RotaPatternError: the pattern cannot be read or overlaps itself.
    """
    actor = permit.answering(by, Acts.ROTA_MANAGE, unit)
    shifts.parse_pattern(pattern)
    if anchor.weekday() != 0:
        raise OrgChangeError(_("A rota begins on a Monday."))
    with acting(actor, Acts.ROTA_MANAGE):
        rota, _new = Rota.objects.update_or_create(
            unit=unit, name=name,
            defaults={"force_id": unit.force_id, "anchor": anchor, "pattern": pattern},
        )  # fmt: skip
    return rota


def draw_shifts(
    rota: Rota, officers: Iterable[Officer], *, first: date, last: date, by: By,
    on_call: bool = False,
) -> list[Shift]:  # fmt: skip
    """Draw a rota's shifts for a period, both days included, for these officers.

    :raises ShiftRefusedError: one would overlap a shift that an officer already has.
    """
    stretches = shifts.draw(rota.pattern, rota.anchor, first, last)
    return add_shifts(rota.unit, officers, stretches, by=by, rota=rota, on_call=on_call)


def add_shifts(
    unit: Unit, officers: Iterable[Officer], stretches: Iterable[Stretch], *, by: By,
    rota: Rota | None = None, on_call: bool = False,
) -> list[Shift]:  # fmt: skip
    """Put officers on duty; all or nothing."""
    actor, wanted = permit.answering(by, Acts.ROTA_MANAGE, unit), list(stretches)
    people = sorted(officers, key=lambda officer: officer.pk)
    with acting(actor, Acts.ROTA_MANAGE):
        for officer in people:
            _refuse_overlap(officer, unit, wanted)
        return Shift.objects.bulk_create(
            Shift(
                force_id=unit.force_id, unit=unit, officer=officer, rota=rota, on_call=on_call,
                starts=stretch.starts, ends=stretch.ends,
            )
            for officer in people for stretch in wanted
        )  # fmt: skip


def _refuse_overlap(officer: Officer, unit: Unit, wanted: list[Stretch]) -> None:
    """Lock the officer's row, so that two writers cannot both find room, and look."""
    if officer.force_id != unit.force_id:
        raise OrgChangeError(_("Officer and unit belong to different forces."))
    Officer.objects.select_for_update().only("pk").get(pk=officer.pk)
    if not wanted:
        return
    span = {
        "starts__lt": max(stretch.ends for stretch in wanted),
        "ends__gt": min(stretch.starts for stretch in wanted),
    }
    there = Shift.objects.filter(officer=officer, **span).values_list("starts", "ends")
    clash = shifts.first_overlap([*wanted, *(Stretch(*pair) for pair in there)])
    if clash:
        raise ShiftRefusedError(
            _("%(officer)s already has a shift from %(starts)s.")
            % {"officer": officer.label, "starts": f"{clash[0].starts:%Y-%m-%d %H:%M} UTC"}
        )


def remove_shift(shift: Shift, *, by: By) -> None:
    """Take an officer off duty."""
    actor = permit.answering(by, Acts.ROTA_MANAGE, shift.unit)
    with acting(actor, Acts.ROTA_MANAGE):
        shift.delete()
