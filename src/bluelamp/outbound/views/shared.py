"""What every page of messages needs: the message, guarded; refusals as words on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bluelamp.kit.errors import BluelampError
from bluelamp.members.audience import explain
from bluelamp.members.rules import is_drawn, shown_count
from bluelamp.org import permit
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.gate import officer_of, source_of
from bluelamp.org.models import Force
from bluelamp.org.values import Acts
from bluelamp.outbound import labels, queries
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import words
from bluelamp.outbound.values import Finding, Severity

View = Callable[..., HttpResponseBase]


def message_of(request: HttpRequest, pk: int) -> Message:
    """Return a message that the officer may read.

    :raises Http404: there is none, or it is not within the officer's grants.
    """
    found = queries.messages(officer_of(request)).select_related("force", "follows")
    return get_object_or_404(found, pk=pk)


def said(view: View) -> View:
    """Turn a refusal into a line on the message's page."""

    @wraps(view)
    def spoken(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, pk, **kwargs)
        except NotPermittedError:
            raise
        except BluelampError as error:
            flash.error(request, str(error))
            return redirect("outbound:message", pk)

    return spoken


def acts_of(request: HttpRequest, message: Message) -> dict[str, bool]:
    """Return what this officer may do to a message, by a short name."""
    officer = officer_of(request)
    names = {
        "write": Acts.MESSAGE_WRITE, "approve": Acts.MESSAGE_APPROVE, "test": Acts.MESSAGE_TEST,
        "break_glass": Acts.MESSAGE_SEND_URGENT, "stop": Acts.MESSAGE_STOP,
        "amend": Acts.MESSAGE_AMEND, "recall": Acts.MESSAGE_RECALL, "replies": Acts.REPLY_READ,
        "people": Acts.MEMBER_READ,
    }  # fmt: skip
    return {name: permit.may(officer, act, message) for name, act in names.items()}


def who(request: HttpRequest) -> dict[str, Any]:
    """Return who acts, as the stages want it."""
    return {"by": officer_of(request), "source": source_of(request)}


def audience_words(force: Force, message: Message) -> str:
    """Say in a sentence whom a message is for."""
    try:
        return explain(force, queries.audience_of(message))
    except BluelampError as error:
        return str(error)


def people_words(message: Message) -> str:
    """Say how many people a message would reach now, small numbers kept vague."""
    return count_words(queries.count(message), drawn=is_drawn(queries.audience_of(message)))


def count_words(total: int, *, drawn: bool) -> str:
    """Say a count as it may be shown."""
    shown = shown_count(total, drawn=drawn)
    if total == 0:
        return str(labels.NOBODY)
    if shown is None:
        return str(labels.FEW)
    words = ngettext("%(n)s person", "%(n)s people", shown) % {"n": f"{shown:,}"}
    return str(labels.ABOUT) % {"people": words} if drawn else words


def spoken_findings(found: tuple[Finding, ...]) -> dict[str, Any]:
    """Return findings as sentences, each once, those that block apart."""
    return {
        "blocking": _each_once(words.blocking(found)),
        "warnings": _each_once(one for one in found if one.severity is Severity.WARNING),
    }


def _each_once(found: Iterable[Finding]) -> list[str]:
    """Return sentences in order; one that would come again says how often."""
    often = Counter(labels.sentence(one) for one in found)
    again = _("%(sentence)s (%(times)d times)")
    return [again % {"sentence": s, "times": n} if n > 1 else s for s, n in often.items()]
