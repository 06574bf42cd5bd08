"""Sending names: the domains that people know, each of which groups its identities over accounts and regions."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower

from inventory.models.identities import Identity
from inventory.models.roles import Role
from inventory.models.teams import Team
from inventory.models.users import User


class SendingNameQuerySet(models.QuerySet["SendingName"]):
    """Sending names, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All of them for readers of the inventory; an owner's by their team, or by an identity that they may see."""
        if user.reads_inventory:
            return self
        if not user.has_role([Role.OWNER]):
            return self.none()
        seen = Identity.objects.visible_to(user).live().order_by().values("sending_name")
        teams = list(user.memberships.values_list("team_id", flat=True))
        return self.filter(models.Q(owner_team_id__in=teams) | models.Q(domain__in=seen))


class SendingName(models.Model):
    """A domain that somebody confirmed. ``domain`` is lower case and ASCII: an international name is in punycode.

    Identities carry the longest confirmed domain that they equal or lie below as ``Identity.sending_name``.
    """

    domain = models.CharField(max_length=255, unique=True)
    note = models.TextField(blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="sending_names")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["SendingName"]] = models.Manager.from_queryset(SendingNameQuerySet)()

    class Meta:
        ordering = ("domain",)
        constraints = (
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="sending_name_lower_case"),
        )

    def __str__(self) -> str:
        return self.domain
