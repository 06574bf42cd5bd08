"""Teams: who owns an identity when it is not one person."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from inventory.models.users import User


class Team(models.Model):
    """A team that owns identities; ``aliases`` are other values found in owner tags."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="team_name_unique"),)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "team"), name="membership_unique"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
