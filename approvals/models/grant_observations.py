"""Grant observations: what readings showed of a grant, and from when to when."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from approvals.models.grants import Grant
from approvals.rules.states import Observation
from inventory.models import CollectionRun


class GrantObservation(models.Model):
    """One stretch ``[from_at, to_at)`` of a grant's observation; ``to_at`` is ``None`` for what is shown now.

    ``run`` is the reading that showed it first. Written by the collector's side alone, beside ``Grant.observation``.
    """

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="observations")
    observation = models.CharField(max_length=13, choices=[(o.value, o.value) for o in Observation])
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["GrantObservation"]] = models.Manager()

    class Meta:
        ordering = ("grant", "from_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("grant",), condition=models.Q(to_at=None), name="grant_observation_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(from_at__lte=Coalesce(models.F("to_at"), models.F("from_at"))),
                name="grant_observation_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.grant}: {self.observation}"
