"""The audit trail: who did what, appended and never changed."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models

from inventory.models.users import User

# What trust, owners, environments and the grouping by sending name follow from.
REGISTRY_TYPES = ("account", "organization", "ownerassignment", "ownerrule", "sendingname", "team", "user", "vendor")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """The one door to the trail."""

    def visible_to(self, user: User) -> Self:
        """All of it or nothing: who did what is for those who answer for it."""
        return self if user.reads_audit else self.none()


class AuditEvent(models.Model):
    """One row in the transaction of each change of state.

    ``actor_name`` and ``object_name`` are text so that the row outlives what it speaks of; ``actor`` is ``None`` for
    the system itself. ``data`` is canonical JSON: sorted keys, no floats, no secrets.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    object_name = models.CharField(max_length=400)
    data = models.TextField(default="{}")

    objects: ClassVar[models.Manager["AuditEvent"]] = models.Manager.from_queryset(AuditEventQuerySet)()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="audit_by_object"),
            models.Index(fields=("-at",), name="audit_by_time"),
            # "Has the registry changed since?", asked with each identity that is read.
            models.Index(
                fields=("-id",),
                condition=models.Q(object_type__in=REGISTRY_TYPES),
                name="audit_of_registry",
            ),
        )
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'The audit trail is append-only.';",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"
