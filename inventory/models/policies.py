"""Sending authorization policies and their versions."""

from typing import ClassVar, Self

from django.db import models

from inventory.models.identities import Identity
from inventory.models.runs import CollectionRun
from inventory.models.users import User

# A star, plain or escaped, somewhere in a principal; what it finds is then read properly.
MAYBE_WILDCARD = r'"Principal"\s*:\s*(\{[^{}]*|\[[^\]]*)?"(\*|\\u002[aA])"|"NotPrincipal"|\\u00'


class SendingPolicyQuerySet(models.QuerySet["SendingPolicy"]):
    """Policies, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """Those on identities that the person may see."""
        if user.reads_inventory:
            return self
        return self.filter(identity__in=Identity.objects.visible_to(user))

    def live(self) -> Self:
        """Policies that are there now, on identities that still exist."""
        return self.filter(gone_at=None, identity__gone_at=None)


class SendingPolicy(models.Model):
    """A named policy on one identity; it is gone when a reading of the identity no longer shows it."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="policies")
    name = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["SendingPolicy"]] = models.Manager.from_queryset(SendingPolicyQuerySet)()

    class Meta:
        ordering = ("identity", "name")
        verbose_name_plural = "sending policies"
        constraints = (models.UniqueConstraint(fields=("identity", "name"), name="sending_policy_unique"),)

    def __str__(self) -> str:
        return self.name


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Versions by their time."""

    def current(self) -> Self:
        """What each policy says now."""
        return self.filter(to_at=None)

    def maybe_wildcard(self) -> Self:
        """Versions that may let everyone in, and some that do not: read their text to know."""
        return self.filter(text__regex=MAYBE_WILDCARD)


class PolicyVersion(models.Model):
    """One document as it was read, whole and unchanged. ``raw_hash`` and ``canonical_hash`` are SHA-256 in hex."""

    policy = models.ForeignKey(SendingPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    raw_hash = models.CharField(max_length=64)
    canonical_hash = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(CollectionRun, on_delete=models.PROTECT, related_name="policy_versions")

    objects: ClassVar[models.Manager["PolicyVersion"]] = models.Manager.from_queryset(PolicyVersionQuerySet)()

    class Meta:
        ordering = ("policy", "number")
        constraints = (
            models.UniqueConstraint(fields=("policy", "number"), name="policy_version_number"),
            models.UniqueConstraint(
                fields=("policy",),
                condition=models.Q(to_at=None),
                name="policy_one_current",
            ),
        )
        indexes = (
            # "Changes since the last visit" on the dashboard.
            models.Index(fields=("-from_at",), name="policy_version_recent"),
            # Policies that name everyone, now and at an instant before: no text of another is read for it.
            models.Index(
                fields=("policy",), condition=models.Q(text__regex=MAYBE_WILDCARD), name="policy_version_wildcard"
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"
