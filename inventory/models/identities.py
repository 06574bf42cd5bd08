"""Identities: the domains and addresses that can be sent as."""

from typing import ClassVar, Self

from django.db import models

from inventory.models.deputies import owners_spoken_for
from inventory.models.owner_rules import OwnerRule
from inventory.models.roles import Role
from inventory.models.runs import CollectionRun
from inventory.models.scopes import Scope
from inventory.models.teams import Team
from inventory.models.users import User
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust


class IdentityQuerySet(models.QuerySet["Identity"]):
    """Identities, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """What this person may see: everything for readers of the inventory, else what they answer for."""
        return self if user.reads_inventory else self.owned_by(user)

    def owned_by(self, user: User) -> Self:
        """Those for which this person answers as their owner, whatever else they may read: their own, their teams',
        and those of a team or a person whose deputy they are today. Two queries."""
        if not user.has_role([Role.OWNER]):
            return self.none()
        team_ids, user_ids = owners_spoken_for(user)
        return self.filter(models.Q(owner_team_id__in=team_ids) | models.Q(owner_user_id__in=user_ids))

    def live(self) -> Self:
        """Identities that existed at the last look."""
        return self.filter(gone_at=None)

    def to_judge(self) -> Self:
        """Those whose owner changed and whose findings are still to follow."""
        return self.live().filter(is_judgement_due=True)


class Identity(models.Model):
    """One SES identity in one scope, as the last successful GetEmailIdentity showed it.

    ``trust_rank``, ``reach_rank``, ``widest_reach``, ``widest_trust`` and ``delegate_count`` repeat what the open
    delegation states say, so that lists can sort by them; reconciliation writes both in one transaction.
    ``open_finding_count`` repeats in the same way how many findings are open, hints left out.
    ``judged_on`` is the SHA-256 over all that its last judgement followed from; empty where it has to be judged at each
    look. ``is_judgement_due``: its owner changed by a decision of people, and its findings are still to follow.
    ``owner_rule`` is set where the source is a rule. ``is_matching_due``: its delegations were judged since they were
    last compared with what people approved (``matched_at``, for the first time ``first_matched_at``), by a reading of
    ``matching_run`` if there was one.
    """

    class Type(models.TextChoices):
        DOMAIN = "DOMAIN", "Domain"
        EMAIL_ADDRESS = "EMAIL_ADDRESS", "Email address"

    class OwnerSource(models.TextChoices):
        ACTING = "acting", "Acting owner"
        CLAIM = "claim", "Assigned by hand"
        TAG = "tag", "Owner tag"
        RULE = "rule", "Owner rule"
        ACCOUNT = "account", "Account's owner"
        UNRESOLVED = "unresolved", "Tag value is nobody we know"
        NONE = "none", "No owner"

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="identities")
    name = models.CharField(max_length=320)
    sending_name = models.CharField(max_length=255)
    arn = models.CharField(max_length=2048)
    identity_type = models.CharField(max_length=20, choices=Type.choices)
    is_verified = models.BooleanField(default=False)
    verification_status = models.CharField(max_length=30, blank=True)
    dkim_enabled = models.BooleanField(default=False)
    dkim_status = models.CharField(max_length=30, blank=True)
    mail_from_domain = models.CharField(max_length=255, blank=True)
    configuration_set = models.CharField(max_length=64, blank=True)
    tags = models.JSONField(default=dict)
    environment = models.CharField(max_length=20, blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="identities")
    owner_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="identities")
    owner_source = models.CharField(max_length=12, choices=OwnerSource.choices, default=OwnerSource.NONE)
    owner_tag_value = models.CharField(max_length=256, blank=True)
    owner_rule = models.ForeignKey(
        OwnerRule, on_delete=models.PROTECT, null=True, blank=True, related_name="identities"
    )
    widest_reach = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Reach], default=Reach.SELF)
    widest_trust = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Trust], blank=True)
    trust_rank = models.PositiveSmallIntegerField(default=99)
    reach_rank = models.PositiveSmallIntegerField(default=99)
    delegate_count = models.PositiveIntegerField(default=0)
    open_finding_count = models.PositiveIntegerField(default=0)
    judged_on = models.CharField(max_length=64, blank=True)
    is_judgement_due = models.BooleanField(default=False)
    is_matching_due = models.BooleanField(default=True)
    matching_run = models.ForeignKey(
        CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    first_matched_at = models.DateTimeField(null=True, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_read_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Identity"]] = models.Manager.from_queryset(IdentityQuerySet)()

    class Meta:
        ordering = ("trust_rank", "reach_rank", "name", "id")
        verbose_name_plural = "identities"
        constraints = (models.UniqueConstraint(fields=("scope", "name"), name="identity_unique"),)
        indexes = (
            # The list of identities, riskiest first.
            models.Index(
                fields=("trust_rank", "reach_rank", "name", "id"),
                condition=models.Q(gone_at=None),
                name="identity_by_risk",
            ),
            models.Index(fields=("name",), name="identity_by_name"),
            # What is left to judge again, asked at each tick.
            models.Index(fields=("id",), condition=models.Q(is_judgement_due=True), name="identity_to_judge"),
            # What is left to match with grants, asked at each tick.
            models.Index(fields=("id",), condition=models.Q(is_matching_due=True), name="identity_to_match"),
            # The same list by open findings, the most first.
            models.Index(
                fields=("-open_finding_count", "name", "id"),
                condition=models.Q(gone_at=None),
                name="identity_by_findings",
            ),
            # The list of sending names, and the identities of one of them.
            models.Index(fields=("sending_name",), condition=models.Q(gone_at=None), name="identity_by_sending_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> Team | User | None:
        """The team or the person that owns it."""
        return self.owner_team or self.owner_user


class IdentityState(models.Model):
    """Who owned an identity and in which environment it stood, from when to when: ``[from_at, to_at)``."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="states")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    environment = models.CharField(max_length=20, blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_source = models.CharField(max_length=12, choices=Identity.OwnerSource.choices)

    class Meta:
        ordering = ("identity", "from_at")
        constraints = (
            models.UniqueConstraint(
                fields=("identity",),
                condition=models.Q(to_at=None),
                name="identity_one_state",
            ),
        )

    def __str__(self) -> str:
        return f"{self.identity} from {self.from_at:%Y-%m-%d}"
