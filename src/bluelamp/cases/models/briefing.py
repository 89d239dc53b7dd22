"""What a team is told as its shift begins, and who of it has read that."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Officer, Unit


class Briefing(models.Model):
    """What happened on a unit's ground from ``since`` up to before ``until``.

    It holds numbers of things and how many, never anybody's words: those are read from
    the things themselves, so that what was corrected or forgotten since is so here too.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="briefings")
    starts = models.DateTimeField()
    """When the shift begins for which it was made."""
    since = models.DateTimeField()
    until = models.DateTimeField()
    made_at = models.DateTimeField()
    items = ArrayField(models.BigIntegerField(), default=list)
    """What people said, by number: the next briefing tells what this one did not."""
    refs: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """Section -> numbers of what stands in it (:mod:`~bluelamp.cases.queries.beat`)."""
    themes: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]
    """Theme, how many, and how many in each of the like lengths of time before."""

    class Meta:
        triggers = recorded(hidden=("items", "refs", "themes"))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "starts"], name="briefing_once"),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="briefing_has_length"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "-until"], name="briefing_of_unit"),
        ]

    def __str__(self) -> str:
        return f"briefing {self.pk}"


class BriefingRead(models.Model):
    """An officer says that they have read a briefing."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    briefing = models.ForeignKey(Briefing, on_delete=models.CASCADE, related_name="readings")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "officer"], name="briefing_read_once"),
        ]

    def __str__(self) -> str:
        return f"briefing {self.briefing_id} read by {self.officer_id}"
