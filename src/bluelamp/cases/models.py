"""Cases and all that hangs on one: items, notes, tasks, milestones, assessments, handovers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.channels.models import Account, Act
from bluelamp.inbound.models import Item, Thread
from bluelamp.members.models import Contact, ContactPoint
from bluelamp.org.models import Calendar, Force, Officer, Shift, Unit
from bluelamp.outbound.models import Message


class IncidentGroup(models.Model):
    """One incident that many report: its cases are answered, updated and closed at once."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="incident_groups")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"incident group {self.pk}"


class Case(models.Model):
    """Something that a citizen brought and that someone owns until it is closed.

    ``unit`` owns it at every moment; ``owner`` is the officer who has taken it,
    and goes back to nobody when they go home without handing over.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=12)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    owner = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="cases", null=True, blank=True
    )
    state = models.CharField(max_length=10, default="new")
    severity = models.SmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True
    )
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """Where the last words came from: an answer goes there unless the officer says otherwise."""
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    conversation = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True
    )
    group = models.ForeignKey(
        IncidentGroup, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True
    )
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    routed: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """Why it lies where it lies: the rule, and what in the item matched."""
    shown_to_citizen = models.BooleanField(default=True)
    """Off where a shared device would endanger them."""
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    """When the citizen last said something."""
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "reference"], name="case_reference"),
        ]
        indexes: ClassVar = [
            # the queue: most urgent first, then who waits longest
            models.Index(
                fields=["unit", "-severity", "heard_at"],
                condition=~models.Q(state="closed"), name="case_queue",
            ),
            models.Index(
                fields=["owner"], condition=~models.Q(state="closed"), name="case_of_officer"
            ),
            models.Index(fields=["contact_point", "opened_at"], name="case_of_point"),
            models.Index(
                fields=["account", "conversation"], condition=~models.Q(conversation=""),
                name="case_conversation",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.reference}"


class CaseItem(models.Model):
    """An item in a case; one item is in one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items")
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="in_case")
    at = models.DateTimeField()
    why = models.CharField(max_length=20)
    """How it came into this case (:class:`~bluelamp.cases.values.Joined`)."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="case_item_order")]

    def __str__(self) -> str:
        return f"item {self.item_id} in case {self.case_id}"


class Milestone(models.Model):
    """A promise about a case's time; ``events`` tell its clock (rules.clocks)."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=16)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """In whose working hours the target is counted; elapsed time without."""
    target = models.DurationField()
    events: list[Any] = models.JSONField(default=list)  # type: ignore[assignment]
    state = models.CharField(max_length=10, default="pending")
    due_at = models.DateTimeField(null=True, blank=True)
    """Empty while it is paused."""
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind"], name="milestone_kind"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="running", warned_at=None), name="milestone_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="running", breached_at=None), name="milestone_due",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"


class Target(models.Model):
    """What a force promises for a severity: how soon, in whose hours."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="targets")
    severity = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    within = models.DurationField()
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "severity", "kind"], name="target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at severity {self.severity}"


class RoutingRule(models.Model):
    """A line of the force's routing: the first that matches says where a case goes."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="routing_rules")
    order = models.IntegerField()
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    when: dict[str, Any] = models.JSONField(default=dict, blank=True)  # type: ignore[assignment]
    """What must hold (:class:`~bluelamp.cases.rules.routing.Condition`)."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    skill = models.CharField(max_length=50, blank=True)
    """Goes to a person on shift with this skill, where there is one."""
    to_person = models.BooleanField(default=False)
    """Goes to whoever on shift has least to do, not to the unit's queue."""

    class Meta:
        triggers = recorded()
        ordering: ClassVar = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """What was thought of a case at a time; never changed, only followed by another."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    """Empty: proposed by the machine from words, which ``headings`` name."""
    severity = models.SmallIntegerField()
    headings: dict[str, Any] = models.JSONField(default=dict)  # type: ignore[assignment]
    """THRIVE heading -> words."""
    reason = models.TextField(blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="assessment_order")]

    def __str__(self) -> str:
        return f"assessment of case {self.case_id}"


class Note(models.Model):
    """What officers say to each other about a case; never shown to the citizen."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = models.ManyToManyField(Officer, related_name="+", blank=True)

    class Meta:
        triggers = recorded()
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="note_order")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Task(models.Model):
    """Something to be done for a case."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    words = models.CharField(max_length=200)
    officer = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"task {self.pk}"


class Reply(models.Model):
    """An answer to the citizen: drafted, checked, sent; or waiting for another's yes."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="replies")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="draft")
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, related_name="+", null=True)
    """What it answers."""
    act = models.OneToOneField(
        Act, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """How it goes out, once it may."""
    changed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "by"], condition=models.Q(state="draft"), name="one_draft_each"
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Handover(models.Model):
    """A shift closes: its open cases are shown, and each is accepted by who comes in."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    shift = models.ForeignKey(Shift, on_delete=models.SET_NULL, related_name="+", null=True)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="handed_over")
    to = models.ForeignKey(
        Officer, on_delete=models.PROTECT, related_name="taken_over", null=True, blank=True
    )
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()

    def __str__(self) -> str:
        return f"handover {self.pk}"


class HandoverCase(models.Model):
    """One case of a handover; until it is accepted the one who hands over still owns it."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    words = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "case"], name="handover_case_once"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in handover {self.handover_id}"


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
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.case_id} at system {self.system_id}"
