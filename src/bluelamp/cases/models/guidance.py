"""What officers should know and may say: articles, every version of them, and their use."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from bluelamp.audit.recorded import recorded
from bluelamp.cases.models.case import Case
from bluelamp.cases.models.tags import CaseTag
from bluelamp.org.models import Force, Officer, Unit


class Article(models.Model):
    """A page of guidance that a unit answers for, and reviews by a day.

    Its words are in its versions.  Readers see the published one; what is written
    after it waits until somebody publishes that.
    """

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="articles")
    code = models.SlugField(max_length=60)
    """Its name in files: the same code is the same article."""
    title = models.CharField(max_length=120)
    """As readers see it: of the published version, before that of the newest."""
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    """Whose it is."""
    owner = models.ForeignKey(
        Officer, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """Who is told when it wants a review; without one, the unit."""
    state = models.CharField(max_length=10, default="draft")
    language = models.CharField(max_length=8, default="en")
    review_on = models.DateField()
    reminded_for = models.DateField(null=True, blank=True)
    """The review date of which the owner was told."""
    published = models.OneToOneField(
        "ArticleVersion", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    tags = models.ManyToManyField(
        CaseTag, through="ArticleTag", related_name="articles", blank=True
    )
    search = SearchVectorField(null=True)
    """What readers see, as PostgreSQL searches it."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        triggers = recorded(hidden=("search",))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "code"], name="article_code_in_force"),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="article_search"),
            models.Index(fields=["force", "state", "review_on"], name="article_review"),
        ]

    def __str__(self) -> str:
        return f"article {self.code}"


class ArticleVersion(models.Model):
    """What an article said from a moment on, by whom; never changed, only followed."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    reply = models.TextField(blank=True)
    """What may be said to the citizen, with fields."""
    short_reply = models.TextField(blank=True)
    """The same for a channel in which ``reply`` does not fit."""
    note = models.CharField(max_length=200, blank=True)
    """What was changed, in its author's words."""
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    published_by = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of article {self.article_id}"


class ArticleTag(models.Model):
    """A tag of an article: it is suggested beside cases that carry the same."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(CaseTag, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "tag"], name="tag_once_an_article"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of article {self.article_id}"


class ArticleUse(models.Model):
    """What an article was to one officer in one case: of use or not, said or not."""

    force = models.ForeignKey(Force, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="uses")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    useful = models.BooleanField(null=True)
    """Empty: they did not say."""
    replied_at = models.DateTimeField(null=True, blank=True)
    """When its saved reply was last put into the answer."""
    at = models.DateTimeField()

    class Meta:
        triggers = recorded()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "case", "by"], name="article_use_once"),
        ]

    def __str__(self) -> str:
        return f"use of article {self.article_id} in case {self.case_id}"
