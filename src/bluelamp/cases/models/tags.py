"""Words of the force's own by which cases are found again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.org.models import Force, Officer


class CaseTag(models.Model):
    """A word of a force's list; one that is not active stays where it is and is put on no more."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="case_tags")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    """The name in small letters: no two differ in their letters' size alone."""
    description = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        triggers = recorded()
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "key"], name="case_tag_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class Tagged(models.Model):
    """A tag on a case: who put it there, and when."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(CaseTag, on_delete=models.PROTECT, related_name="tagged")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "tag"], name="tag_once_a_case"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} on case {self.case_id}"
