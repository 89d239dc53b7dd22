"""Messages, their approvals, the frozen audience in chunks, deliveries and receipts."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.channels.models import Account
from bluelamp.members.models import ContactPoint
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.places.models import Area


class Message(models.Model):
    """One thing to say to an audience; it passes one gate, whatever it is."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="messages")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="messages")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    urgency = models.CharField(max_length=10, default="routine")
    purpose = models.CharField(max_length=20, default="alerts")
    title = models.CharField(max_length=120)
    body = models.TextField()
    audience: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """A :class:`bluelamp.members.values.Audience`."""
    state = models.CharField(max_length=12, default="draft")
    version = models.IntegerField(default=1)
    """Raised by every change of words or audience."""
    unknown_policy = models.CharField(max_length=15, default="reconcile")
    scheduled_for = models.DateTimeField(null=True, blank=True)
    writers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Ids of all officers who wrote any of the words: none of them may approve."""
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_version = models.IntegerField(null=True, blank=True)
    month = models.DateField(null=True, blank=True)
    """First day of the month of approval: the partition of all its deliveries."""
    frozen: dict[str, Any] = models.JSONField(null=True, blank=True)  # type: ignore[assignment]
    """Subject, text, html and headers with slots, as approved."""
    counted = models.IntegerField(null=True, blank=True)
    """Audience when last counted, shown to the approver."""
    recipients = models.IntegerField(null=True, blank=True)
    """Contact points that fanout wrote."""
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)
    recall_reason = models.CharField(max_length=200, blank=True)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    """The message that this one amends, recalls or updates."""

    class Meta:
        triggers = recorded(hidden=("frozen",))
        indexes: ClassVar = [
            models.Index(fields=["force", "-created_at"], name="message_of_force"),
            models.Index(
                fields=["scheduled_for"],
                condition=models.Q(state__in=["approved", "sending"]),
                name="message_queue",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MessageArea(models.Model):
    """The areas a message speaks about: what its page names and which feeds carry it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "message"], name="message_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} in {self.area_id}"


class Approval(models.Model):
    """What an approver decided about one version, and why."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="approvals")
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256 of words, audience and time: what exactly was decided on."""
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    content: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """The words, audience and time themselves: the next approver sees what changed."""
    at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.decision} version {self.version}"


class DeliveryChunk(models.Model):
    """Some thousands of contact points of the frozen audience, in order.

    Positions below ``acked`` are recorded; those from ``acked`` to ``intent``
    may be on the wire; the rest is queued.  ``epoch`` rises with each takeover,
    and recording checks it, so that a worker thought dead cannot record.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    points = ArrayField(models.BigIntegerField())
    attempt = models.SmallIntegerField(default=0)
    """Attempts that these contact points have behind them."""
    acked = models.IntegerField(default=0)
    intent = models.IntegerField(default=0)
    epoch = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default="queued")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "number"], name="chunk_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["message", "number"],
                condition=models.Q(state="queued"),
                name="chunk_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.message_id}"


class Delivery(models.Model):
    """What became of one message for one contact point; partitioned by month.

    Written by the engine's ledger alone, a window at a time.  The key (month,
    message, contact point) makes a double record impossible.
    """

    pk = models.CompositePrimaryKey("month", "message_id", "contact_point_id")
    month = models.DateField()
    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, related_name="deliveries", db_constraint=False
    )
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.DO_NOTHING, related_name="deliveries", db_constraint=False
    )
    status = models.SmallIntegerField()
    code = models.SmallIntegerField()
    marks = models.SmallIntegerField()
    rating = models.SmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "outbound_delivery"

    def __str__(self) -> str:
        return f"{self.message_id} to {self.contact_point_id}"


class DeliveryRetry(models.Model):
    """A temporary failure waiting for its time; then it moves into a chunk of its own."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="retries")
    contact_point_id = models.BigIntegerField()
    domain = models.CharField(max_length=255, blank=True)
    attempts = models.SmallIntegerField(default=1)
    due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "contact_point_id"], name="retry_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="retry_queue")]

    def __str__(self) -> str:
        return f"retry {self.message_id} to {self.contact_point_id}"


class DeliveryEvent(models.Model):
    """Something came back about a delivery; append-only, folded into it in batches."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="events", db_constraint=False
    )
    contact_point_id = models.BigIntegerField()
    kind = models.CharField(max_length=14)
    """A :class:`bluelamp.channels.contract.ReceiptKind`."""
    value = models.SmallIntegerField(null=True)
    """Stars of a rating; 1 for a hard bounce, 0 for a soft one."""
    status = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    folded = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["message", "kind", "at"], name="event_of_message"),
            models.Index(fields=["contact_point_id"], name="event_of_point"),
            models.Index(fields=["id"], condition=models.Q(folded=False), name="event_to_fold"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.message_id}"
