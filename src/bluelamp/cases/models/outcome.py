"""What came of a case, as the citizen was told it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.cases.models.work import Reply
from bluelamp.org.models import Force, Officer


class Outcome(models.Model):
    """An outcome of the force's list that a case was closed with; the latest holds."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="outcomes")
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    """As the list called it then."""
    words = models.TextField()
    """What the citizen is told."""
    silence = models.CharField(max_length=12, blank=True)
    """Why nothing was sent (:class:`~bluelamp.cases.values.Silence`); empty: it was."""
    reply = models.ForeignKey(
        Reply, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="outcome_order")]

    def __str__(self) -> str:
        return f"outcome of case {self.case_id}"
