"""Grant requests: what somebody asks for, one line per identity."""

from typing import ClassVar, Self

from django.db import models

from approvals.rules.risk import RiskClass
from approvals.rules.states import LineState, RequestState
from inventory.models import Identity, User, Vendor
from inventory.policy.grants.terms import GrantTerms


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    """Requests, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory; else one's own, those about identities that one may see, and those that
        one decided or was appointed to decide."""
        if user.reads_inventory:
            return self
        about = RequestLine.objects.filter(
            models.Q(identity__in=Identity.objects.visible_to(user))
            | models.Q(slots__decided_by=user)
            | models.Q(slots__stand_in=user)
        )
        return self.filter(models.Q(requester=user) | models.Q(pk__in=about.values("request")))

    def pending(self) -> Self:
        """Those that wait for approvers."""
        return self.filter(state=RequestState.PENDING)


class GrantRequest(models.Model):
    """``requester`` is ``None`` for sesgov itself; ``submissions`` counts how often it was submitted.

    Each submission opens new approval slots, so that what was said of earlier terms stays as it was.
    """

    class Kind(models.TextChoices):
        NEW = "new", "New access"
        RENEW = "renew", "Renewal"
        MODIFY = "modify", "Change"
        ADOPT = "adopt", "Adoption of what is there"
        BREAK_GLASS = "break_glass", "Break-glass"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    state = models.CharField(
        max_length=17, choices=[(s.value, s.value) for s in RequestState], default=RequestState.DRAFT
    )
    requester = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="grant_requests")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="grant_requests")
    justification = models.TextField()
    ticket = models.CharField(max_length=100, blank=True)
    submissions = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["GrantRequest"]] = models.Manager.from_queryset(GrantRequestQuerySet)()

    class Meta:
        ordering = ("-id",)
        indexes = (
            # The inbox, and the search for what lapses.
            models.Index(fields=("lapses_at",), condition=models.Q(state="pending"), name="request_pending"),
        )

    def __str__(self) -> str:
        return f"request {self.pk}"


class RequestLine(models.Model):
    """One identity of a request with its terms, as :meth:`GrantTerms.to_json` writes them; frozen on submit.

    ``predecessor`` is the grant that a renewal or change follows.
    """

    request = models.ForeignKey(GrantRequest, on_delete=models.PROTECT, related_name="lines")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="request_lines")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in LineState], default=LineState.OPEN)
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    risk = models.CharField(max_length=9, choices=[(r.value, r.value) for r in RiskClass])
    predecessor = models.ForeignKey(
        "approvals.Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="successor_lines"
    )

    objects: ClassVar[models.Manager["RequestLine"]] = models.Manager()

    class Meta:
        ordering = ("request", "id")
        constraints = (models.UniqueConstraint(fields=("request", "identity"), name="request_line_unique"),)

    def __str__(self) -> str:
        return f"{self.request}: {self.identity}"

    @property
    def grant_terms(self) -> GrantTerms:
        """The terms as the policy engine takes them."""
        return GrantTerms.from_json(self.terms)
