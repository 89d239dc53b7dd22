"""Word lists that people can edit; those that the product brings lie in ``seeds/``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.language import values
from bluelamp.org.models import Force


class WordList(models.Model):
    """A list of one kind, of a force or, without one, of all forces here.

    It adds to what the product ships and overrides it line by line: a line with
    the same text, heading and language stands in the place of the product's, and
    one that is not active takes it away.  A force's own lists go before shared ones.
    """

    force = models.ForeignKey(
        Force, on_delete=models.PROTECT, related_name="word_lists", null=True, blank=True
    )
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=16)
    """Digest of the lines: what holds them in memory knows when to read them again."""
    changed_at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "kind", "name"], name="word_list_once", nulls_distinct=False
            ),
        ]
        ordering: ClassVar = ["kind", "force_id", "name"]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One line of a list; its columns are those of ``values.Term``."""

    word_list = models.ForeignKey(WordList, on_delete=models.CASCADE, related_name="terms")
    line = models.PositiveIntegerField()
    """Its place in the list."""
    text = models.CharField(max_length=1000)
    heading = models.CharField(max_length=40)
    weight = models.FloatField()
    needs = models.CharField(max_length=1000, blank=True)
    unless = models.CharField(max_length=1000, blank=True)
    unless_before = models.CharField(max_length=1000, blank=True)
    near = models.PositiveSmallIntegerField(default=values.NEAR)
    language = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["word_list", "text", "heading", "language"], name="term_once_in_list"
            ),
        ]
        ordering: ClassVar = ["word_list_id", "line"]

    def __str__(self) -> str:
        return self.text

    @property
    def value(self) -> values.Term:
        """Return the line as a value, such as matchers are made from."""
        return values.Term(**{column: getattr(self, column) for column in values.COLUMNS})
