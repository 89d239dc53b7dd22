"""What reads what came in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bluelamp.channels.models import Account
from bluelamp.channels.queries import accounts, active_account
from bluelamp.channels.registry import adapter, own
from bluelamp.inbound.models import Cursor, Item, ItemFile, RawItem
from bluelamp.inbound.rules.mail import tokens
from bluelamp.inbound.values import ItemState, Stage
from bluelamp.kit.config import config
from bluelamp.kit.moments import stamp
from bluelamp.kit.nav import NavItem
from bluelamp.kit.tokens import open_mail
from bluelamp.notices.models import Notice
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Message

_READERS = (Acts.REPLY_READ.value, Acts.INBOUND_READ.value)
NAV = (NavItem(_("Inbox"), "inbound:inbox", _READERS, order=20),)


def items(officer: Officer) -> QuerySet[Item]:
    """Return what the officer may read: replies to the unit's messages, or all of the force."""
    replies = permit.scope(officer, Acts.REPLY_READ, unit="message__unit")
    everything = Q(pk__in=[])
    if permit.may(officer, Acts.INBOUND_READ, officer.force):
        everything = Q(force=officer.force_id)
    found = Item.objects.filter(everything | (replies & Q(force=officer.force_id)))
    return found.select_related("message", "contact_point").order_by("-received_at", "-pk")


ON_THE_WAY = (Stage.UNDERSTOOD, Stage.MODERATED, Stage.THREADED, Stage.TRIAGED)
"""Stages in which nothing has been decided of an item yet."""


def in_a_case(found: QuerySet[Item]) -> QuerySet[Item]:
    """Return those of the items that a case has."""
    return found.filter(in_case__isnull=False)


def aside(found: QuerySet[Item]) -> QuerySet[Item]:
    """Return those of the items that no case has, though all is decided that was to be."""
    return found.filter(in_case__isnull=True).exclude(stage__in=ON_THE_WAY)


def raws(officer: Officer, state: ItemState) -> QuerySet[RawItem]:
    """Return what came in and became no item: whose it is nobody knows, so all of the force's."""
    if not permit.may(officer, Acts.INBOUND_READ, officer.force):
        return RawItem.objects.none()
    found = RawItem.objects.filter(force=officer.force_id, state=state)
    return found.select_related("account").order_by("-received_at", "-pk")


OFTEN = 3
"""Polls that failed in a row before the control room hears of it: once or twice heals itself."""


def unfetched(officer: Officer, *, failures: int = 1) -> QuerySet[Cursor]:
    """Return the accounts in use from which nothing can be fetched, and why.

    :param failures: how many times in a row, at least.
    """
    if not permit.may(officer, Acts.ACCOUNT_READ):
        return Cursor.objects.none()
    found = Cursor.objects.filter(force=officer.force_id, account__active=True)
    found = found.filter(failures__gte=failures).exclude(problem="")
    return found.select_related("account").order_by("account__name")


def troubles(officer: Officer, account: int) -> list[str]:
    """Say what keeps us from hearing an account, or from knowing whom (for its page)."""
    return [*_unfetched_words(officer, account), *_unchecked_words(officer, account)]


def _unfetched_words(officer: Officer, account: int) -> list[str]:
    return [
        ngettext(
            "Nothing could be fetched, once: %(why)s We try again %(at)s.",
            "Nothing could be fetched, %(n)d times in a row: %(why)s We try again %(at)s.",
            one.failures,
        ) % {"n": one.failures, "why": one.problem, "at": stamp(one.due_at)}
        for one in unfetched(officer).filter(account=account)
    ]  # fmt: skip


def _unchecked_words(officer: Officer, account: int) -> list[str]:
    found = accounts(officer).filter(pk=account).first()
    if config().authserv_id or found is None or not _brings_mail(found):
        return []
    words = _(
        "Nobody checks who sends the mail that comes in: anybody can write any sender into it."
        " Set BLUELAMP_AUTHSERV_ID to the name of your mail server; see “Whose mail it is” in"
        " docs/operating.md."
    )
    return [str(words)]


def _brings_mail(account: Account) -> bool:
    return account.provider != own().name and adapter(account.provider).channel == "email"


def attachments(officer: Officer) -> QuerySet[ItemFile]:
    """Return what came with the items that the officer may read."""
    return ItemFile.objects.filter(item__in=items(officer)).select_related("file")


def only_claims_its_sender(item: Item) -> bool:
    """Say whether an e-mail was looked at, and nothing but its own word says who sent it.

    Platforms know their authors; on our own pages people leave an address to be answered at.
    Where nobody looks, each mail would bear the mark, and none would be seen by it: that is
    said once, on the account's page (:func:`troubles`).
    """
    if item.account is None or item.proven is not False:
        return False
    return item.channel == "email" and item.account.provider != own().name


def account_of(recipients: Iterable[str]) -> Account | None:
    """Return the account whose mail this is: by our token, else by its own address."""
    wanted = [address.lower() for address in recipients]
    for use, token in tokens(wanted):
        found = _of_token(use, token)
        if found is not None:
            return found
    for account in Account.objects.filter(active=True).order_by("created_at", "pk"):
        if _addresses(account.settings) & set(wanted):
            return account
    return None


def _of_token(use: str, token: str) -> Account | None:
    if use == "case":
        exchange = open_mail("case", token)
        return Account.objects.filter(pk=exchange.contact_point).first() if exchange else None
    sealed = open_mail("notice" if use == "notice" else "mail", token)
    if sealed is None:
        return None
    if use == "notice":
        notice = Notice.objects.filter(pk=sealed.message).select_related("force").first()
        return active_account(notice.force, "email") if notice else None
    message = Message.objects.filter(pk=sealed.message).select_related("account", "force").first()
    if message is None:
        return None
    return message.account or active_account(message.force, "email")


def _addresses(settings: dict[str, Any]) -> set[str]:
    given = (settings.get("sender_address"), settings.get("reply_to"))
    return {str(address).lower() for address in given if address}
