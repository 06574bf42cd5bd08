"""Containments: somebody was to be stopped at once from acting as an identity."""

from typing import ClassVar, Self

from django.db import models

from approvals.models.change_tasks import ChangeTask
from approvals.models.grants import Grant
from inventory.models import Identity, User


class ContainmentQuerySet(models.QuerySet["Containment"]):
    """Containments, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory, else those on identities that one may see."""
        if user.reads_inventory:
            return self
        return self.filter(identity__in=Identity.objects.visible_to(user))

    def open(self) -> Self:
        """Those of which a reading has yet to verify something."""
        return self.filter(pk__in=ChangeTask.objects.undone().filter(containments__isnull=False).values("containments"))


class Containment(models.Model):
    """One delegate of one identity. ``subject`` is its account id, or the principal as the policies name it.

    ``grants`` were suspended by it; ``tasks`` cut what lets the delegate in, one for each policy.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="containments")
    subject = models.CharField(max_length=2048)
    reason = models.TextField()
    contained_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contained_at = models.DateTimeField()
    grants = models.ManyToManyField(Grant, related_name="containments", blank=True)
    tasks = models.ManyToManyField(ChangeTask, related_name="containments", blank=True)

    objects: ClassVar[models.Manager["Containment"]] = models.Manager.from_queryset(ContainmentQuerySet)()

    class Meta:
        ordering = ("-id",)
        indexes = (
            # Whether a delegate of an identity is contained already.
            models.Index(fields=("identity", "-id"), name="containment_by_identity"),
        )

    def __str__(self) -> str:
        return f"containment {self.pk}"
