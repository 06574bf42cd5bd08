"""The audit trail: who did what, appended and never changed."""

from typing import ClassVar, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat, Left

from inventory.models.users import User

# What trust, owners, environments and the grouping by sending name follow from.
REGISTRY_TYPES = ("account", "organization", "ownerassignment", "ownerrule", "sendingname", "team", "user", "vendor")

# Of longer details the rest is not searched: PostgreSQL takes no more than 1 MB of words.
_SEARCHED_DETAILS = 20_000
# What stands between two words of an event.
_BETWEEN_WORDS = "@.:/_-{}[](),;=*+#\"'"
WORDS = SearchVector(
    Func(
        Concat(
            *(part for name in ("actor_name", "action", "object_name") for part in (F(name), Value(" "))),
            Left("data", _SEARCHED_DETAILS),
        ),
        Value(_BETWEEN_WORDS),
        Value(" " * len(_BETWEEN_WORDS)),
        function="translate",
        output_field=models.TextField(),
    ),
    config="simple",
)


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
            # Free text over who, what, on what and the details.
            GinIndex(WORDS, name="audit_by_words"),
            # Which actions are there, and the events of some of them.
            models.Index(fields=("action", "-id"), name="audit_by_action"),
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
            pgtrigger.Trigger(
                name="to_be_sealed",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_events"),  # type: ignore[no-untyped-call]
                func="INSERT INTO inventory_unsealedevent (event_id) SELECT id FROM new_events; RETURN NULL;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"
