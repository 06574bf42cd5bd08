"""Collection runs: one look at a set of scopes."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from inventory.models.scopes import Outcome, Scope
from inventory.models.users import User


class CollectionRunQuerySet(models.QuerySet["CollectionRun"]):
    """Runs by their life, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """Runs speak of every account, so they are for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def unfinished(self) -> Self:
        """Runs that still have scopes to read."""
        return self.filter(state=CollectionRun.State.RUNNING)


class CollectionRun(models.Model):
    """A run is finished when each of its scopes has an outcome, abandoned when its deadline passed first.

    ``wanted_accounts`` are the ids it was started for; ``wanted_regions`` is empty where each account's own regions are
    to be found. An account moves to ``planned_accounts`` once its scopes are rows; ``planned_at`` says that all are.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        ABANDONED = "abandoned", "Abandoned"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "Started by a person"
        COMMAND = "command", "Command line"
        REPLAY = "replay", "Replayed for the demo"

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    created_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    wanted_accounts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    wanted_regions = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    planned_accounts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    planning_until = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["CollectionRun"]] = models.Manager.from_queryset(CollectionRunQuerySet)()

    class Meta:
        ordering = ("-id",)
        indexes = (
            # The tick looks for runs to go on with or to abandon.
            models.Index(
                fields=("deadline_at",),
                condition=models.Q(state="running"),
                name="run_unfinished",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk}"


class ScopeRunQuerySet(models.QuerySet["ScopeRun"]):
    """The jobs of runs that still go on."""

    def due(self, at: datetime) -> Self:
        """What a worker may take up: waiting and due, or left behind by one whose lease ended."""
        return self.filter(run__state=CollectionRun.State.RUNNING).filter(
            models.Q(state=ScopeRun.State.DUE, due_at__lte=at)
            | models.Q(state=ScopeRun.State.LEASED, leased_until__lt=at)
        )

    def unfinished(self) -> Self:
        """What has no outcome yet."""
        return self.exclude(state=ScopeRun.State.DONE)


class ScopeRun(models.Model):
    """One scope of one run: the job itself. A message to a worker is only a hint that such rows are due.

    ``fence`` grows with each lease; a worker whose fence is no longer the row's writes nothing.
    ``next_token`` and ``is_listed`` are the cursor of the listing, :class:`ListedIdentity` rows that of the reading.
    ``failures`` counts the calls since the last answer that brought none, throttled ones aside; ``troubled_since`` is
    the instant of the first of them. ``is_guess``: nobody could say that the region is enabled in the account, so
    refused credentials may mean that it is not.
    """

    class State(models.TextChoices):
        DUE = "due", "Waiting"
        LEASED = "leased", "Reading"
        DONE = "done", "Done"

    run = models.ForeignKey(CollectionRun, on_delete=models.CASCADE, related_name="scope_runs")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="scope_runs")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    troubled_since = models.DateTimeField(null=True, blank=True)
    next_token = models.TextField(blank=True)
    is_listed = models.BooleanField(default=False)
    is_guess = models.BooleanField(default=False)
    listing_source = models.CharField(max_length=2, default="v2")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    error_code = models.CharField(max_length=200, blank=True)
    error_text = models.TextField(blank=True)
    api_calls = models.PositiveIntegerField(default=0)
    throttled = models.PositiveIntegerField(default=0)
    identities_listed = models.PositiveIntegerField(default=0)
    identities_read = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ScopeRun"]] = models.Manager.from_queryset(ScopeRunQuerySet)()

    class Meta:
        ordering = ("scope__account__account_id", "scope__region")
        constraints = (models.UniqueConstraint(fields=("run", "scope"), name="scope_run_unique"),)
        indexes = (
            # A worker leases what is due, oldest first.
            models.Index(
                fields=("due_at",),
                condition=~models.Q(state="done"),
                name="scope_run_due",
            ),
            # The last look at a scope up to an instant, for figures of days past.
            models.Index(fields=("scope", "-finished_at"), include=("outcome",), name="scope_run_by_finish"),
        )

    def __str__(self) -> str:
        return f"{self.scope} in {self.run}"


class ListedIdentity(models.Model):
    """An identity to read in a scope of a run, and whether it was read.

    ``was_listed`` is false for one that we knew and the complete listing lacked: it is gone only if reading it says so.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        READ = "read", "Read"
        GONE = "gone", "Not found"
        FAILED = "failed", "Could not be read"

    scope_run = models.ForeignKey(ScopeRun, on_delete=models.CASCADE, related_name="listed")
    name = models.CharField(max_length=320)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    was_listed = models.BooleanField(default=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["ListedIdentity"]] = models.Manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("scope_run", "name"), name="listed_identity_unique"),)

    def __str__(self) -> str:
        return self.name
