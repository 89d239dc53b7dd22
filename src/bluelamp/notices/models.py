"""Notices on their way out; the address is forgotten when they are done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Officer, Unit


class Notice(models.Model):
    """One thing to tell one address that needs no approval."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    page = models.ForeignKey(
        "Page", on_delete=models.CASCADE, related_name="notices", null=True, blank=True
    )
    """The ringing that it is a part of."""
    rung = models.SmallIntegerField(default=0)
    """Which step of that ringing's ladder."""
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="notice_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} notice {self.pk}"


class Page(models.Model):
    """Somebody must look now: rung, rung again and passed up until a person answers.

    Its words name no person: they stand on the screen of a phone.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=60, unique=True)
    """What it is about (``case:17``): one thing rings once."""
    words = models.CharField(max_length=140)
    path = models.CharField(max_length=200)
    """Where in the console it is."""
    step = models.SmallIntegerField(default=0)
    """Rungs of the ladder that have been rung."""
    next_at = models.DateTimeField()
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """Nobody where a phone answered that several people carry."""
    followed_at = models.DateTimeField(null=True, blank=True)
    """When the floor that had it rung did what follows from the answer; its queue."""

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=models.Q(answered_at=None), name="page_queue"
            ),
            models.Index(
                fields=["answered_at"],
                condition=models.Q(answered_at__isnull=False, followed_at=None),
                name="page_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.pk}"
