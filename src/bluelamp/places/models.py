"""Areas with their boundaries and cells, and postcodes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Officer, Unit


class Area(models.Model):
    """A named piece of ground.

    ``boundary`` is WKB of a (multi)polygon in WGS 84, longitude first.
    ``unit`` is the team that polices it.  An area that a newer import no longer
    holds is retired, never deleted: messages and members point at it.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="areas")
    unit = models.ForeignKey(
        Unit, on_delete=models.SET_NULL, null=True, blank=True, related_name="areas"
    )
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    boundary = models.BinaryField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the boundary: a re-import knows what changed."""
    cells_stamp = models.CharField(max_length=32, default="", blank=True)
    """Digest of the area's cells: what holds them in memory knows when to read them again."""
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(max_length=200, blank=True)
    imported_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded(hidden=("boundary", "cells_stamp"))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "kind", "code"], name="area_code_in_kind"),
        ]
        ordering: ClassVar = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class AreaCell(models.Model):
    """A cell that an area touches; ``whole`` where it lies inside entirely.

    Derived from the boundary in the same transaction, hence not recorded.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="cells")
    cell = models.BigIntegerField()
    whole = models.BooleanField()
    together = models.PositiveSmallIntegerField(default=0)
    """How many areas of this kind cover the cell jointly, all of them needed; 0 if none do.

    An audience of all of them holds the cell entirely, which spares asking for
    each member along every inner border.
    """

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cell", "area"], name="area_cell_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cell:x}"


class Upload(models.Model):
    """A file of boundaries that an officer handed in and has not confirmed yet.

    It is kept while they look at what it would change, and dropped when they
    have confirmed or a day has passed.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    kind = models.CharField(max_length=20)
    id_property = models.CharField(max_length=100, blank=True)
    name_property = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=200)
    unit = models.ForeignKey(
        Unit, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        triggers = recorded(hidden=("content",))

    def __str__(self) -> str:
        return self.name


class Postcode(models.Model):
    """A postcode's grid reference as longitude and latitude; national, of no force."""

    postcode = models.CharField(primary_key=True, max_length=8)
    """Upper case with one space, ``LU1 2AB``."""
    longitude = models.FloatField()
    latitude = models.FloatField()
    cell = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.postcode
