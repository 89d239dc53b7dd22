"""Whether the citizen is shown their case: hidden by an officer or by themselves, shown again."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, Showing
from bluelamp.cases.values import Origin
from bluelamp.inbound import ingest
from bluelamp.inbound.values import EXCHANGE
from bluelamp.kit import live
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

CITIZEN = "cases.citizen"
"""The act under which a citizen looks at their case, adds to it, or wants no more of it."""


def hide(case: Case, *, reason: str, by: Officer, now: datetime) -> None:
    """Hide a case from its citizen's page.

    :raises CaseRefusedError: no reason.
    """
    _decide(case, Acts.CASE_WORK, shown=False, reason=reason, by=by, now=now)


def show(case: Case, *, reason: str, by: Officer, now: datetime) -> None:
    """Show a case on its citizen's page again.

    :raises CaseRefusedError: no reason.
    :raises bluelamp.org.errors.NotPermittedError: that is a supervisor's to decide.
    """
    _decide(case, Acts.CASE_SHOW, shown=True, reason=reason, by=by, now=now)


def _decide(case: Case, act: Acts, *, shown: bool, reason: str, by: Officer, now: datetime) -> None:
    if not reason.strip():
        raise CaseRefusedError(_("Say why: the next officer relies on it."))
    with changing(case, act, by=by, now=now, reason=reason) as found:
        if found.shown_to_citizen == shown:
            return
        _keep(found, shown=shown, origin=Origin.OFFICER, by=by, reason=reason.strip(), now=now)


def _keep(
    case: Case, *, shown: bool, origin: Origin, by: Officer | None, reason: str, now: datetime
) -> None:
    case.shown_to_citizen = shown
    case.save(update_fields=["shown_to_citizen"])
    Showing.objects.create(
        force_id=case.force_id, case=case, at=now, shown=shown, origin=origin, by=by, reason=reason
    )


# By the citizen themselves ----------------------------------------------------------


def decline(case: Case, *, once: UUID, by: Actor, now: datetime) -> None:
    """Hide a case because its citizen says that it is not safe to be contacted this way.

    Nothing is sent by itself from then on, and officers find it among what was said.
    """
    with acting(by, CITIZEN):
        found = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        _keep(found, shown=False, origin=Origin.CITIZEN, by=None, reason="", now=now)
        live.publish(f"case:{found.pk}", {"changed": now.isoformat()})
    said = _("They said on their case’s page that it is not safe to contact them this way.")
    add(case, said, once=once, now=now)


def add(case: Case, text: str, *, once: UUID, now: datetime) -> None:
    """Take what a citizen adds to their case: by the door, like everything that comes in.

    :param once: what makes a form that is sent twice one message.
    """
    point, account = case.contact_point, ingest.web_account(case.force, now=now)
    facts = {"text": text, "at": now.isoformat(), "conversation": f"{EXCHANGE}{case.pk}"}
    if point is not None:
        facts |= {
            "sender": point.address,
            "channel": point.channel,
            "sender_name": point.contact.name,
        }
    ingest.store(account, f"case {once}", json.dumps(facts).encode(), {}, now)
