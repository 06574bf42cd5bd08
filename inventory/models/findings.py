"""Findings and their episodes."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models

from inventory.models.accounts import Account
from inventory.models.identities import Identity
from inventory.models.roles import Role
from inventory.models.runs import CollectionRun
from inventory.models.users import User
from inventory.policy.rules import RULES, Fix, Place, RuleText, fix_for


class Severity(models.TextChoices):
    """From the worst to a hint."""

    CRITICAL = "critical", "Critical"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"
    INFO = "info", "Hint"


SEVERITY_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}
# The dispositions that end with a day.
ACCEPTED = ("risk_accepted", "false_positive")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings in the analyst's words."""

    def visible_to(self, user: User) -> Self:
        """Those on identities that the person may see."""
        if user.reads_inventory:
            return self
        return self.filter(identity__in=Identity.objects.visible_to(user))

    def open(self) -> Self:
        """Present at the last look, or not looked at since: a finding that went stale is not gone."""
        return self.exclude(presence=Finding.Presence.ABSENT)

    def actionable_by(self, user: User) -> Self:
        """Those that the person may triage, assign and comment on: security all of them, an owner their own."""
        if user.has_role([Role.SECURITY]):
            return self
        return self.filter(identity__in=Identity.objects.owned_by(user))

    def accepted(self, on: date) -> Self:
        """Those that two people let stand, as a risk or as a false positive, until ``on`` or later."""
        return self.filter(disposition__in=ACCEPTED, disposition_until__gte=on)

    def unaccepted(self, on: date) -> Self:
        """All others: an acceptance whose day is over counts no longer."""
        return self.exclude(disposition__in=ACCEPTED, disposition_until__gte=on)

    def standing(self, disposition: str, on: date) -> Self:
        """Those that stand there on a day; what was accepted until an earlier one is new again."""
        if disposition in ACCEPTED:
            return self.accepted(on).filter(disposition=disposition)
        alike = models.Q(disposition=disposition)
        if disposition == Finding.Disposition.NEW:
            alike |= models.Q(disposition__in=ACCEPTED)
        return self.unaccepted(on).filter(alike)

    def of_first_look(self, *, is_so: bool = True) -> Self:
        """Those that the first complete look at their scope found, or those that came later."""
        found = models.Exists(FindingEpisode.objects.filter(finding=models.OuterRef("pk"), is_baseline=True))
        return self.filter(found if is_so else ~found)

    def counted(self) -> Self:
        """All but hints, which appear in no count."""
        return self.exclude(severity=Severity.INFO)


class RegisteredDelegate(models.ForeignObject):  # type: ignore[type-arg]  # takes none when it runs
    """The account that a finding's subject is, where the registry knows it: a join without a column."""

    def contribute_to_class(self, cls: type[models.Model], name: str, **options: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **options | {"private_only": True})


class Finding(models.Model):
    """One rule on one subject of one identity, for ever; what comes and goes are its episodes.

    ``key`` is the SHA-256 of rule id, account, region, identity, policy name and subject. ``presence`` is written by
    the collector alone, ``disposition`` by people alone. ``evidence`` holds the sentence and the place in the policy:
    ``{"text": str, "statement": int | None, "path": [...], "places": [...]}``, where ``places`` holds the same three
    for each further place in the policy, and is left out where there is none.
    """

    class Presence(models.TextChoices):
        PRESENT = "present", "Present"
        ABSENT = "absent", "Gone"
        STALE = "stale", "Not looked at since"

    class Disposition(models.TextChoices):
        NEW = "new", "New"
        TRIAGED = "triaged", "Triaged"
        IN_REMEDIATION = "in_remediation", "In remediation"
        RISK_ACCEPTED = "risk_accepted", "Risk accepted"
        FALSE_POSITIVE = "false_positive", "False positive"

    key = models.CharField(max_length=64, unique=True)
    rule_id = models.CharField(max_length=60)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="findings")
    policy_name = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=2048, blank=True)
    delegate = RegisteredDelegate(
        Account,
        on_delete=models.DO_NOTHING,
        from_fields=("subject",),
        to_fields=("account_id",),
        null=True,
        related_name="+",
    )
    severity = models.CharField(max_length=8, choices=Severity.choices)
    severity_rank = models.PositiveSmallIntegerField()
    presence = models.CharField(max_length=8, choices=Presence.choices)
    disposition = models.CharField(max_length=20, choices=Disposition.choices, default=Disposition.NEW)
    disposition_until = models.DateField(null=True, blank=True)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    evidence = models.JSONField(default=dict)
    first_opened_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Finding"]] = models.Manager.from_queryset(FindingQuerySet)()

    class Meta:
        ordering = ("severity_rank", "-first_opened_at", "id")
        indexes = (
            # The list of open findings, worst first.
            models.Index(
                fields=("severity_rank", "-first_opened_at", "id"),
                condition=~models.Q(presence="absent"),
                name="finding_open_by_severity",
            ),
            models.Index(
                fields=("rule_id",),
                condition=~models.Q(presence="absent"),
                name="finding_open_by_rule",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.identity_id}"

    def is_accepted(self, on: date) -> bool:
        """Whether two people let it stand on a day."""
        return self.disposition in ACCEPTED and self.disposition_until is not None and self.disposition_until >= on

    def standing(self, on: date) -> "Finding.Disposition":
        """The disposition on a day: what was accepted until an earlier one is new again."""
        if self.disposition in ACCEPTED and not self.is_accepted(on):
            return self.Disposition.NEW
        return self.Disposition(self.disposition)

    @property
    def rule(self) -> RuleText:
        """The rule's words."""
        return RULES[self.rule_id]

    @property
    def fix(self) -> Fix:
        """How to mend it, with the case's own values; reads the identity."""
        statement = self.evidence.get("statement")
        place = Place(
            identity=self.identity.name,
            identity_arn=self.identity.arn,
            policy=self.policy_name,
            statement=statement if isinstance(statement, int) else None,
            subject=self.subject,
        )
        return fix_for(self.rule, place)


class FindingEpisode(models.Model):
    """One stretch of time during which a finding was there; reopening adds an episode and overwrites nothing.

    ``is_baseline``: found by the first complete look at the scope, so its true start is unknown. ``alerted_at`` is when
    it went into an alert.
    """

    class Reason(models.TextChoices):
        FIXED = "fixed", "Fixed"
        IDENTITY_DELETED = "identity_deleted", "Identity deleted"
        APPROVED = "approved", "Approved"
        RECLASSIFIED = "reclassified", "Reclassified"
        RULE_CHANGED = "rule_changed", "Rule changed"

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="episodes")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    is_baseline = models.BooleanField(default=False)
    alerted_at = models.DateTimeField(null=True, blank=True)
    opened_by_run = models.ForeignKey(CollectionRun, on_delete=models.PROTECT, null=True, related_name="+")
    closed_by_run = models.ForeignKey(CollectionRun, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("finding", "opened_at")
        constraints = (
            models.UniqueConstraint(
                fields=("finding",),
                condition=models.Q(closed_at=None),
                name="finding_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, reason="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(reason="")),
                name="episode_closed_with_reason",
            ),
        )
        indexes = (
            models.Index(fields=("closed_at",), name="episode_by_close"),
            # What opened lately and went into no alert.
            models.Index(
                fields=("opened_at",),
                condition=models.Q(alerted_at=None, closed_at=None, is_baseline=False),
                name="episode_to_alert",
            ),
        )

    def __str__(self) -> str:
        return f"{self.finding} from {self.opened_at:%Y-%m-%d}"
