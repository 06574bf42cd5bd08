"""The chain over the audit trail: each event sealed once, each link over the hash of the one before."""

from typing import ClassVar

import pgtrigger
from django.db import models

from inventory.models.audit_events import AuditEvent


class AuditLink(models.Model):
    """One event in its place. `inventory.services.audit_chain.content` says what the hash is over.

    A link that names the same predecessor as another would be a fork; the database refuses it.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    sealed_at = models.DateTimeField()
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    objects: ClassVar[models.Manager["AuditLink"]] = models.Manager()

    class Meta:
        ordering = ("position",)
        constraints = (models.CheckConstraint(condition=models.Q(position__gt=0), name="audit_link_begins_at_one"),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'The audit chain is append-only.';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.hash}"
