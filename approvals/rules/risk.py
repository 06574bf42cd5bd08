"""How dangerous terms are, and for how long they may be granted at most."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from inventory.policy.grants.terms import GrantTerms, sends_mail

LONGEST_ADOPTED_DAYS = 90


class RiskClass(StrEnum):
    """From the narrowest terms to those that only an exception allows."""

    LOW = "low"
    STANDARD = "standard"
    HIGH = "high"
    EXCEPTION = "exception"


LONGEST_DAYS: Mapping[RiskClass, int] = {
    RiskClass.LOW: 365,
    RiskClass.STANDARD: 180,
    RiskClass.HIGH: 90,
    RiskClass.EXCEPTION: 30,
}


def risk_class(terms: GrantTerms) -> RiskClass:
    """By who is let in and what they may do, the worst first.

    ``exception``: anyone at all. ``high``: a whole organization, or anything beyond sending. ``standard``: a whole
    account, a service, or any address of the identity. ``low``: named principals as named addresses.
    """
    if terms.means_anyone:
        return RiskClass.EXCEPTION
    if terms.organizations or not all(sends_mail(action) for action in terms.actions):
        return RiskClass.HIGH
    if terms.accounts or terms.services or not terms.from_addresses:
        return RiskClass.STANDARD
    return RiskClass.LOW


def longest_days(
    terms: GrantTerms, *, is_adopted: bool = False, longest: Mapping[RiskClass, int] = LONGEST_DAYS
) -> int:
    """The most calendar days, the first and the last included; what is adopted as found has a limit of its own."""
    days = longest[risk_class(terms)]
    return min(days, LONGEST_ADOPTED_DAYS) if is_adopted else days


def latest_end(
    terms: GrantTerms,
    *,
    from_on: date,
    contract_ends_on: date | None = None,
    is_adopted: bool = False,
    longest: Mapping[RiskClass, int] = LONGEST_DAYS,
) -> date:
    """The latest last valid day of access that begins on ``from_on``; never after the vendor's contract."""
    end = from_on + timedelta(days=longest_days(terms, is_adopted=is_adopted, longest=longest) - 1)
    return end if contract_ends_on is None else min(end, contract_ends_on)
