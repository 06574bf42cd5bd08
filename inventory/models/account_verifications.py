"""Verifications: who found out that an account belongs to whom we say, when and how."""

import pgtrigger
from django.db import models

from inventory.models.accounts import Account
from inventory.models.users import User
from inventory.models.vendors import Vendor


class AccountVerification(models.Model):
    """One check of one account, kept for ever; ``valid_until`` is its last valid day.

    ``vendor`` and ``relationship`` are what was checked: an account that since belongs to somebody else is unverified.
    """

    class Method(models.TextChoices):
        CONTRACT = "contract", "The contract names the account id"
        CALLED_BACK = "called_back", "Called a known contact back"
        EMAIL = "email", "E-mail from a known contact"
        ORGANIZATIONS = "organizations", "Seen in AWS Organizations"
        OTHER = "other", "Another way"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="verifications")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    relationship = models.CharField(max_length=20, choices=Account.Relationship.choices)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()
    method = models.CharField(max_length=20, choices=Method.choices)
    evidence = models.TextField()
    valid_until = models.DateField()

    objects: models.Manager["AccountVerification"] = models.Manager()

    class Meta:
        ordering = ("-verified_at", "-id")
        constraints = (models.CheckConstraint(condition=~models.Q(evidence=""), name="verification_has_evidence"),)
        # "Is this account verified today?", asked for each row of a list.
        indexes = (models.Index(fields=("account", "-valid_until"), name="verification_by_account"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.account} until {self.valid_until:%Y-%m-%d}"
