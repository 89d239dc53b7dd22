"""Other systems in which a force keeps cases."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.org.models import Force


class CaseSystem(models.Model):
    """Another system in which a force keeps cases, and how its fields are called there."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="case_systems")
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    settings: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    fields: list[Any] = models.JSONField(default=list, blank=True)  # type: ignore[assignment]
    """The field map (:class:`~bluelamp.cases.rules.fieldmap.FieldMap`)."""
    secret = models.BinaryField(default=b"", blank=True)
    active = models.BooleanField(default=True)
    since = models.DateTimeField()
    """Cases that changed before are not told of."""
    rests_until = models.DateTimeField(null=True, blank=True)
    """It refuses everything for now: a limit, a log-in, a fault of its own."""
    problem = models.CharField(max_length=300, blank=True)
    failures = models.SmallIntegerField(default=0)
    """In a row, of the system as a whole."""

    class Meta:
        triggers = recorded(hidden=("secret", "rests_until", "problem", "failures"))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="case_system_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def provider(self) -> str:
        """To what the vault binds its secrets."""
        return f"case_system:{self.kind}"


class Link(models.Model):
    """A case as another system knows it; the state column is the queue of what it is told."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    system = models.ForeignKey(CaseSystem, on_delete=models.CASCADE, related_name="links")
    their_id = models.CharField(max_length=100, blank=True)
    theirs: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """What they last said of it, and when."""
    seen = models.DateTimeField(null=True)
    """The case's ``changed_at`` that the queue has taken in; any other is news."""
    state = models.CharField(max_length=8, default="ready")
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "system"], name="link_once"),
            models.UniqueConstraint(
                fields=["system", "their_id"], condition=~models.Q(their_id=""),
                name="link_their_case_once",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["ready", "doing"]), name="link_queue",
            ),
            models.Index(fields=["system"], condition=models.Q(seen=None), name="link_unseen"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.case_id} at system {self.system_id}"
