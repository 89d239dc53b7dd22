"""Who people are over channels, and how they fare: claims, suggestions, reviews."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.inbound.models import Item
from bluelamp.members.models import Contact, ContactLink
from bluelamp.org.models import Force, Officer, Unit


class Claim(models.Model):
    """An address or handle that somebody told is theirs, or openly published; the item says where.

    Its words stay in the item: what is taken down and forgotten there proves nothing here.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="claims")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="claims")
    source = models.CharField(max_length=10)
    """:class:`~bluelamp.cases.rules.identities.Source`."""
    kind = models.CharField(max_length=12)
    """``email``, ``phone``, or a channel on which people have handles."""
    key = models.BinaryField()
    """HMAC of the identity; for e-mail the very key of the contact point with that address."""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "source", "key"], name="claim_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["force", "key"], name="claim_of_key")]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Suggestion(models.Model):
    """Two contacts that may be one person, until an officer takes or refuses it."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="proposed")
    confidence = models.SmallIntegerField()
    """In a hundred (``rules.sameness``)."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    known: list[Any] = models.JSONField(default=list, blank=True)  # type: ignore[assignment]
    """Marks of the evidence that stood when it was refused: only more than that asks again."""
    link = models.ForeignKey(
        ContactLink, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """The merge that it led to."""

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="suggestion_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="suggestion_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["force", "-confidence"], condition=models.Q(state="proposed"),
                name="suggestion_list",
            ),
            models.Index(fields=["other"], name="suggestion_back"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"suggestion {self.pk}"


class Review(models.Model):
    """Somebody should look at how a person fares: why, and what came of looking."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    """Whose case they spoke in last."""
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="reviews")
    state = models.CharField(max_length=10, default="open")
    reasons: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]
    """Each with its numbers (``rules.vulnerability.Prompt``)."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decision = models.CharField(max_length=12, blank=True)
    words = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    """When somebody is to look again."""
    ended_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_words = models.TextField(blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(state="open"), name="one_open_review"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "made_at"], condition=~models.Q(state="closed"), name="review_list"
            ),
            models.Index(fields=["contact", "made_at"], name="review_of_contact"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"review {self.pk}"
