"""Discoveries: one look at which accounts an AWS organization holds."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from inventory.models.organizations import Organization
from inventory.models.scopes import Outcome
from inventory.models.users import User


class DiscoveryQuerySet(models.QuerySet["Discovery"]):
    """Discoveries by their life, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """They speak of every account, so they are for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def unfinished(self) -> Self:
        """What is asked for and has no outcome yet."""
        return self.filter(finished_at=None)

    def due(self, at: datetime) -> Self:
        """What a worker may take up: never begun, or left behind by one whose lease ended."""
        return self.unfinished().filter(models.Q(leased_until=None) | models.Q(leased_until__lt=at))


class Discovery(models.Model):
    """The job itself; a message to a worker is only a hint that such a row is due.

    ``listed`` counts the accounts on the pages that came, ``pages`` those pages; with outcome ``partial`` there are
    more accounts than were listed, and none was taken for gone. ``left`` holds the ids that a complete listing lacked,
    ``concerned`` those whose trust may have changed. ``next_token`` and ``is_listed`` are the cursor; ``failures`` and
    ``troubled_since`` speak of the refusals since the last answer.
    """

    profile = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    next_token = models.TextField(blank=True)
    is_listed = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)
    troubled_since = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    error_code = models.CharField(max_length=200, blank=True)
    error_text = models.TextField(blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="discoveries")
    caller_arn = models.CharField(max_length=2048, blank=True)
    pages = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list, blank=True)
    concerned = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager["Discovery"]] = models.Manager.from_queryset(DiscoveryQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            # Who asks while one is under way is led to it.
            models.UniqueConstraint(
                fields=("profile",), condition=models.Q(finished_at=None), name="discovery_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"discovery {self.pk}"
