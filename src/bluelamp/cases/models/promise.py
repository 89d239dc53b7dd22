"""What is promised of a case's time: targets, and the milestones made of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.org.models import Calendar, Force


class Target(models.Model):
    """What a force promises for a severity: how soon, in whose hours."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="targets")
    severity = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    within = models.DurationField()
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "severity", "kind"], name="target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at severity {self.severity}"


class Milestone(models.Model):
    """A promise about a case's time; ``events`` tell its clock (rules.clocks)."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="milestones", db_index=False
    )
    kind = models.CharField(max_length=16)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    """In whose working hours the target is counted; elapsed time without."""
    target = models.DurationField()
    events: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]
    state = models.CharField(max_length=10, default="pending")
    due_at = models.DateTimeField(null=True, blank=True)
    """Empty while it is paused."""
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind"], name="milestone_kind"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="running", warned_at=None), name="milestone_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="running", breached_at=None), name="milestone_due",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"
