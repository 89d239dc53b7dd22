"""Reviews: who answers for an article is told, once, when its day has come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Article
from bluelamp.cases.values import ArticleState
from bluelamp.kit.config import config
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Unit
from bluelamp.org.queries import holders
from bluelamp.org.values import Role

A_TIME = 100


def remind(*, now: datetime) -> int:
    """Tell of a batch of reviews that are due; return how many articles were seen to.

    Once for each review date: another date is another review.
    """
    today = timezone.localdate(now)
    untold = Q(reminded_for=None) | ~Q(reminded_for=F("review_on"))
    due = Article.objects.filter(untold, state=ArticleState.PUBLISHED, review_on__lte=today)
    with transaction.atomic():
        claimed = due.select_for_update(skip_locked=True, of=("self",)).order_by("review_on")
        found = list(claimed.select_related("unit", "owner", "force")[:A_TIME])
        if not found:
            return 0
        with acting(SYSTEM, "cases.review_due"):
            for article in found:
                _tell(article, now)
                article.reminded_for = article.review_on
                article.save(update_fields=["reminded_for"])
    return len(found)


def _tell(article: Article, now: datetime) -> None:
    words = _("The guidance “%(title)s” is due for review.") % {"title": article.title}
    link = f"{config().public_url}/console/cases/guidance/{article.pk}/"
    for address in _addresses(article, now):
        tell(
            article.force, kind=NoticeKind.GUIDANCE, address=address, subject=words,
            text=f"{words}\n\n{link}\n", now=now,
        )  # fmt: skip


def _addresses(article: Article, now: datetime) -> list[str]:
    """Return the owner's address, else the nearest unit's, else those of who supervises."""
    if article.owner and article.owner.is_active:
        return [article.owner.email]
    above = [int(part) for part in article.unit.path.split("/") if part]
    units = Unit.objects.filter(pk__in=above).exclude(email="").order_by("-path")
    nearest = units.values_list("email", flat=True).first()
    if nearest:
        return [nearest]
    return [one.email for one in holders(article.force, Role.SUPERVISOR, now=now)]
