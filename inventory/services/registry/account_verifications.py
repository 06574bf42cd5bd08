"""Verify accounts: somebody found out, in a way that can be shown, that an account belongs to whom we say."""

from calendar import monthrange
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from inventory.models import Account, AccountVerification, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_text

_LONGEST_EVIDENCE = 2000


@transaction.atomic
def verify_account(
    account: Account, *, method: str, evidence: str, acting_user: User, at: datetime
) -> AccountVerification:
    """Keep the check for 12 months; it holds only while the account is the same vendor's and the same to us."""
    if method not in AccountVerification.Method.values:
        raise RefusedError("method", "Choose how it was verified.")
    said = evidence.strip()
    if not said:
        raise RefusedError("evidence", "Say what you saw, so that somebody else can check it again.")
    check_text("evidence", said, _LONGEST_EVIDENCE)
    locked = Account.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=account.pk)
    verification = AccountVerification.objects.create(
        account=locked,
        vendor=locked.vendor,
        relationship=locked.relationship,
        verified_by=acting_user,
        verified_at=at,
        method=method,
        evidence=said,
        valid_until=a_year_after(timezone.localdate(at)),
    )
    data = {
        "method": method,
        "evidence": said,
        "vendor": locked.vendor.name if locked.vendor else "",
        "relationship": locked.relationship,
        "valid_until": verification.valid_until,
    }
    record(at=at, actor=acting_user, action="account.verified", target=locked, data=data)
    return verification


def a_year_after(day: date) -> date:
    """The same day of the next year; 28 February after the 29th."""
    return day.replace(year=day.year + 1, day=min(day.day, monthrange(day.year + 1, day.month)[1]))
