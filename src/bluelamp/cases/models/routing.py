"""Where a force sends a case."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Unit


class RoutingRule(models.Model):
    """A line of the force's routing: the first that matches says where a case goes."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="routing_rules")
    order = models.IntegerField()
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    when: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """What must hold (:class:`~bluelamp.cases.rules.routing.Condition`)."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    skill = models.CharField(max_length=50, blank=True)
    """Goes to a person on shift with this skill, where there is one."""
    to_person = models.BooleanField(default=False)
    """Goes to whoever on shift has least to do, not to the unit's queue."""

    class Meta:
        triggers = recorded()
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
