"""What came of promises: a row for each that ended, never changed afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.cases.models.case import Case
from bluelamp.org.models import Force, Unit


class Judged(models.Model):
    """A promise that was met, in time or late.

    A milestone goes on: who writes again waits again, and each word to the citizen
    begins the next.  What came of each time stands here, with the severity and the
    unit that the case had then.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="judged")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    severity = models.SmallIntegerField()
    late = models.BooleanField()
    used = models.DurationField()
    """Working time, in the hours that were promised."""
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["force", "at"], name="judged_when")]

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"
