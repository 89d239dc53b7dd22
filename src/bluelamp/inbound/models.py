"""What came in, exactly as it came, what it turned out to be, and what repeats what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from bluelamp.channels.models import Account
from bluelamp.files.models import File
from bluelamp.inbound.values import Stage
from bluelamp.members.models import ContactPoint
from bluelamp.org.models import Force


class RawItem(models.Model):
    """One payload as received, stored before anything reads it.

    Unique on account and external id: an overlapping poll or a repeated
    delivery stores nothing twice.  For mail the external id is Message-ID with
    the SHA-256 of the body, because the Message-ID is the sender's to forge.
    """

    # what a longer index begins with, or hardly tells rows apart, has none of its own
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    payload = models.BinaryField()
    meta = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="stored")
    problem = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=300, blank=True)
    """External id of the item that it changed; empty where it became an item itself."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "external_id"], name="raw_item_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state="stored"), name="raw_item_queue"),
            models.Index(
                fields=["force", "state", "received_at"],
                condition=models.Q(state__in=["failed", "set_aside"]), name="raw_item_findable",
            ),
            models.Index(
                fields=["account", "about"], condition=~models.Q(about=""), name="raw_item_about"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"raw item {self.pk}"


class Thread(models.Model):
    """One thing said, however often it is passed on.

    The counts are of items here: what was not received through an account of
    the force is not known.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="threads")
    first = models.OneToOneField("Item", on_delete=models.CASCADE, related_name="begins")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    repeats = models.IntegerField(default=0)
    """Re-posts, quotes and copies after the first."""
    spreaders = models.IntegerField(default=1)
    """Different authors."""
    reach = models.BigIntegerField(default=0)
    """People who follow those authors, added up: an upper bound."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["force", "last_at"], name="thread_recent"),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk}"


ARRIVED = (Stage.ROUTED.value, Stage.STUCK.value)
"""Stages at which nothing more happens to an item by itself: there it can be searched."""


def words_of_item() -> SearchVector:
    """Return what an item is found by, as its index has it: names and words, never an address.

    In public the sender is a handle, which everybody sees.
    """
    public = models.When(visibility="public", then=models.F("sender"))
    handle = models.Case(public, default=models.Value(""))
    return SearchVector("sender_name", "subject", "text", handle, config="simple")


class Item(models.Model):
    """What a person (or their machine) said to us."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="items", db_index=False)
    raw = models.OneToOneField(RawItem, on_delete=models.CASCADE, related_name="item")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.CharField(max_length=10)
    channel = models.CharField(max_length=20, default="email")
    visibility = models.CharField(max_length=10, default="private")
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.SET_NULL, null=True, db_index=False
    )
    message = models.ForeignKey(
        "outbound.Message", on_delete=models.SET_NULL, null=True, related_name="replies",
        db_index=False,
    )  # fmt: skip
    sender = models.CharField(max_length=320)
    sender_name = models.CharField(max_length=200, blank=True)
    proven = models.BooleanField(null=True)
    """More than the mail's own word says that its sender is its sender: it came to an address that
    we gave to that sender alone, or our own mail server vouches (``InboundItem.sender_proven``).
    ``None``: nobody has looked."""
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()

    # what a platform says of it (channels.contract.Said)
    external_id = models.CharField(max_length=300, blank=True)
    author_id = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    said_at = models.DateTimeField(null=True)
    answers = models.CharField(max_length=300, blank=True)
    passes_on = models.CharField(max_length=300, blank=True)
    """External id of what it re-posts or quotes."""
    conversation = models.CharField(max_length=300, blank=True)
    reach = models.IntegerField(default=0)
    language = models.CharField(max_length=20, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    """When we learned that the author took it down: ``forget`` empties its words."""
    listened = models.BooleanField(default=False)
    """Found by listening: it was not said to us, and is never answered by itself."""
    held = models.BooleanField(default=False)
    """A case keeps the words of what was taken down, under grounds recorded there."""

    # what the river found
    stage = models.CharField(max_length=12, default="understood")
    thread = models.ForeignKey(
        Thread, on_delete=models.SET_NULL, null=True, blank=True, related_name="items",
        db_index=False,
    )  # fmt: skip
    part = models.CharField(max_length=8, blank=True)
    likeness: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """Why it is taken for a repetition: score and reason."""
    severity = models.SmallIntegerField(default=0)
    findings: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """What triage found, each with the words that led to it."""

    class Meta:
        constraints: ClassVar = [
            # an edit comes as another payload about the same thing
            models.UniqueConstraint(
                fields=["account", "external_id"], condition=~models.Q(external_id=""),
                name="item_once_on_account",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            # each stage writes a row anew with all its entries: most answer and repeat nothing
            models.Index(
                fields=["message", "received_at"], condition=models.Q(message__isnull=False),
                name="item_answering",
            ),
            models.Index(
                fields=["thread"], condition=models.Q(thread__isnull=False), name="item_of_thread"
            ),
            models.Index(
                fields=["stage", "id"], condition=~models.Q(stage="routed"), name="item_queue"
            ),
            models.Index(
                fields=["account", "conversation"], condition=~models.Q(conversation=""),
                name="item_conversation",
            ),
            models.Index(
                fields=["account", "passes_on"], condition=~models.Q(passes_on=""),
                name="item_passing_on",
            ),
            models.Index(fields=["contact_point", "received_at"], name="item_of_contact"),
            # a few bytes a hundred pages: rows lie about as they came in
            BrinIndex(fields=["received_at"], name="item_by_time", autosummarize=True),
            # each stage writes the row anew, and would its words: indexed when it has arrived
            GinIndex(
                words_of_item(), condition=models.Q(stage__in=ARRIVED), name="item_words"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"item {self.pk}"


class Cursor(models.Model):
    """How far an account has been polled; written with what the poll brought."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="cursor")
    value = models.TextField(blank=True)
    """The adapter's own; empty before the first poll."""
    polled_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    """Why the last poll brought nothing, for the account's page."""
    failures = models.IntegerField(default=0)
    """In a row."""
    due_at = models.DateTimeField()
    """Not to be polled before: somebody polls it now, or it has to rest."""
    revisited = models.BigIntegerField(default=0)
    """The item up to which this round of looking again has come."""

    def __str__(self) -> str:
        return f"cursor of account {self.account_id}"


class ItemFile(models.Model):
    """Something that came with an item: kept here, or (``file`` empty) only said to be there."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    """Where its platform serves it."""
    description = models.CharField(max_length=1500, blank=True)
    """Its author's words for who cannot see it."""

    # on its way from where its platform serves it (``fetch``)
    fetch = models.CharField(max_length=8, blank=True)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(fetch="waiting"), name="item_file_queue"
            ),
            models.Index(
                fields=["url"], condition=models.Q(fetch="done"), name="item_file_fetched"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
