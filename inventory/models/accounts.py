"""The registry of AWS accounts: ours, our partners' and those that were."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models

from inventory.models.days import midnight
from inventory.models.organizations import Organization
from inventory.models.teams import Team
from inventory.models.users import User
from inventory.models.vendors import Vendor
from inventory.policy.trust import Registry, Trust

ACCOUNT_ID = RegexValidator(r"^[0-9]{12}\Z", "An AWS account id has exactly 12 digits.")


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts in the registry's words, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """The registry is for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def managed(self) -> Self:
        """Accounts whose identities we collect."""
        return self.filter(relationship=Account.Relationship.MANAGED)

    def verified(self, on: date) -> Self:
        """Those that somebody found to be what the registry says, or that our own organization listed, in 12 months."""
        seen_on = midnight(on - timedelta(days=365))
        listed = models.Q(relationship__in=_OURS, left_at=None, listed_at__gte=seen_on)
        same_vendor = models.Q(verifications__vendor=models.F("vendor")) | models.Q(
            verifications__vendor=None, vendor=None
        )
        checked = Account.objects.filter(
            same_vendor, verifications__valid_until__gte=on, verifications__relationship=models.F("relationship")
        )
        return self.filter(listed | models.Q(pk__in=checked.order_by().values("pk")))

    def registry(self, *, on: date, owner_organization: str | None) -> Registry:
        """What is trusted on a day, as the policy engine takes it: two queries."""
        organizations = {
            organization.organization_id: _ORGANIZATION_TRUST[organization.relationship]
            for organization in Organization.objects.all()
        }
        accounts = {account.account_id: account.trust(on) for account in self.select_related("vendor")}
        return Registry(
            accounts=accounts,
            organizations=organizations,
            owner_organization=owner_organization,
        )


class Account(models.Model):
    """One AWS account that somebody entered or discovered; unknown delegates have no row.

    ``listed_at`` is the last time that AWS Organizations listed it, with ``listed_name``, ``email``, ``state`` and
    ``ou_path`` (``o-.../r-.../ou-.../``); ``left_at`` says that a complete listing of its organization lacked it since.
    """

    class Relationship(models.TextChoices):
        MANAGED = "managed", "Managed"
        ORGANIZATION = "organization", "Our organization"
        PARTNER = "partner", "Partner"
        FORMER = "former", "Former"

    class Environment(models.TextChoices):
        PRODUCTION = "production", "Production"
        STAGING = "staging", "Staging"
        DEVELOPMENT = "development", "Development"
        UNKNOWN = "", "Not stated"

    class State(models.TextChoices):
        """As AWS Organizations reports it."""

        PENDING_ACTIVATION = "PENDING_ACTIVATION", "Pending activation"
        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"
        PENDING_CLOSURE = "PENDING_CLOSURE", "Pending closure"
        CLOSED = "CLOSED", "Closed"

    account_id = models.CharField(max_length=12, unique=True, validators=[ACCOUNT_ID])
    name = models.CharField(max_length=200, blank=True)
    partition = models.CharField(max_length=20, default="aws")
    environment = models.CharField(
        max_length=20,
        choices=Environment.choices,
        blank=True,
        default=Environment.UNKNOWN,
    )
    relationship = models.CharField(max_length=20, choices=Relationship.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
    )
    role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=1224, blank=True)
    profile = models.CharField(max_length=200, blank=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    ends_on = models.DateField(null=True, blank=True)
    email = models.CharField(max_length=254, blank=True)
    ou_path = models.CharField(max_length=1000, blank=True)
    listed_name = models.CharField(max_length=200, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Account"]] = models.Manager.from_queryset(AccountQuerySet)()

    class Meta:
        ordering = ("account_id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(account_id__regex=r"^[0-9]{12}$"),
                name="account_id_12_digits",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.account_id

    def trust(self, on: date) -> Trust:
        """What a delegation to this account is worth on a day."""
        if self.has_ended(on) or self.has_left:
            return Trust.FORMER
        return _ACCOUNT_TRUST[self.relationship]

    @property
    def has_left(self) -> bool:
        """Whether it was trusted as our organization's and is no longer in it; a person may say what it is now."""
        return self.left_at is not None and _ACCOUNT_TRUST[self.relationship] is Trust.ORGANIZATION

    def has_ended(self, on: date) -> bool:
        """Whether the account is closed or suspended, or its own or its vendor's end has passed."""
        return (
            self.state in (self.State.SUSPENDED, self.State.PENDING_CLOSURE, self.State.CLOSED)
            or (self.ends_on is not None and self.ends_on < on)
            or (self.vendor is not None and self.vendor.is_over(on))
        )


_OURS = (Account.Relationship.MANAGED, Account.Relationship.ORGANIZATION)
_ACCOUNT_TRUST: dict[str, Trust] = {
    Account.Relationship.MANAGED: Trust.ORGANIZATION,
    Account.Relationship.ORGANIZATION: Trust.ORGANIZATION,
    Account.Relationship.PARTNER: Trust.PARTNER,
    Account.Relationship.FORMER: Trust.FORMER,
}
_ORGANIZATION_TRUST: dict[str, Trust] = {
    Organization.Relationship.OWN: Trust.ORGANIZATION,
    Organization.Relationship.PARTNER: Trust.PARTNER,
    Organization.Relationship.FORMER: Trust.FORMER,
}
