"""Second factors: each one that comes or goes has its row, and an administrator can take somebody's away."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from inventory.models import User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError


@transaction.atomic
def note_second_factor(*, user: User, action: str, kind: str, acting_user: User | None, at: datetime) -> None:
    """Write down what somebody did to their own; ``action`` is added, removed or renewed."""
    record(at=at, actor=acting_user, action=f"second_factor.{action}", target=user, data={"kind": kind})


@transaction.atomic
def reset_second_factors(*, user: User, acting_user: User, at: datetime) -> int:
    """Take all of somebody's away, recovery codes too, for who lost their phone; their password stays. How many."""
    if user == acting_user:
        raise RefusedError("person", "Your own second factor is kept on your page “Second factor”.")
    known = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted(known.values_list("type", flat=True))
    if kinds:
        known.delete()
        record(at=at, actor=acting_user, action="second_factor.reset", target=user, data={"kinds": kinds})
    return len(kinds)
