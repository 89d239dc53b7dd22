"""Forces and their tree, officers and their grants, when they are on and what they can."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.audit.values import Actor, ActorKind


class Force(models.Model):
    """A police force: the wall between tenants."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    hosts = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    colour = models.CharField(max_length=7, default="#0b2545")
    crest = models.BinaryField(null=True, blank=True)
    crest_type = models.CharField(max_length=40, blank=True)
    contact_line = models.CharField(max_length=200, blank=True)
    website = models.URLField(blank=True)
    settings: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = recorded(hidden=("crest",))

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A part of a force; ``path`` holds the ids from the root, ``/1/5/``."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    path = models.CharField(max_length=200, db_index=True, db_collation="C")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    """The on-call phone, E.164: it is rung at three in the morning."""

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "code"], name="unit_code_in_force"),
        ]
        ordering: ClassVar = ["path"]

    def __str__(self) -> str:
        return self.name


class OfficerManager(BaseUserManager["Officer"]):
    """Makes officers; log-in goes by e-mail address in any case of letters."""

    def get_by_natural_key(self, username: str | None) -> Officer:
        """Return the officer of that e-mail address."""
        return self.get(email__iexact=username)


class Officer(AbstractBaseUser):
    """A person who works in the console."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="officers")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    email = models.EmailField(unique=True)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    rank = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    """E.164; for what cannot wait until they read their mail."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "number"]
    objects: ClassVar[OfficerManager] = OfficerManager()

    class Meta:
        triggers = recorded(hidden=("password", "last_login"))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "number"], name="officer_number_in_force"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Rank, name and number, as the public and the audit see the officer."""
        return f"{self.rank} {self.name} {self.number}".strip()

    source: str = ""
    """From where the officer acts in this request; set by the gate, never stored."""

    def as_actor(self, source: str = "") -> Actor:
        """Return the officer as an actor of the record."""
        return Actor(
            ActorKind.OFFICER, str(self.pk), self.label, force=self.force_id,
            source=source or self.source,
        )  # fmt: skip

    def get_full_name(self) -> str:
        """Return the name alone (asked for by allauth)."""
        return self.name


class Grant(models.Model):
    """A role over a unit and all below it, for a time."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    starts = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        Officer, on_delete=models.SET_NULL, null=True, related_name="grants_given"
    )
    reason = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["officer", "revoked_at"])]

    def __str__(self) -> str:
        return f"{self.role} at {self.unit_id}"


class Skill(models.Model):
    """Something an officer can do that work may need: a language, a course."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="skills")
    code = models.SlugField()
    name = models.CharField(max_length=80)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "code"], name="skill_code_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class OfficerSkill(models.Model):
    """An officer's skill, until it lapses."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="officers")
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["officer", "skill"], name="skill_once_an_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.skill_id}"


class Rota(models.Model):
    """A repeating pattern of shifts for a unit, from which shifts are drawn.

    ``pattern`` is a list of weeks, each of seven days, each a list of
    ``["HH:MM", "HH:MM"]`` pairs in the force's local time; an end at or before
    its start is on the next day.  Week 0 begins on ``anchor``, a Monday.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="rotas")
    name = models.CharField(max_length=80)
    anchor = models.DateField()
    pattern: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="rota_name_in_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """One stretch of duty of one officer; stretches of an officer never overlap."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="shifts")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="shifts")
    rota = models.ForeignKey(Rota, on_delete=models.SET_NULL, null=True, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    on_call = models.BooleanField(default=False)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [
            models.Index(fields=["unit", "starts"]),
            models.Index(fields=["officer", "starts"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="shift_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.starts:%Y-%m-%d %H:%M}"


class Calendar(models.Model):
    """When a part of the force is open: a week, and the days on which it does not hold.

    ``week`` is seven days from Monday, each a list of ``["HH:MM", "HH:MM"]`` pairs on the clock
    of ``zone``; an end at or before its start is on the next day.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="calendars")
    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="calendars", null=True, blank=True
    )
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Europe/London")
    week: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="calendar_name_in_force"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """An exceptional day: open in ``opens`` (pairs as in a week) and not otherwise."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    day = models.DateField()
    opens: list[Any] = models.JSONField(default=list, blank=True)  # type: ignore[assignment]
    reason = models.CharField(max_length=120)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "day"], name="closure_once_a_day"),
        ]
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"


class Knock(models.Model):
    """A form of the public's was sent: from where, as a digest, and when; kept for a day."""

    source = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "at"], name="knock_of_source")]

    def __str__(self) -> str:
        return f"knock {self.pk}"
