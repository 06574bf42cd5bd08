"""What terms have to hold before anybody is asked, and again when the last slot is filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from approvals.models import Grant
from approvals.rules.hashes import access_hash
from approvals.rules.risk import LONGEST_ADOPTED_DAYS, RiskClass, latest_end, longest_days, risk_class
from approvals.services.requests.durations import longest_in_force
from inventory.models import Account, Identity, Organization, Vendor
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.trust import Trust
from inventory.services.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Asked:
    """One line as it is asked for: ``vendor`` and ``predecessor`` where there is one."""

    identity: Identity
    terms: GrantTerms
    vendor: Vendor | None
    predecessor: Grant | None
    is_adopted: bool


def check_asked(asked: Asked, *, on: date) -> None:
    """Raise :class:`RefusedError` with the field at fault; nothing is said twice."""
    _check_identity(asked)
    _check_days(asked, on)
    _check_principals(asked, on)
    _check_overlap(asked, on)
    try:
        minimal_policy(asked.terms)
    except TermsError as error:
        raise RefusedError(error.member, error.message) from error


def longest_end(asked: Asked, *, on: date) -> date:
    """The latest last day that the guard takes; it is before the first where a contract is over by then."""
    longest = longest_in_force()
    latest = latest_end(
        asked.terms, from_on=starts_on(asked.terms, on=on), is_adopted=asked.is_adopted, longest=longest
    )
    return min([latest, *(last for _, last in contracts_of(asked))])


def starts_on(terms: GrantTerms, *, on: date) -> date:
    """The first day of access: what was asked for, but not before today."""
    return on if terms.starts_on is None else max(terms.starts_on, on)


def _check_identity(asked: Asked) -> None:
    if asked.identity.gone_at is not None:
        raise RefusedError(
            "identity", f"{asked.identity.name} no longer exists in SES, so nobody can be let in. Remove the line."
        )
    if asked.terms.identity_arn != asked.identity.arn:
        raise RefusedError("identity", f"The terms are for {asked.terms.identity_arn}, not for {asked.identity.arn}.")


def _check_days(asked: Asked, on: date) -> None:
    terms = asked.terms
    if terms.starts_on is not None and terms.starts_on < on:
        raise RefusedError("starts_on", f"{terms.starts_on} is past. Use today or a later day.")
    if terms.ends_on < on:
        raise RefusedError("ends_on", f"{terms.ends_on} is past. Use a last day from today on.")
    first = starts_on(terms, on=on)
    for name, last in contracts_of(asked):
        if terms.ends_on > last:
            raise RefusedError("ends_on", f"The contract with {name} ends on {last}. Use that day or an earlier one.")
    longest = longest_in_force()
    latest = latest_end(terms, from_on=first, is_adopted=asked.is_adopted, longest=longest)
    if terms.ends_on > latest:
        days = longest_days(terms, is_adopted=asked.is_adopted, longest=longest)
        raise RefusedError("ends_on", f"{_why_limited(asked, longest)} {days} days at most: until {latest}.")


def contracts_of(asked: Asked) -> list[tuple[str, date]]:
    """Whose contract bounds the access, and its last day: the vendor that is named, and those behind the accounts.

    An account that nobody named a vendor for in the request still ends with its own vendor.
    """
    named = [(asked.vendor.name, asked.vendor.contract_ends_on)] if asked.vendor else []
    for account in Account.objects.filter(account_id__in=_accounts(asked.terms)).select_related("vendor"):
        named.append((str(account), account.ends_on))
        if account.vendor is not None:
            named.append((account.vendor.name, account.vendor.contract_ends_on))
    return [(name, last) for name, last in named if last is not None]


def _accounts(terms: GrantTerms) -> set[str]:
    """Every account that the terms let in, as a whole, by a principal or behind a service."""
    by_name = {arn.split(":")[4] for arn in terms.arns}
    return {*terms.accounts, *by_name, *(each.source_account for each in terms.services)}


def _why_limited(asked: Asked, longest: Mapping[RiskClass, int]) -> str:
    risk = risk_class(asked.terms)
    if asked.is_adopted and longest_days(asked.terms, longest=longest) > LONGEST_ADOPTED_DAYS:
        return "What is adopted as it was found lasts"
    if risk is RiskClass.EXCEPTION:
        return "An exception for anyone at all lasts"
    if risk is RiskClass.HIGH:
        return "Access for a whole organization, or beyond sending, lasts"
    if risk is RiskClass.STANDARD:
        return "Access for a whole account or as any address lasts"
    return "Access lasts"


def _check_principals(asked: Asked, on: date) -> None:
    if asked.terms.means_anyone:
        if asked.is_adopted:
            raise RefusedError("principals", "Access for anyone is never adopted as it is: security closes it.")
        return
    unknown = _unknown(asked.terms)
    if unknown:
        raise RefusedError(
            "principals",
            f"{', '.join(unknown)}: nobody registered this. Register it with its company and contact first.",
        )
    for account in Account.objects.filter(account_id__in=_accounts(asked.terms)).select_related("vendor"):
        if account.trust(on) is Trust.FORMER:
            raise RefusedError(
                "principals", f"{account} ({account.account_id}) is a former account: nobody lets it in again."
            )


def _unknown(terms: GrantTerms) -> list[str]:
    """The ids of accounts and organizations that nobody registered."""
    wanted = _accounts(terms)
    known = set(Account.objects.filter(account_id__in=wanted).values_list("account_id", flat=True))
    organizations = Organization.objects.filter(organization_id__in=terms.organizations)
    known |= set(organizations.values_list("organization_id", flat=True))
    return sorted((wanted | terms.organizations) - known)


def _check_overlap(asked: Asked, on: date) -> None:
    same = Grant.objects.filter(access__access_hash=access_hash(asked.terms)).exclude(decision="revoked")
    overlapping = same.filter(effective_ends_on__gte=starts_on(asked.terms, on=on))
    if asked.predecessor is not None:
        overlapping = overlapping.exclude(pk=asked.predecessor.pk)
    grant = overlapping.filter(starts_on__lte=asked.terms.ends_on).first()
    if grant is not None:
        raise RefusedError(
            "ends_on",
            f"The same access is granted already from {grant.starts_on} to {grant.effective_ends_on} "
            f"(grant {grant.pk}). Renew that one.",
        )
