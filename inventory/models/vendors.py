"""Vendors: companies that send for us, with a contract that ends."""

from datetime import date

from django.db import models
from django.db.models.functions import Lower

from inventory.models.users import User


class Vendor(models.Model):
    """A company with one or more delegate accounts."""

    name = models.CharField(max_length=200)
    contact_email = models.EmailField(blank=True)
    sponsor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_vendors",
    )
    contract_ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="vendor_name_unique"),)

    def __str__(self) -> str:
        return self.name

    def is_over(self, on: date) -> bool:
        """Whether the contract ended before ``on``; the end date itself is still a valid day."""
        return self.contract_ends_on is not None and self.contract_ends_on < on
