"""Cases that look like one incident, until an officer takes or refuses it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case, IncidentGroup
from bluelamp.org.models import Force, Officer


class IncidentProposal(models.Model):
    """Cases that look like one incident, with what that stands on (``rules.gathering``)."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(
        IncidentGroup, on_delete=models.CASCADE, related_name="proposals", null=True, blank=True
    )
    """The incident that they would join, became, or were kept out of."""
    state = models.CharField(max_length=10, default="proposed")
    people = models.IntegerField(default=0)
    minutes = models.IntegerField(default=0)
    metres = models.IntegerField(null=True, blank=True)
    same_text = models.BooleanField(default=False)
    words: list[Any] = models.JSONField(default=list, blank=True)  # type: ignore[assignment]
    """What they have in common: for each word the cases that say it, as they wrote it; nothing
    once it is decided."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        # people's words, which may have to be forgotten
        triggers = recorded(hidden=("words",))
        indexes: ClassVar = [
            models.Index(
                fields=["force", "made_at"], condition=models.Q(state="proposed"),
                name="incident_proposal_list",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"incident proposal {self.pk}"


class ProposedCase(models.Model):
    """A case that is proposed for an incident, taken into it, or kept out."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+", db_index=False)
    proposal = models.ForeignKey(
        IncidentProposal, on_delete=models.CASCADE, related_name="cases", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposed")

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "case"], name="proposed_case_once"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in proposal {self.proposal_id}"
