"""Sending names: the domains that people know, each of which groups its identities over accounts and regions."""

from django.db import models
from django.db.models.functions import Lower

from inventory.models.teams import Team
from inventory.models.users import User


class SendingName(models.Model):
    """A domain that somebody confirmed. ``domain`` is lower case and ASCII: an international name is in punycode.

    Identities carry the longest confirmed domain that they equal or lie below as ``Identity.sending_name``.
    """

    domain = models.CharField(max_length=255, unique=True)
    note = models.TextField(blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="sending_names")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: models.Manager["SendingName"] = models.Manager()

    class Meta:
        ordering = ("domain",)
        constraints = (
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="sending_name_lower_case"),
        )

    def __str__(self) -> str:
        return self.domain
