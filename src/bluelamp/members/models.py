"""Contacts, their contact points, members, consents, topics and suppression."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.org.models import Force, Officer


class Topic(models.Model):
    """Something a member may want news of; ``bit`` is its place in the members' mask."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="topics")
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=200, blank=True)
    bit = models.SmallIntegerField()
    """0 to 62: the mask is a signed 64-bit number."""
    preset = models.BooleanField(default=True)
    """Ticked when the sign-up page opens."""

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "slug"], name="topic_slug_in_force"),
            models.UniqueConstraint(fields=["force", "bit"], name="topic_bit_in_force"),
            models.CheckConstraint(
                condition=models.Q(bit__gte=0, bit__lte=62), name="topic_bit_in_mask"
            ),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A citizen as known across channels."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"contact {self.pk}"


class ContactPoint(models.Model):
    """A channel and an address on it: it *is* the identity."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="points")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    """As the person wrote it, for sending."""
    key = models.BinaryField()
    """HMAC of the normalised address: what equality and suppression go by."""
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "channel", "key"], name="contact_point_once_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"contact point {self.pk}"


class ContactLink(models.Model):
    """Two contacts are one person: said by an officer, with the reason, until it is undone.

    Nothing is moved: each contact keeps its points, consents and history, so that
    undoing restores everything that was.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    basis = models.CharField(max_length=20)
    """What it stands on (:class:`~bluelamp.members.values.Basis`)."""
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["one", "other"], condition=models.Q(undone_at=None), name="one_live_link"
            ),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="link_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["other"], condition=models.Q(undone_at=None), name="link_back"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class Member(models.Model):
    """A contact who joined: where they live and what they want to hear of.

    This row is the audience: one index on ``cell`` finds the people of a piece
    of ground, ``longitude`` and ``latitude`` refine at its edge.
    """

    force = models.ForeignKey(
        Force, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="member")
    state = models.CharField(max_length=10)
    postcode = models.CharField(max_length=8)
    longitude = models.FloatField()
    latitude = models.FloatField()
    cell = models.BigIntegerField()
    topics = models.BigIntegerField(default=0)
    """Mask over :attr:`Topic.bit`."""
    language = models.CharField(max_length=10, default="en")
    reach = models.SmallIntegerField(default=0)
    """Bits of :class:`~bluelamp.members.values.Reach`, kept by ``standing.refresh``."""
    email_point = models.ForeignKey(
        ContactPoint,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    """Where e-mail goes, kept by ``standing.refresh``."""
    joined_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    leave_reason = models.CharField(max_length=20, blank=True)
    leave_words = models.TextField(blank=True)
    left_message = models.BigIntegerField(null=True, blank=True)
    """The message whose link they left by: its report counts them."""
    source = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    """The member's number in a system that they were imported from."""

    class Meta:
        triggers = recorded(hidden=("reach", "email_point_id"))
        indexes: ClassVar = [
            # the whole audience question is answered from this index (ADR 0005)
            models.Index(
                fields=["force", "cell"],
                # what may be null stands last: offsets up to it are known in advance
                include=[
                    "longitude", "latitude", "topics", "email_point", "joined_at", "reach",
                    "language", "paused_until",
                ],
                condition=models.Q(state="joined"),
                name="member_audience",
            ),
            models.Index(fields=["force", "postcode"], name="member_postcode"),
            models.Index(
                fields=["left_message"],
                condition=models.Q(left_message__isnull=False),
                name="member_left_message",
            ),
        ]  # fmt: skip
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "reference"],
                condition=~models.Q(reference=""),
                name="member_reference_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class Consent(models.Model):
    """What a person agreed to, in the words they were shown; withdrawn, never deleted."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    purpose = models.CharField(max_length=20)
    wording = models.ForeignKey("Wording", on_delete=models.PROTECT, db_index=False)
    source = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["contact", "purpose"])]

    def __str__(self) -> str:
        return f"{self.purpose} of contact {self.contact_id}"


class Wording(models.Model):
    """The exact words of a consent, kept once for all who saw them."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "purpose", "digest"], name="wording_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Suppression(models.Model):
    """An address to which nothing goes; it outlives the person's other data."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    key = models.BinaryField()
    """HMAC of the normalised address, as in :class:`ContactPoint`."""
    reason = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "channel", "key"],
                condition=models.Q(lifted_at=None),
                name="suppression_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class Code(models.Model):
    """A one-time code sent to a contact point; stored as a digest."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    key = models.BinaryField()
    purpose = models.CharField(max_length=20)
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    source = models.BinaryField(default=b"")
    """HMAC of the network address that asked, for the rate."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["force", "channel", "key", "-made_at"]),
            models.Index(fields=["source", "-made_at"], name="code_source"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} code {self.pk}"
