"""A case: what somebody brought, its items, and the incident that many cases are of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item, Thread
from bluelamp.members.models import Contact, ContactPoint
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.outbound.models import Message


class IncidentGroup(models.Model):
    """One incident that many report: its cases are answered, updated and closed at once."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="incident_groups")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"incident group {self.pk}"


class Case(models.Model):
    """Something that a citizen brought and that someone owns until it is closed.

    ``unit`` owns it at every moment; ``owner`` is the officer who has taken it,
    and goes back to nobody when they go home without handing over.
    """

    # what a longer index begins with, or hardly tells rows apart, has none of its own
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="cases", db_index=False)
    reference = models.CharField(max_length=12)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    owner = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="cases", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    state = models.CharField(max_length=10, default="new")
    severity = models.SmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True
    )
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.SET_NULL, related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    """Where the last words came from: an answer goes there unless the officer says otherwise."""
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    conversation = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    thread = models.ForeignKey(
        Thread, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    group = models.ForeignKey(
        IncidentGroup, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    routed: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """Why it lies where it lies: the rule, and what in the item matched."""
    shown_to_citizen = models.BooleanField(default=True)
    """Off where a shared device would endanger them."""
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    """When the citizen last said something."""
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # the title is somebody's words, which may have to be forgotten
        triggers = recorded(hidden=("title",))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "reference"], name="case_reference"),
        ]
        indexes: ClassVar = [
            # the queue: most urgent first, then who waits longest
            models.Index(
                fields=["unit", "-severity", "heard_at"],
                condition=~models.Q(state="closed"), name="case_queue",
            ),
            models.Index(
                fields=["owner"], name="case_of_officer",
                condition=models.Q(owner__isnull=False) & ~models.Q(state="closed"),
            ),
            # most cases answer no message, repeat nothing and are of no incident
            models.Index(
                fields=["message"], condition=models.Q(message__isnull=False),
                name="case_of_message",
            ),
            models.Index(
                fields=["thread"], condition=models.Q(thread__isnull=False), name="case_of_thread"
            ),
            models.Index(
                fields=["group"], condition=models.Q(group__isnull=False), name="case_of_group"
            ),
            models.Index(fields=["contact_point", "opened_at"], name="case_of_point"),
            models.Index(fields=["force", "changed_at"], name="case_changed"),
            models.Index(
                fields=["account", "conversation"], condition=~models.Q(conversation=""),
                name="case_conversation",
            ),
            GinIndex(SearchVector("title", config="simple"), name="case_title_words"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.reference}"


class CaseItem(models.Model):
    """An item in a case; one item is in one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items", db_index=False)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="in_case")
    at = models.DateTimeField()
    why = models.CharField(max_length=20)
    """How it came into this case (:class:`~bluelamp.cases.values.Joined`)."""
    identified_at = models.DateTimeField(null=True, blank=True)
    """When it was read for who speaks and how they fare; empty: it waits (``identify``)."""
    forgotten_at = models.DateTimeField(null=True, blank=True)
    """When its words, which were taken down and emptied, left the case too (``forget``)."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "at"], name="case_item_order"),
            models.Index(
                fields=["id"], condition=models.Q(identified_at=None), name="case_item_identify"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} in case {self.case_id}"
