"""Change tasks: what is to be written into AWS by the team that operates the account."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from approvals.models.grants import Grant
from approvals.rules.change_tasks import UNDONE, TaskKind, TaskState
from inventory.models import CollectionRun, Identity, Role, Team, User


class ChangeTaskQuerySet(models.QuerySet["ChangeTask"]):
    """Tasks by where they stand, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory; else those on identities that one may see, and one's own team's."""
        if user.reads_inventory:
            return self
        if not user.is_active:
            return self.none()
        return self.filter(Q(identity__in=Identity.objects.visible_to(user)) | Q(assigned_team__in=_teams(user)))

    def of(self, user: User) -> Self:
        """Those that the person's teams have to do, and those that the person took up."""
        return self.filter(Q(assigned_team__in=_teams(user)) | Q(taken_by=user))

    def undone(self) -> Self:
        """Those that no reading has verified yet."""
        return self.filter(state__in=UNDONE)

    def to_compare(self) -> Self:
        """Those whose identity was read, or is gone, since they were opened or last compared."""
        since = Coalesce(F("compared_at"), F("opened_at"))
        return self.undone().filter(Q(identity__last_read_at__gt=since) | Q(identity__gone_at__isnull=False))

    def overdue(self, on: date) -> Self:
        """Those that should have been done before this day."""
        return self.undone().filter(due_on__lt=on)


def _teams(user: User) -> list[int]:
    return list(user.memberships.filter(team__is_active=True).values_list("team_id", flat=True))


class ChangeTask(models.Model):
    """One change of an identity's policies. ``grant`` says whose access, or ``principals`` and ``policy_name`` do.

    ``principals_hash`` is the SHA-256 over them, since there may be many.
    ``made_against`` maps the names of the policies that were there when the task was opened to their raw hashes.
    ``compared_at`` is the last reading that was compared with it.
    ``assigned_team`` is ``None`` where security itself has to do it. ``outcome`` says in words how it ended.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="change_tasks")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="change_tasks")
    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in TaskKind])
    policy_name = models.CharField(max_length=64, blank=True)
    principals = ArrayField(models.CharField(max_length=2048), default=list, blank=True)
    principals_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    due_on = models.DateField()
    is_urgent = models.BooleanField(default=False)
    made_against = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in TaskState], default=TaskState.OPEN)
    assigned_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField(null=True, blank=True)
    verified_by_run = models.ForeignKey(
        CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    compared_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    objects: ClassVar[models.Manager["ChangeTask"]] = models.Manager.from_queryset(ChangeTaskQuerySet)()

    class Meta:
        ordering = ("-is_urgent", "due_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("grant", "kind"),
                condition=Q(state__in=("open", "said_applied"), grant__isnull=False),
                name="change_task_one_for_grant",
            ),
            models.UniqueConstraint(
                fields=("identity", "kind", "policy_name", "principals_hash"),
                condition=Q(state__in=("open", "said_applied"), grant=None),
                name="change_task_one_for_principals",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "said_applied"), ended_at=None, outcome="")
                | (Q(state__in=("verified", "cancelled"), ended_at__isnull=False) & ~Q(outcome="")),
                name="change_task_ended_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="said_applied") | Q(said_by__isnull=False, said_at__isnull=False),
                name="change_task_said_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="apply") | Q(grant__isnull=False), name="change_task_applies_a_grant"
            ),
        )
        indexes = (
            # The list of tasks, the most urgent first; what is overdue.
            models.Index(
                fields=("-is_urgent", "due_on", "id"),
                condition=Q(state__in=("open", "said_applied")),
                name="change_task_to_do",
            ),
            # What a reading of an identity may settle.
            models.Index(
                fields=("identity",), condition=Q(state__in=("open", "said_applied")), name="change_task_to_settle"
            ),
            # The list of what is done, the latest first.
            models.Index(fields=("-ended_at", "id"), name="change_task_by_end"),
        )

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return TaskState(self.state).is_over

    def is_overdue(self, on: date) -> bool:
        """Whether it should have been done before this day."""
        return not self.is_over and self.due_on < on

    def may_be_done_by(self, user: User) -> bool:
        """Whether the person is of the team that operates the account, or of security."""
        if user.has_role([Role.SECURITY]):
            return True
        return user.is_active and self.assigned_team_id is not None and self.assigned_team_id in _teams(user)
