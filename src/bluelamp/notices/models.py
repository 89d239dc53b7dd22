"""Notices on their way out; the address is forgotten when they are done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.org.models import Force


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
