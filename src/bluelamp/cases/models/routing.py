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


class RoutingSet(models.Model):
    """A force's routing rules as one: being drafted, holding, or as they once held.

    What routes is :class:`RoutingRule`; a set is what people work on and put back, the
    rules that are switched off among them.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="routing_sets")
    state = models.CharField(max_length=8)
    lines: list[Any] = models.JSONField(default=list, blank=True)  # type: ignore[assignment]
    """In their order (:class:`~bluelamp.cases.rules.ruleset.Line`)."""
    version = models.IntegerField(default=1)
    """One more with every change: who saw an older one is told of the newer."""
    base = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """What held when a draft was begun."""
    begun_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    held_from = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why it was put in force."""
    tried: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """What the last trial found, and the version that was tried."""

    class Meta:
        triggers = recorded(hidden=("tried",))
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "state"], condition=models.Q(state__in=["draft", "holds"]),
                name="routing_set_one_of_each",
            ),
        ]  # fmt: skip
        ordering: ClassVar = ["-held_from", "-pk"]

    def __str__(self) -> str:
        return f"routing set {self.pk}"
