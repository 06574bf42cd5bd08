"""Deputies: who stands in for an owner, from when to when."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from inventory.models.roles import Role
from inventory.models.teams import Membership, Team
from inventory.models.users import User


class DeputyQuerySet(models.QuerySet["Deputy"]):
    """Deputies by day."""

    def current(self, on: date) -> Self:
        """Those that stand in on a day."""
        return self.filter(ended_at=None, from_on__lte=on, until_on__gte=on)

    def not_over(self, on: date) -> Self:
        """Those that stand in on a day or will later."""
        return self.filter(ended_at=None, until_on__gte=on)


class Deputy(models.Model):
    """A person who sees and does what a team or another person may as owner, ``until_on`` included."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="deputies")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="deputies")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in_for")
    from_on = models.DateField()
    until_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager["Deputy"]] = models.Manager.from_queryset(DeputyQuerySet)()

    class Meta:
        ordering = ("from_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(team=None, user__isnull=False) | models.Q(team__isnull=False, user=None),
                name="deputy_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")), name="deputy_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(user=None) | ~models.Q(user=models.F("deputy")), name="deputy_is_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy} for {self.owner}"

    @property
    def owner(self) -> "Team | User | None":
        """The team or the person stood in for."""
        return self.team or self.user


def owners_spoken_for(user: User) -> tuple[list[int], list[int]]:
    """The ids of teams and of people for whom somebody may speak today: their own, and those they are a deputy of.

    Who is no identity owner any more has nothing that a deputy could do for them.
    """
    deputies = Deputy.objects.filter(deputy=user).current(timezone.localdate())
    here = models.Q(team__is_active=True) | models.Q(user__is_active=True, user__roles__contains=[Role.OWNER])
    stood_in_for = list(deputies.filter(here).values_list("team_id", "user_id"))
    user_ids = [user.pk, *(user_id for _, user_id in stood_in_for if user_id)]
    team_ids = Membership.objects.filter(user_id__in=user_ids).values_list("team_id", flat=True)
    return [*team_ids, *(team_id for team_id, _ in stood_in_for if team_id)], user_ids
