"""Where a case is about, as an officer set it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.org.models import Force, Officer
from bluelamp.places.models import Area


class CasePlace(models.Model):
    """An officer's word on where a case is about; the last one holds, none is changed."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="places")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    longitude = models.FloatField()
    latitude = models.FloatField()
    area = models.ForeignKey(
        Area, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """The area that was chosen; its middle is the point."""
    postcode = models.CharField(max_length=8, blank=True)
    """The postcode that was given; neither it nor an area where the map was pressed."""

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "-at"], name="case_place_order")]

    def __str__(self) -> str:
        return f"place of case {self.case_id}"
