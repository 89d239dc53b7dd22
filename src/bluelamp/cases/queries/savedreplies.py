"""A saved reply as it would be said in a case: its fields filled, fit to the channel."""

from __future__ import annotations

from dataclasses import dataclass

from bluelamp.cases.models import ArticleVersion, Case
from bluelamp.cases.queries.way import Way
from bluelamp.cases.rules import openhours
from bluelamp.cases.rules.phones import PUBLIC_PHONES, phone_for
from bluelamp.cases.rules.savedreply import Filled, ReplyField, choose, fill
from bluelamp.channels.contract import Fit
from bluelamp.org.models import Calendar, Force, Officer, Unit


@dataclass(frozen=True, slots=True)
class Ready:
    """A reply that can be put into the answer."""

    filled: Filled
    fit: Fit
    short: bool
    """It is the short one: the long one does not fit."""


def values_for(case: Case, officer: Officer, way: Way) -> dict[str, str]:
    """Return what is known of a case for the fields of a reply.

    In public nobody is named.  The phone is the one that the force gives to the public
    (``rules/phones.py``): never a unit's own, which is the on-call one.
    """
    return {
        ReplyField.CITIZEN_NAME: "" if way.public else _citizen(case, way),
        ReplyField.REFERENCE: case.reference,
        ReplyField.OFFICER_NAME: f"{officer.rank} {officer.name}".strip(),
        ReplyField.UNIT_NAME: case.unit.name,
        ReplyField.UNIT_PHONE: _phone(case.unit, case.force),
        ReplyField.OPEN_HOURS: _hours(case),
        ReplyField.FORCE_NAME: case.force.name,
    }


def _citizen(case: Case, way: Way) -> str:
    known = case.contact.name if case.contact else ""
    return known or way.item.sender_name


def _phone(unit: Unit, force: Force) -> str:
    above = [int(part) for part in unit.path.split("/") if part]
    codes: list[str] = []
    if PUBLIC_PHONES.read(force.settings):
        units = Unit.objects.filter(pk__in=above).order_by("-path")
        codes = list(units.values_list("code", flat=True))
    return phone_for(force.settings, codes)


def _hours(case: Case) -> str:
    """Return when the unit reads, else the force; nothing where no calendar says so."""
    own = Calendar.objects.filter(force=case.force_id, unit=case.unit_id).order_by("pk").first()
    calendar = own or Calendar.objects.filter(force=case.force_id, unit=None).order_by("pk").first()
    return openhours.in_words(calendar.week) if calendar else ""


def ready(text: ArticleVersion, values: dict[str, str], way: Way) -> Ready | None:
    """Return an article's reply for a channel: the long one, or the short where that fits.

    ``None`` where the article has no reply.
    """
    made = {one.text: one for one in (fill(text.reply, values), fill(text.short_reply, values))}
    chosen = choose(made, lambda words: way.fit(words).fits)
    if not chosen:
        return None
    filled = made[chosen]
    return Ready(filled, way.fit(chosen), short=chosen != fill(text.reply, values).text)
