"""One answer to everybody of an incident, on its way from case to case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case, IncidentGroup
from bluelamp.org.models import Force, Officer


class Round(models.Model):
    """What an officer has to say to all cases of an incident, at a moment."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(IncidentGroup, on_delete=models.CASCADE, related_name="rounds")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    follows = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="followers", null=True, blank=True
    )
    """The round whose words this one tells to those who joined since; itself it follows none."""
    once = models.UUIDField(unique=True)
    """Of the form that was sent: sent twice it is one round."""
    made_at = models.DateTimeField()

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"round {self.pk}"


class RoundCase(models.Model):
    """One case of a round; its state is the queue, and moves with the answer or not at all."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "case"], name="round_case_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["round", "id"], condition=models.Q(state="waiting"), name="round_queue"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.case_id} in round {self.round_id}"
