"""A force's presence on a platform; its secret is sealed and never shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.functions import RandomUUID
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
    public_id = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    """Names it where platforms post to us."""

    class Meta:
        triggers = recorded(hidden=("secret",))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "provider", "name"], name="account_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Act(models.Model):
    """One change that we make on a platform: intended, performed, looked up before repeated.

    Acts of one ``lane`` (the account's own page, or one exchange with one person)
    are performed in their order, one at a time.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="acts")
    lane = models.CharField(max_length=320, blank=True)
    kind = models.CharField(max_length=10)
    key = models.UUIDField(unique=True)
    """The same on every attempt: what makes repeated attempts one act."""
    utterance: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """The fields of :class:`~bluelamp.channels.contract.Utterance`."""
    target = models.CharField(max_length=300, blank=True)
    """External id of the thing that is edited or deleted."""
    by = models.CharField(max_length=200)
    """Under whose name: the officer's label, or the standing approval's."""
    state = models.CharField(max_length=8, default="ready")
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = recorded(hidden=("utterance",))
        indexes: ClassVar = [
            models.Index(
                fields=["account", "lane", "id"],
                condition=models.Q(state__in=["ready", "doing"]), name="act_queue",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
