"""Deliveries: what leaves sesgov, as rows: mails, and posts to a webhook or to Slack."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from inventory.models.users import User


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by their life, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All of them or none: who was told what is for those who answer for it."""
        return self if user.reads_audit else self.none()

    def due(self, at: datetime) -> Self:
        """What a worker may take up: never tried, or refused and to be tried again."""
        return self.filter(due_at__lte=at)

    def stale(self, before: datetime) -> Self:
        """Claimed and never settled: whoever claimed them died, before or after sending."""
        return self.filter(state=Delivery.State.CLAIMED, claimed_at__lt=before)


class Delivery(models.Model):
    """One mail or post. ``key`` says what it is about, so that the same is never made twice.

    ``to`` is an address, or the host of a hook: its whole address is a secret and stays in the settings. ``text`` of a
    post is its JSON body. ``due_at`` is when it is to be tried next, ``None`` where nobody tries any more.
    ``uncertain``: it may have left or not, so sesgov does not send it again by itself. ``tries`` counts the claims and
    fences them: who comes back late settles nothing that was claimed anew.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"
        WEBHOOK = "webhook", "Webhook"
        SLACK = "slack", "Slack"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Uncertain"
        FAILED = "failed", "Failed"

    channel = models.CharField(max_length=7, choices=Channel.choices)
    key = models.CharField(max_length=300, unique=True)
    to = models.CharField(max_length=254)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager.from_queryset(DeliveryQuerySet)()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "deliveries"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(due_at=None) | models.Q(state__in=("waiting", "failed")),
                name="delivery_due_before_it_left",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="claimed") | models.Q(claimed_at__isnull=False),
                name="delivery_claimed_at_an_instant",
            ),
        )
        indexes = (
            # The drain: what is to be sent next.
            models.Index(fields=("due_at", "id"), condition=models.Q(due_at__isnull=False), name="delivery_due"),
            # What was claimed and never settled.
            models.Index(fields=("claimed_at",), condition=models.Q(state="claimed"), name="delivery_claimed"),
            # The list of deliveries, narrowed to what needs a look.
            models.Index(fields=("state", "-id"), name="delivery_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.subject or self.channel} to {self.to}"
