"""Vendors: companies that send for us, with a contract that ends."""

from datetime import date

from django.db import models
from django.db.models.functions import Lower

from inventory.models.users import User


class Vendor(models.Model):
    """A company with one or more delegate accounts; ``sponsor`` answers for it inside."""

    name = models.CharField(max_length=200)
    sponsor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_vendors",
    )
    contract_ends_on = models.DateField(null=True, blank=True)
    contract_reference = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="vendor_name_unique"),)

    def __str__(self) -> str:
        return self.name

    def is_over(self, on: date) -> bool:
        """Whether the contract ended before ``on``; the end date itself is still a valid day."""
        return self.contract_ends_on is not None and self.contract_ends_on < on


class VendorContact(models.Model):
    """Somebody at the vendor whom one can ask; ``role`` is what they are there, in free words."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=200, blank=True)

    objects: models.Manager["VendorContact"] = models.Manager()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
