"""What figures are counted over: one person's part of the estate, at one instant."""

from dataclasses import dataclass
from datetime import datetime

from inventory.models import Scope, User


@dataclass(frozen=True, slots=True)
class Facts:
    """What one person may see, at one instant."""

    user: User
    at: datetime


def coverage_sentence(facts: Facts) -> str:
    """How much of what should be seen was seen, as a figure says it."""
    scopes = Scope.objects.visible_to(facts.user)
    expected = scopes.expected().count()
    if not expected:
        return "nothing is expected to be read yet"
    unseen = scopes.unseen(facts.at).count()
    return f"{expected - unseen} of {expected} account regions seen"


def has_data(facts: Facts) -> bool:
    """Whether anything was ever read of what the person may see: without that there is no count, not even 0."""
    return Scope.objects.visible_to(facts.user).exclude(baseline_at=None).exists()
