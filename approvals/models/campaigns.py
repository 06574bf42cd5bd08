"""Review campaigns: everything that lets somebody send as us, looked at by whom it concerns, by a day."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from approvals.rules.campaigns import CampaignState
from approvals.rules.deciders import DECIDING_ROLES
from inventory.models import Deputy, Membership, Team, User

_UNFINISHED = [state.value for state in CampaignState if not state.is_final]


def sides_spoken_for(user: User, *, on: date) -> tuple[list[int], list[int]]:
    """The ids of the teams and of the people for whom somebody may review on a day, as a member, a deputy or oneself.

    The same as :func:`approvals.services.requests.deciders.owner_sides` says from the other side.
    """
    if not user.has_role(DECIDING_ROLES):
        return [], []
    teams = Membership.objects.filter(user=user, team__is_active=True).values_list("team_id", flat=True)
    here = models.Q(team__is_active=True) | models.Q(user__is_active=True, user__roles__overlap=DECIDING_ROLES)
    stood_in_for = list(Deputy.objects.current(on).filter(here, deputy=user).values_list("team_id", "user_id"))
    return (
        [*teams, *(team_id for team_id, _ in stood_in_for if team_id)],
        [user.pk, *(user_id for _, user_id in stood_in_for if user_id)],
    )


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory, else those that were begun and ask the person something."""
        if user.reads_inventory:
            return self
        teams, people = sides_spoken_for(user, on=timezone.localdate())
        mine = models.Q(items__reviewer_user__in=people) | models.Q(items__reviewer_team__in=teams)
        return self.filter(activated_at__isnull=False, pk__in=Campaign.objects.filter(mine).order_by().values("pk"))

    def unfinished(self) -> Self:
        """Those on which something is still to be done."""
        return self.filter(state__in=_UNFINISHED)


class Campaign(models.Model):
    """One review of a population that was frozen at ``staged_at``.

    ``scope``: what the population was narrowed to, ids by kind (``account``, ``vendor``, ``team``, ``sending_name``,
    ``environment``); empty means all. ``completeness`` and ``exclusions`` as
    :mod:`approvals.services.campaigns.staging` writes them. ``population_hash``: SHA-256 over the frozen items.
    ``schedule_key`` is set where the calendar began it, so that each period is begun once.
    """

    name = models.CharField(max_length=200)
    state = models.CharField(
        max_length=17, choices=[(s.value, s.value) for s in CampaignState], default=CampaignState.DRAFT
    )
    scope = models.JSONField(default=dict)
    fallback_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    frequency = models.CharField(max_length=20)
    frequency_basis = models.CharField(max_length=500, blank=True)
    starts_on = models.DateField()
    due_on = models.DateField()
    remediate_by_on = models.DateField()
    schedule_key = models.CharField(max_length=40, unique=True, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    staged_at = models.DateTimeField(null=True, blank=True)
    staged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    item_count = models.PositiveIntegerField(default=0)
    removed_count = models.PositiveIntegerField(default=0)
    population_hash = models.CharField(max_length=64, blank=True)
    completeness = models.JSONField(default=list)
    exclusions = models.JSONField(default=list)
    shortfall = models.TextField(blank=True)
    overridden_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_in_by = models.CharField(max_length=40, blank=True)
    attestation = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending_reason = models.TextField(blank=True)

    objects: ClassVar[models.Manager["Campaign"]] = models.Manager.from_queryset(CampaignQuerySet)()

    class Meta:
        ordering = ("-period_to", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_from__lte=models.F("period_to"), starts_on__lte=models.F("due_on")),
                name="campaign_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "cancelled"))
                | (models.Q(staged_at__isnull=False, item_count__gt=0) & ~models.Q(population_hash="")),
                name="campaign_has_a_population",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("signed", "remediating", "closed", "closed_incomplete"))
                | (models.Q(signed_at__isnull=False, signed_by__isnull=False) & ~models.Q(attestation="")),
                name="campaign_signed_whole",
            ),
        )

    def __str__(self) -> str:
        return self.name
