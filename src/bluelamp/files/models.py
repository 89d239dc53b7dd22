"""What is known of a file; its bytes are on disk, under their hash."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.org.models import Force


class File(models.Model):
    """One file of a force; the same bytes are one, however often they come."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    """As it came first; never used for what the file is."""
    media_type = models.CharField(max_length=100, blank=True)
    """By its bytes; empty until it was looked at, and for what is of no kind that we show."""
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, default="stored")
    problem = models.CharField(max_length=300, blank=True)
    has_preview = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "sha256"], name="file_once_in_force"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state="stored"), name="file_queue"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"
