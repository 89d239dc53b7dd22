"""What is told without approval: codes, decisions wanted and taken, test copies.

The state column is the queue.  An attempt is claimed in one transaction and sent
with none open: codes must go within seconds, and a mail server may take its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Capability, ChannelError, Content, Envelope, OutcomeKind
from bluelamp.channels.models import Account
from bluelamp.channels.queries import active_account
from bluelamp.kit.config import config
from bluelamp.kit.queue import app, nudge
from bluelamp.kit.tokens import seal_mail
from bluelamp.notices import rules
from bluelamp.notices.models import Notice, Page
from bluelamp.notices.values import NoticeKind, NoticeState
from bluelamp.org.models import Force

CLAIMED_FOR = timedelta(minutes=2)
"""A claim that is not settled by then was a worker's that died: it is tried again.

The Message-ID is the notice's own, so that a second copy is the same mail.
"""


def tell(
    force: Force,
    *,
    kind: NoticeKind,
    address: str,
    subject: str,
    text: str,
    now: datetime,
    html: str = "",
    channel: str = "email",
    headers: Mapping[str, str] | None = None,
    page: Page | None = None,
) -> Notice:
    """Queue one notice in the caller's transaction and nudge the job that sends it.

    :param page: the ringing whose present rung it is a part of.
    """
    notice = Notice.objects.create(
        force=force, kind=kind, channel=channel, address=address, subject=subject,
        text=text, html=html, headers=dict(headers or {}), due_at=now, made_at=now,
        page=page, rung=page.step if page else 0,
    )  # fmt: skip
    nudge(app.tasks["bluelamp.notices.jobs.send"], notice=notice.pk)
    return notice


def due(now: datetime) -> list[int]:
    """Return the numbers of the notices whose time has come, oldest first."""
    waiting = Notice.objects.filter(
        state__in=[NoticeState.WAITING, NoticeState.SENDING], due_at__lte=now
    )
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:500])


def claim(pk: int, *, now: datetime) -> Notice | None:
    """Take a notice whose time has come; None where another worker has it or it is done."""
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("force", "page")
            .filter(pk=pk, state__in=[NoticeState.WAITING, NoticeState.SENDING], due_at__lte=now)
            .first()
        )
        if notice is None:
            return None
        notice.state, notice.attempts = NoticeState.SENDING, notice.attempts + 1
        notice.due_at = now + CLAIMED_FOR
        notice.save(update_fields=["state", "attempts", "due_at"])
    return notice


def send(notice: Notice, *, now: datetime) -> NoticeState:
    """Send a claimed notice and settle what became of it."""
    if now > rules.useful_until(notice.kind, notice.made_at):
        return _fail(notice, "It came too late to be of use.", now=now)
    if notice.page is not None and notice.page.answered_at is not None:
        return _fail(notice, "Somebody has answered already.", now=now)
    account = active_account(notice.force, notice.channel, Capability.SEND)
    if account is None:
        return _again(notice, "There is no active account.", now=now)
    try:
        outcome = registry.adapter(account.provider).send(
            envelope(notice, account), vault.settings_of(account)
        )
    except ChannelError as error:
        if error.permanent:  # another attempt would only keep who waits for it waiting
            return _fail(notice, str(error), now=now)
        return _again(notice, str(error), now=now, asked=error.retry_after)
    if outcome.kind is OutcomeKind.ACCEPTED:
        return _settle(notice, NoticeState.SENT, sent_at=now)
    if outcome.kind is OutcomeKind.DEFERRED:
        return _again(notice, f"{outcome.code} {outcome.detail}", now=now)
    return _fail(notice, f"{outcome.code} {outcome.detail}", now=now)


def envelope(notice: Notice, account: Account) -> Envelope:
    """Return the notice as one complete envelope."""
    token = seal_mail("notice", notice.pk, 0)
    name, address = sender_of(account)
    headers = {"Auto-Submitted": "auto-generated"} | notice.headers
    content = Content(notice.subject, notice.text, notice.html, headers)
    domain = config().mail_domain
    return Envelope(
        to=notice.address,
        content=content,
        sender_name=name,
        sender_address=address,
        message_id=f"{token}@{domain}",
        return_path=f"notice-{token}@{domain}",
    )


def sender_of(account: Account) -> tuple[str, str]:
    """Return the name and address that mail from this account comes from."""
    settings = account.settings
    address = str(settings.get("sender_address") or f"alerts@{config().mail_domain}")
    name = str(settings.get("sender_name") or account.force.name)
    return name, parseaddr(address)[1] or address


def _again(
    notice: Notice, problem: str, *, now: datetime, asked: timedelta | None = None
) -> NoticeState:
    at = rules.next_attempt(notice.attempts, now=now, asked=asked)
    if at is None:
        return _fail(notice, problem, now=now)
    notice.state, notice.due_at, notice.problem = NoticeState.WAITING, at, problem[:200]
    notice.save(update_fields=["state", "due_at", "problem"])
    return NoticeState.WAITING


def _fail(notice: Notice, problem: str, *, now: datetime) -> NoticeState:
    with transaction.atomic():
        _settle(notice, NoticeState.FAILED, problem=problem[:200])
        if notice.page is not None:
            _climb(notice.page, notice.rung, now)
    return NoticeState.FAILED


def _climb(page: Page, rung: int, now: datetime) -> None:
    """Where a rung has reached nobody, do not wait for its answer: ring the next one now.

    The last rung keeps its pace: it is rung again, and would be without a pause.
    """
    here = Page.objects.select_for_update().filter(pk=page.pk, step=rung + 1, answered_at=None)
    if rules.is_last(rung) or not here.exists():
        return
    told = Notice.objects.filter(page=page, rung=rung).exclude(state=NoticeState.FAILED)
    if not told.exists():
        with acting(SYSTEM, "notices.climb"):
            here.update(next_at=now)
        nudge(app.tasks["bluelamp.notices.jobs.ring"])


def _settle(notice: Notice, state: NoticeState, **more: object) -> NoticeState:
    """End a notice and forget whom it was for and what it said."""
    Notice.objects.filter(pk=notice.pk).update(
        state=state, address="", subject="", text="", html="", headers={}, **more
    )
    return state
