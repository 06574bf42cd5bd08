"""Events that wait for their link."""

from django.db import models

from inventory.models.audit_events import AuditEvent


class UnsealedEvent(models.Model):
    """One event that the sealer has not seen yet; a trigger of the trail writes it in the event's own transaction.

    So that an event whose transaction ends late is found although its number is lower than others', and that nobody
    has to compare the whole trail with the whole chain each second.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        ordering = ("event",)

    def __str__(self) -> str:
        return f"event {self.event_id}"
