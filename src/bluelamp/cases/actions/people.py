"""People: taking and refusing what is suggested, undoing a merge, deciding a review."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.identity_claims import again
from bluelamp.cases.models import Review, Suggestion
from bluelamp.cases.queries.identities import between
from bluelamp.cases.rules.sameness import basis, confidence
from bluelamp.cases.values import ReviewDecision, ReviewState, SuggestionState
from bluelamp.members import merging
from bluelamp.members.errors import MergeRefusedError
from bluelamp.members.models import ContactLink
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

# Who is who -----------------------------------------------------------------------


def take(suggestion: Suggestion, *, reason: str, by: Officer, now: datetime) -> ContactLink:
    """Say that two contacts are one person, as was suggested.

    :raises CaseRefusedError: decided already, no longer borne out, or no reason.
    """
    with acting(by.as_actor(), Acts.CONTACT_MERGE.value, reason=reason):
        found = _proposed(suggestion)
        known = between(found)
        if not known:
            raise CaseRefusedError(_("What it stood on is gone."))
        try:
            link = merging.merge(
                found.one, found.other, basis=basis(known), reason=reason, by=by, now=now
            )
        except MergeRefusedError as error:
            raise CaseRefusedError(str(error)) from error
        _decide(found, SuggestionState.TAKEN, reason, by, now, link=link)
        again([link.one_id, link.other_id])
    return link


def refuse(suggestion: Suggestion, *, reason: str, by: Officer, now: datetime) -> None:
    """Say that they are not one person, or that it cannot be known; it does not come again.

    :raises CaseRefusedError: decided already, or no reason.
    """
    permit.require(by, Acts.CONTACT_MERGE, suggestion)
    if not reason.strip():
        raise CaseRefusedError(_("Say why they are not one person, or why it cannot be known."))
    with acting(by.as_actor(), Acts.CONTACT_MERGE.value, reason=reason):
        found = _proposed(suggestion)
        _decide(found, SuggestionState.REFUSED, reason, by, now)


def _proposed(suggestion: Suggestion) -> Suggestion:
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("one", "other")
    found = rows.filter(pk=suggestion.pk, state=SuggestionState.PROPOSED).first()
    if found is None:
        raise CaseRefusedError(_("A colleague has decided it, or it is no longer suggested."))
    return found


def _decide(
    found: Suggestion, state: SuggestionState, reason: str, by: Officer, now: datetime,
    link: ContactLink | None = None,
) -> None:  # fmt: skip
    found.state, found.reason, found.link = state, reason.strip()[:300], link
    found.decided_by, found.decided_at, found.changed_at = by, now, now
    found.known = sorted(one.mark for one in between(found))
    found.save()


def part(link: ContactLink, *, reason: str, by: Officer, now: datetime) -> None:
    """Undo a merge: everything is as before, and what it stood on does not suggest it again.

    :raises CaseRefusedError: no reason.
    """
    try:
        with acting(by.as_actor(), Acts.CONTACT_MERGE.value, reason=reason):
            merging.unmerge(link, reason=reason, by=by, now=now)
            found, _new = Suggestion.objects.get_or_create(
                one_id=link.one_id, other_id=link.other_id,
                defaults={
                    "force_id": link.force_id, "made_at": now, "changed_at": now, "confidence": 0
                },
            )  # fmt: skip
            found.confidence = round(100 * confidence(between(found)))
            _decide(found, SuggestionState.REFUSED, reason, by, now)
            again([link.one_id, link.other_id])
    except MergeRefusedError as error:
        raise CaseRefusedError(str(error)) from error


# How they fare --------------------------------------------------------------------


def decide(
    review: Review, decision: ReviewDecision, *, words: str, next_on: date | None, by: Officer,
    now: datetime,
) -> None:  # fmt: skip
    """Say what comes of a review: it is closed, or planned again for a day.

    :raises CaseRefusedError: no words, a day that is over, or a review that is closed.
    """
    if not words.strip():
        raise CaseRefusedError(_("Say what you saw and why you decide so."))
    if next_on is not None and next_on <= now.date():
        raise CaseRefusedError(_("Choose a day to come."))
    with acting(by.as_actor(), Acts.REVIEW_DECIDE.value, reason=words):
        found = _live(review, by)
        found.decision, found.words, found.next_on = decision.value, words.strip(), next_on
        found.by, found.decided_at, found.changed_at = by, now, now
        found.state = ReviewState.DECIDED if next_on else ReviewState.CLOSED
        found.ended_by, found.ended_at = (None, None) if next_on else (by, now)
        found.save()


def end(review: Review, *, words: str, by: Officer, now: datetime) -> None:
    """Close a review that was planned again: nothing more is to be done.

    :raises CaseRefusedError: no words, or nobody has decided it yet.
    """
    if not words.strip():
        raise CaseRefusedError(_("Say how they fare now."))
    with acting(by.as_actor(), Acts.REVIEW_DECIDE.value, reason=words):
        found = _live(review, by)
        if found.state != ReviewState.DECIDED:
            raise CaseRefusedError(_("Nobody has decided it yet."))
        found.state, found.ended_by, found.ended_at = ReviewState.CLOSED, by, now
        found.ended_words, found.changed_at = words.strip(), now
        found.save()


def _live(review: Review, by: Officer) -> Review:
    rows = Review.objects.select_for_update(of=("self",)).select_related("unit")
    found = rows.get(pk=review.pk)
    permit.require(by, Acts.REVIEW_DECIDE, found)
    if found.state == ReviewState.CLOSED:
        raise CaseRefusedError(_("This review is closed."))
    return found
