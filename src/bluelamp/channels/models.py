"""A force's presence on a platform; its secret is sealed and never shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Unit


class Account(models.Model):
    """A force's presence on a platform: which provider, with which settings."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="accounts")
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, blank=True)
    provider = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    settings: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    secret = models.BinaryField(default=b"", blank=True)
    """The sealed secrets (see vault.py)."""
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        triggers = recorded(hidden=("secret",))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "provider", "name"], name="account_name"),
        ]

    def __str__(self) -> str:
        return self.name
