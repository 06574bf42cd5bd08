"""How well an account is known: who found out whose it is, how, and until when that holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from inventory.models import Account, AccountVerification
from inventory.words import Word

EXPIRES_SOON = timedelta(days=30)
VERIFIED = Word("Verified", "Somebody found out, in the last 12 months, that it belongs to whom we say.", "good")
EXPIRING = Word("Verification expires", "Its 12 months are nearly over; somebody has to look again.", "plain")
LISTED = Word("Listed as ours", "AWS Organizations lists it as an account of ours.", "good")
EXPIRED = Word("Verification expired", "More than 12 months have passed since somebody looked.", "unknown")
CHANGED = Word("Verified as another's", "What was verified is no longer what the registry says.", "unknown")
NEVER = Word("Not verified", "It is registered, but nobody found out whether that is true.", "unknown")


@dataclass(frozen=True, slots=True)
class Standing:
    """``verification`` is the check that counts, or the latest where none does."""

    word: Word
    is_verified: bool
    verification: AccountVerification | None


def standings(accounts: Iterable[Account], on: date) -> dict[str, Standing]:
    """How each account stands on a day, by its id: two queries."""
    rows = list(accounts)
    verified = set(Account.objects.verified(on).filter(pk__in=[each.pk for each in rows]).values_list("pk", flat=True))
    checks: dict[int, list[AccountVerification]] = {}
    found = AccountVerification.objects.filter(account__in=rows).select_related("verified_by", "vendor")
    for check in found.order_by("-verified_at", "-id"):
        checks.setdefault(check.account_id, []).append(check)
    return {each.account_id: _standing(each, checks.get(each.pk, []), each.pk in verified, on) for each in rows}


def _standing(account: Account, checks: list[AccountVerification], is_verified: bool, on: date) -> Standing:
    fitting = [each for each in checks if _fits(each, account)]
    best = max(fitting, key=lambda each: each.valid_until, default=None)
    if is_verified and (best is None or best.valid_until < on):
        return Standing(LISTED, True, best)
    if best is not None:
        if best.valid_until < on:
            return Standing(EXPIRED, False, best)
        return Standing(EXPIRING if best.valid_until - on <= EXPIRES_SOON else VERIFIED, True, best)
    return Standing(CHANGED if checks else NEVER, False, checks[0] if checks else None)


def _fits(check: AccountVerification, account: Account) -> bool:
    return check.vendor_id == account.vendor_id and check.relationship == account.relationship
