"""Evidence packs: what an auditor was given, byte for byte."""

from typing import ClassVar

import pgtrigger
from django.db import models

from approvals.models.campaigns import Campaign
from inventory.models import User


class EvidencePack(models.Model):
    """One sealed edition of a campaign's evidence. Hashes are SHA-256 in hex.

    ``pack_hash`` is over the manifest without itself, and the manifest names every file's hash; ``previous_hash`` is
    that of the pack sealed before, of whatever campaign. ``head_position`` and ``head_hash``: the audit chain up to
    which its events go. ``fingerprint`` names the key that signed it; ``size`` in bytes.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="packs")
    edition = models.PositiveSmallIntegerField()
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pack_hash = models.CharField(max_length=64, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    head_position = models.PositiveBigIntegerField()
    head_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    objects: ClassVar[models.Manager["EvidencePack"]] = models.Manager()

    class Meta:
        ordering = ("-sealed_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "edition"), name="evidence_pack_edition"),
            # Packs follow one another in one line.
            models.UniqueConstraint(fields=("previous_hash",), name="evidence_pack_follows_one"),
        )
        triggers = (pgtrigger.Protect(name="evidence_pack_append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.campaign}, edition {self.edition}"


class PackPart(models.Model):
    """A part of a pack's bytes, in order."""

    pack = models.ForeignKey(EvidencePack, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects: ClassVar[models.Manager["PackPart"]] = models.Manager()

    class Meta:
        ordering = ("pack", "number")
        constraints = (models.UniqueConstraint(fields=("pack", "number"), name="pack_part_number"),)
        triggers = (pgtrigger.Protect(name="pack_part_append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.pack}, part {self.number}"
