"""Notices: what sesgov tells one person, once."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from inventory.models.deliveries import Delivery
from inventory.models.users import User


class NoticeKind(models.TextChoices):
    """What a notice asks for or speaks of."""

    DECIDE = "decide", "To decide"
    DECIDED = "decided", "Decided"
    APPLY = "apply", "To apply"
    ENDING = "ending", "Access that ends"
    STILL_LIVE = "still_live", "Ended but still live"
    ALERT = "alert", "New findings"
    CONTAIN = "contain", "Containment"
    OFFBOARDING = "offboarding", "Vendor offboarding"
    REVIEW = "review", "Review"


# Nobody waits for these: they may be left out of mails. What asks somebody to act is always mailed.
OPTIONAL_KINDS = (NoticeKind.DECIDED, NoticeKind.ALERT, NoticeKind.OFFBOARDING)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by their life; each is for one person alone."""

    def visible_to(self, user: User) -> Self:
        """The person's own."""
        return self.filter(person=user)

    def unread(self) -> Self:
        """Those that their person has not marked as read."""
        return self.filter(read_at=None)

    def to_mail(self) -> Self:
        """Unread ones of active people, in no mail yet, of a kind that the person wants by mail."""
        unwanted = models.Q(person__notice_choice__muted__contains=[models.F("kind")])
        return self.unread().filter(delivery=None, person__is_active=True).exclude(unwanted)

    def at_once(self) -> Self:
        """Urgent ones, for people who do not wait for their digest with them; containment waits for nobody."""
        waits = models.Q(person__notice_choice__is_urgent_at_once=False) & ~models.Q(kind=NoticeKind.CONTAIN)
        return self.to_mail().filter(is_urgent=True).exclude(waits)

    def made_between(self, first: datetime, last: datetime) -> Self:
        """Those made after the one instant and not after the other."""
        return self.filter(made_at__gt=first, made_at__lte=last)


class Notice(models.Model):
    """``text`` is one plain sentence, ``path`` the page that answers it; ``key`` names the step it tells of.

    ``delivery`` is the mail that carried it.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=11, choices=NoticeKind.choices)
    key = models.CharField(max_length=200)
    text = models.CharField(max_length=1000)
    path = models.CharField(max_length=500)
    is_urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")

    objects: ClassVar[models.Manager["Notice"]] = models.Manager.from_queryset(NoticeQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            # Nobody gets the same step twice; by key first, so that "has anybody been told?" is found by it.
            models.UniqueConstraint(fields=("key", "person"), name="notice_once"),
            models.CheckConstraint(condition=models.Q(path__startswith="/"), name="notice_leads_to_a_page"),
        )
        indexes = (
            # The page of one's notices, newest first.
            models.Index(fields=("person", "-id"), name="notice_by_person"),
            # How many one has not read, and what the next digest holds.
            models.Index(fields=("person",), condition=models.Q(read_at=None), name="notice_unread"),
            # What is to be mailed.
            models.Index(
                fields=("is_urgent", "made_at"),
                condition=models.Q(read_at=None, delivery=None),
                name="notice_to_mail",
            ),
        )

    def __str__(self) -> str:
        return self.text


class NoticeChoice(models.Model):
    """How one person wants to be told; without a row everything is mailed, urgent notices at once."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="notice_choice")
    is_urgent_at_once = models.BooleanField(default=True)
    muted = ArrayField(models.CharField(max_length=11, choices=NoticeKind.choices), default=list, blank=True)

    objects: ClassVar[models.Manager["NoticeChoice"]] = models.Manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(muted__contained_by=[kind.value for kind in OPTIONAL_KINDS]),
                name="notice_choice_keeps_what_asks",
            ),
        )

    def __str__(self) -> str:
        return f"choice of {self.person}"
