"""Who may be one person: what is suggested, with its evidence, as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from bluelamp.cases import labels
from bluelamp.cases.forms.person import SameForm
from bluelamp.cases.models import Suggestion
from bluelamp.cases.queries import people as found_in
from bluelamp.cases.queries.identities import Proof, proofs, suggestions
from bluelamp.cases.rules.naming import shown_name
from bluelamp.cases.values import SuggestionState
from bluelamp.kit import clock
from bluelamp.kit.page import Link
from bluelamp.members.models import Contact
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def rooms(officer: Officer, here: str) -> list[Link]:
    """Return the lists about people that are open to the officer, with how much waits in each."""
    found = []
    if permit.may(officer, Acts.REVIEW_DECIDE):
        waiting = found_in.due(officer, clock.now().date()).count()
        found.append(Link(_("Reviews"), reverse("contacts:reviews"), here == "reviews", waiting))
    if permit.may(officer, Acts.CONTACT_MERGE, officer.force):
        waiting = suggestions(officer).filter(state=SuggestionState.PROPOSED).count()
        found.append(Link(_("One person?"), reverse("contacts:same"), here == "same", waiting))
    return found


def shown_suggestions(
    found: Iterable[Suggestion], ids: Iterable[int], wrong: dict[str, Form]
) -> list[dict[str, Any]]:
    """Return suggestions as they are shown; what has lost its evidence is left out.

    :param ids: the contacts whose page it is: the other side is named first.
    """
    shown = [(one, proofs(one)) for one in found]
    return [_suggestion(one, known, set(ids), wrong) for one, known in shown if known]


def _suggestion(
    one: Suggestion, known: list[Proof], ids: set[int], wrong: dict[str, Form]
) -> dict[str, Any]:
    pair = sorted((one.one, one.other), key=lambda contact: contact.pk in ids)
    names = {contact.pk: _name(contact) for contact in pair}
    forms = {name: wrong.get(f"{name}-{one.pk}") for name in ("take", "refuse")}
    return {
        "suggestion": one, "sure": labels.surety_tag(one.confidence), "ids": ids,
        "pair": [(contact, names[contact.pk]) for contact in pair],
        "proofs": [
            {"who": names[proof.contact], "source": labels.SOURCES[proof.source],
             "words": proof.words, "item": proof.item}
            for proof in known
        ],
        "forms": {name: form or SameForm(auto_id=f"{name}-{one.pk}-%s")
                  for name, form in forms.items()},
        "open": {name: form is not None for name, form in forms.items()},
    }  # fmt: skip


def _name(contact: Contact) -> str:
    first = contact.points.order_by("pk").first()
    name = shown_name(contact.name, first.address if first else "")
    channel = labels.channel(first.channel) if first else ""
    return _("%(name)s (%(channel)s)") % {"name": name, "channel": channel}
