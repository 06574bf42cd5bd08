"""What figures are counted over: one person's part of the estate, at one instant."""

from dataclasses import dataclass
from datetime import date, datetime

from inventory.models import Scope, User
from sesgov.figures.days import Day, end_of, until


@dataclass(frozen=True, slots=True)
class Facts:
    """What one person may see, at one instant; where ``on`` is given, at the end of that day, which is over."""

    user: User
    at: datetime
    on: date | None = None

    @classmethod
    def of_day(cls, user: User, on: date) -> "Facts":
        """As of the end of a day that is over."""
        return cls(user, end_of(on).at, on)

    @property
    def day(self) -> Day:
        """The day that is measured: whole, or the part of it that has passed."""
        return until(self.at) if self.on is None else end_of(self.on)


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of what should be seen was seen, as a figure says it.

    ``is_stale``: some region was not completely read on the day, so what was known before was counted.
    """

    sentence: str
    is_stale: bool = False


def sight_now(facts: Facts) -> Sight:
    """Of the regions that the person may see."""
    scopes = Scope.objects.visible_to(facts.user)
    expected = scopes.expected().count()
    if not expected:
        return Sight("nothing is expected to be read yet")
    unseen = scopes.unseen(facts.at).count()
    return Sight(f"{expected - unseen} of {expected} account regions seen")


def has_data(facts: Facts) -> bool:
    """Whether anything was ever read of what the person may see: without that there is no count, not even 0."""
    return Scope.objects.visible_to(facts.user).exclude(baseline_at=None).exists()
