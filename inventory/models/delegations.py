"""Delegations: what AWS allows someone else now, and allowed before."""

from typing import ClassVar, Self

from django.db import models

from inventory.models.identities import Identity
from inventory.models.runs import CollectionRun
from inventory.models.users import User
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust

OUTSIDE_REACHES = [reach.value for reach in Reach if reach.is_outside]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations in the domain's words."""

    def visible_to(self, user: User) -> Self:
        """Those on identities that the person may see."""
        if user.reads_inventory:
            return self
        return self.filter(identity__in=Identity.objects.visible_to(user))

    def live(self) -> Self:
        """What a policy says now, on identities that still exist."""
        return self.filter(is_live=True)

    def outside(self) -> Self:
        """Those that let in somebody other than the owner's own account."""
        return self.filter(reach__in=OUTSIDE_REACHES).exclude(trust=Trust.OWN)


class Delegation(models.Model):
    """One principal in one policy of one identity; ``statements`` is what is said of it, all together.

    ``principal`` is ``*``, an account id, an organization id, a principal ARN or unique id, or a service principal.
    The columns from ``is_live`` on repeat the open :class:`DelegationState`; reconciliation writes both at once.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="delegations")
    policy_name = models.CharField(max_length=64)
    principal = models.CharField(max_length=2048)
    account_id = models.CharField(max_length=12, blank=True)
    is_live = models.BooleanField(default=True)
    reach = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Reach])
    trust = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Trust], blank=True)
    trust_rank = models.PositiveSmallIntegerField()
    reach_rank = models.PositiveSmallIntegerField()
    can_send = models.BooleanField()
    statements = models.JSONField(default=list)
    first_seen_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Delegation"]] = models.Manager.from_queryset(DelegationQuerySet)()

    class Meta:
        ordering = ("trust_rank", "reach_rank", "identity", "policy_name", "principal")
        constraints = (
            models.UniqueConstraint(
                fields=("identity", "policy_name", "principal"),
                name="delegation_unique",
            ),
        )
        indexes = (
            # What one account can do to us; and the list of delegates, from the index alone.
            models.Index(
                fields=("account_id", "identity"),
                include=("reach", "trust", "trust_rank", "can_send", "first_seen_at"),
                condition=models.Q(is_live=True),
                name="delegation_by_delegate",
            ),
            models.Index(
                fields=("trust_rank", "reach_rank"),
                condition=models.Q(is_live=True),
                name="delegation_risk",
            ),
        )

    def __str__(self) -> str:
        return f"{self.principal} on {self.identity_id}"


class DelegationState(models.Model):
    """What a delegation allowed from when to when: ``[from_at, to_at)``. ``statements`` as on the delegation."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="states")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    state_hash = models.CharField(max_length=64)
    reach = models.CharField(max_length=20)
    trust = models.CharField(max_length=20, blank=True)
    can_send = models.BooleanField()
    statements = models.JSONField(default=list)
    run = models.ForeignKey(
        CollectionRun,
        on_delete=models.PROTECT,
        null=True,
        related_name="delegation_states",
    )

    class Meta:
        ordering = ("delegation", "from_at")
        constraints = (
            models.UniqueConstraint(
                fields=("delegation",),
                condition=models.Q(to_at=None),
                name="delegation_one_state",
            ),
        )

    def __str__(self) -> str:
        return f"{self.delegation} {self.reach}"
