"""What officers do about a case: assess it, note, plan, answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.channels.models import Act
from bluelamp.inbound.models import Item
from bluelamp.org.models import Force, Officer


class Assessment(models.Model):
    """What was thought of a case at a time; never changed, only followed by another."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="assessments", db_index=False
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    """Empty: proposed by the machine from words, which ``headings`` name."""
    severity = models.SmallIntegerField()
    headings: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """THRIVE heading -> words."""
    reason = models.TextField(blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="assessment_order")]

    def __str__(self) -> str:
        return f"assessment of case {self.case_id}"


class Note(models.Model):
    """What officers say to each other about a case; never shown to the citizen."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = models.ManyToManyField(Officer, related_name="+", blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="note_order")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Task(models.Model):
    """Something to be done for a case."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    words = models.CharField(max_length=200)
    officer = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"task {self.pk}"


class Reply(models.Model):
    """An answer to the citizen: drafted, checked, sent; or waiting for another's yes."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="replies")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="draft")
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, related_name="+", null=True)
    """What it answers."""
    act = models.OneToOneField(
        Act, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """How it goes out, once it may."""
    waiting = models.BooleanField(default=False)
    """Once it is sent it is the citizen's turn."""
    changed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "by"], condition=models.Q(state="draft"), name="one_draft_each"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["changed_at"], condition=models.Q(state="submitted"),
                name="reply_to_approve",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"reply {self.pk}"
