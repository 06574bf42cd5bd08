"""Owner rules: who owns identities whose tags do not say so."""

from typing import ClassVar, Self

from django.db import models

from inventory.models.teams import Team
from inventory.models.users import User


class OwnerRuleQuerySet(models.QuerySet["OwnerRule"]):
    """Rules, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """Rules are for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def live(self) -> Self:
        """Rules in force, in the order in which they are asked."""
        return self.filter(ended_at=None).order_by("position", "id")


class OwnerRule(models.Model):
    """Identities under a domain, in an account or below an organizational unit belong to a team or a person.

    ``value`` is a lower-case domain (itself and all below it), a 12-digit account id, or an organizational unit's id
    or path. The first rule by ``position`` that fits and whose owner is active decides.
    """

    class Kind(models.TextChoices):
        DOMAIN_SUFFIX = "domain_suffix", "Domain"
        ACCOUNT = "account", "Account"
        OU = "ou", "Organizational unit"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=500)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="owner_rules")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="owner_rules")
    position = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager["OwnerRule"]] = models.Manager.from_queryset(OwnerRuleQuerySet)()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            # The second of two would never be asked.
            models.UniqueConstraint(
                fields=("kind", "value"), condition=models.Q(ended_at=None), name="owner_rule_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(team=None, user__isnull=False) | models.Q(team__isnull=False, user=None),
                name="owner_rule_one_owner",
            ),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def owner(self) -> "Team | User | None":
        """The team or the person."""
        return self.team or self.user

    @property
    def words(self) -> str:
        """What it matches: ``*.shop.example.com``, ``account 111111111111``, ``organizational unit ou-...``."""
        if self.kind == self.Kind.DOMAIN_SUFFIX:
            return f"*.{self.value}"
        return f"{'account' if self.kind == self.Kind.ACCOUNT else 'organizational unit'} {self.value}"
