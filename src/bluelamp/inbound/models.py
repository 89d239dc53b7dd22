"""What came in, exactly as it came, and what it turned out to be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.channels.models import Account
from bluelamp.members.models import ContactPoint
from bluelamp.org.models import Force


class RawItem(models.Model):
    """One payload as received, stored before anything reads it.

    Unique on account and external id: an overlapping poll or a repeated
    delivery stores nothing twice.  For mail the external id is Message-ID with
    the SHA-256 of the body, because the Message-ID is the sender's to forge.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    payload = models.BinaryField()
    meta = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="stored")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "external_id"], name="raw_item_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state="stored"), name="raw_item_queue"),
        ]

    def __str__(self) -> str:
        return f"raw item {self.pk}"


class Item(models.Model):
    """What a person (or their machine) said to us."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="items")
    raw = models.OneToOneField(RawItem, on_delete=models.CASCADE, related_name="item")
    kind = models.CharField(max_length=10)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, null=True)
    message = models.ForeignKey(
        "outbound.Message", on_delete=models.SET_NULL, null=True, related_name="replies"
    )
    sender = models.CharField(max_length=320)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["message", "received_at"])]

    def __str__(self) -> str:
        return f"item {self.pk}"
