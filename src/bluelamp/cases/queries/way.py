"""The way back to the citizen: on which account, to whom, under what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bluelamp.cases.models import Case
from bluelamp.cases.values import Joined
from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Adapter, Capability, Fit, Utterance, Visibility
from bluelamp.channels.models import Account
from bluelamp.channels.queries import active_account
from bluelamp.inbound.models import Item
from bluelamp.kit.config import config
from bluelamp.kit.tokens import seal_mail
from bluelamp.org.models import Force


@dataclass(frozen=True, slots=True)
class Way:
    """How an answer to a case goes out."""

    account: Account
    item: Item
    """What it answers."""
    blank: Utterance
    """Everything but the words and the key."""

    @property
    def adapter(self) -> Adapter:
        """What speaks to the platform."""
        return registry.adapter(self.account.provider)

    @property
    def public(self) -> bool:
        """Whether everybody can read the answer."""
        return self.blank.visibility is Visibility.PUBLIC

    def saying(self, text: str, *, automatic: bool = False) -> Utterance:
        """Return the answer with its words."""
        return replace(self.blank, text=text, automatic=automatic)

    def fit(self, text: str) -> Fit:
        """Count an answer as the platform does."""
        return self.adapter.fit(self.saying(text), vault.settings_of(self.account))


_WRITTEN_TO = ("email", "sms")
"""Kinds of address that anything said by a form can be answered at."""


def way_to(case: Case, item: Item | None = None) -> Way | None:
    """Return how ``item``, else the last person who spoke, is answered; ``None``: no way."""
    said = item or last_spoken(case)
    return way_of(case, said) if said is not None else None


FindAccount = Callable[[Force, str, Capability], Account | None]


def way_of(case: Case, item: Item, *, find: FindAccount = active_account) -> Way | None:
    """Return how this thing that was said in a case is answered; ``None``: there is no way.

    On the platform where they spoke; an answer to a form, a call or a visit goes to the
    address that they left: by mail, or by text message where it is a number.

    :param find: the account that reaches a kind of address, where theirs cannot answer.
    """
    account = _account(item, find)
    if account is None:
        return None
    address = item.contact_point.address if item.contact_point else ""
    if item.external_id and account == item.account:
        private = item.visibility == Visibility.PRIVATE
        to = (item.conversation or item.author_id or item.sender) if private else ""
        visibility = Visibility(item.visibility)
        return Way(account, item, Utterance("", "", item.external_id, to, visibility))
    if not address or (item.external_id and item.channel not in _WRITTEN_TO):
        return None  # what a platform calls somebody means nothing on another
    blank = Utterance(
        "", "", item.raw.external_id, address, Visibility.PRIVATE, subject=_subject(case, item),
        reply_to=reply_address(case, account),
    )  # fmt: skip
    return Way(account, item, blank)


def no_way(case: Case, item: Item | None = None) -> str:
    """Say plainly why nobody can be answered, and what an officer can do instead."""
    item = item or last_spoken(case)
    point = item.contact_point if item is not None else None
    if item is not None and item.external_id and item.channel not in _WRITTEN_TO:
        return _("There is no way to answer: the account that they spoke to is closed.")
    if point is None or not point.address:
        return _("There is no way to answer: they left no address.")
    if point.channel == "sms":
        return _(
            "There is no way to answer in writing: they left only a phone number, and there is"
            " no account for text messages. Call %(number)s."
        ) % {"number": point.address}
    return _("There is no way to answer: there is no account for e-mail.")


def spoken(*cases: Case) -> QuerySet[Item]:
    """Return what people said in cases that can be answered, newest first."""
    heard = Item.objects.filter(in_case__case__in=cases, kind="human", deleted_at=None)
    heard = heard.exclude(in_case__why=Joined.REPEATS)  # who only shares waits for no answer
    # a form filled in by somebody whom we know from a platform: the answer goes there
    heard = heard.exclude(~Q(contact_point__channel__in=_WRITTEN_TO), external_id="")
    related = heard.select_related("account", "contact_point", "raw", "force")
    return related.order_by("-received_at", "-pk")


def last_spoken(case: Case) -> Item | None:
    """Return what was said last in a case; ``None``: nothing that could be answered."""
    return spoken(case).first()


def _account(item: Item, find: FindAccount) -> Account | None:
    account = item.account
    if account is not None and account.active:
        can = registry.adapter(account.provider).capabilities
        if Capability.REPLY in can:
            return account
    channel = item.contact_point.channel if item.contact_point else "email"
    by = channel if channel in _WRITTEN_TO else "email"
    return find(item.force, by, Capability.REPLY)


def _subject(case: Case, item: Item) -> str:
    if not case.shown_to_citizen:  # somebody else may see the list of their mail
        return "Your message"
    given = item.subject or "Your message to the police"
    return given if case.reference in given else f"{given} [{case.reference}]"


def reply_address(case: Case, account: Account) -> str:
    """Return the address whose mail belongs to this case."""
    return f"case-{seal_mail('case', case.pk, account.pk)}@{config().mail_domain}"
