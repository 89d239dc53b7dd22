"""What officers do with guidance beside a case: put its reply into theirs, say if it helped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bluelamp.cases.actions.answer import draft
from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Article, ArticleUse, Case, Reply
from bluelamp.cases.queries.casefile import answered
from bluelamp.cases.queries.savedreplies import Ready, ready, values_for
from bluelamp.cases.queries.way import way_to
from bluelamp.cases.rules.savedreply import joined
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def judge(article: Article, case: Case, *, useful: bool, by: Officer, now: datetime) -> None:
    """Say whether an article was of use in a case: one voice each officer and case.

    Another word later takes the place of the first.
    """
    with changing(case, Acts.CASE_WORK, by=by, now=now, told=False) as found:
        _note(article, found, by, {"useful": useful, "at": now})


def use_reply(
    article: Article,
    case: Case,
    *,
    written: str,
    by: Officer,
    now: datetime,
    item: int | None = None,
) -> tuple[Reply, Ready]:
    """Put an article's reply into the officer's draft, below what they wrote already.

    Counted once each officer and case.  The draft goes through the checks of any answer;
    a field that is left in it is refused there.

    :param written: what stands in the box now.
    :param item: the id of what is answered; without one, what the draft answers.
    :raises CaseRefusedError: it has no reply, or there is no way to answer.
    """
    way = way_to(case, answered(case, by, item))
    if way is None:
        raise CaseRefusedError(_("There is no way to answer: they left no address."))
    text = article.published
    made = ready(text, values_for(case, by, way), way) if text else None
    if made is None:
        raise CaseRefusedError(_("This article has no saved reply."))
    reply = draft(case, joined(written, made.filled.text), by=by, now=now, item=way.item)
    with changing(case, Acts.CASE_WORK, by=by, now=now, told=False) as found:
        _note(article, found, by, {"replied_at": now, "at": now})
    return reply, made


def _note(article: Article, case: Case, by: Officer, said: dict[str, Any]) -> None:
    ArticleUse.objects.update_or_create(
        article=article, case=case, by=by, defaults=said,
        create_defaults={"force_id": case.force_id, **said},
    )  # fmt: skip
