"""A shift that closes and the one that takes its cases over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.org.models import Force, Officer, Shift, Unit


class Handover(models.Model):
    """A shift closes: its open cases are shown, and each is accepted by who comes in."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    shift = models.ForeignKey(Shift, on_delete=models.SET_NULL, related_name="+", null=True)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="handed_over")
    """Whose cases they are; for somebody off shift a supervisor began it, as the record says."""
    to = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="taken_over", null=True, blank=True
    )
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"handover {self.pk}"


class HandoverCase(models.Model):
    """One case of a handover; until it is accepted the one who hands over still owns it."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    words = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "case"], name="handover_case_once"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in handover {self.handover_id}"
