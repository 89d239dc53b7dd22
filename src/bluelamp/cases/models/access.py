"""What the citizen may see of their case: codes that open it, and whether it is shown at all."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.channels.models import Act
from bluelamp.members.models import ContactPoint
from bluelamp.org.models import Force, Officer


class AccessCode(models.Model):
    """Somebody asked to see a case, and the one-time code that was sent, as a digest.

    Kept alike for every reference, whether there is such a case or not: the page writes
    the row, and only the worker looks whether there is anybody to send a code to.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(max_length=14)
    """As it was asked for; it may be nobody's."""
    channel = models.CharField(max_length=20)
    """By which kind of address the code is wanted (:class:`~bluelamp.cases.values.SendBy`)."""
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    """When the worker looked for the case; empty: it has still to."""
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", null=True)
    point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, related_name="+", null=True)
    digest = models.BinaryField(default=b"")
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    act = models.ForeignKey(Act, on_delete=models.SET_NULL, related_name="+", null=True)
    """How it went where it went by direct message."""

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=models.Q(looked_at=None), name="access_code_queue"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"access code {self.pk}"


class Showing(models.Model):
    """A case was hidden from the citizen's page, or shown on it again: when, by whom, why."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="showings")
    at = models.DateTimeField()
    shown = models.BooleanField()
    origin = models.CharField(max_length=10)
    """Who decided (:class:`~bluelamp.cases.values.Origin`)."""
    by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.TextField(blank=True)
    """The officer's words, or those in what was said that the machine found."""

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="showing_order")]

    def __str__(self) -> str:
        return f"showing of case {self.case_id}"
