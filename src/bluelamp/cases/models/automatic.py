"""What was said in a case by itself, under a standing approval."""

from __future__ import annotations

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.channels.models import Act
from bluelamp.org.models import Force


class CaseAct(models.Model):
    """An automatic answer in a case: officers see what somebody was told already."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="automatic")
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"act {self.act_id} in case {self.case_id}"
