"""The names of those who are let in, for sentences."""

from collections.abc import Iterable

from inventory.models import Account, Organization
from inventory.policy.grants.terms import GrantTerms


def names_for(every: Iterable[GrantTerms]) -> dict[str, str]:
    """Account and organization ids of these terms with the names that people know; at most two queries."""
    terms = list(every)
    return names_of(
        {each for own in terms for each in own.account_ids}, {each for own in terms for each in own.organizations}
    )


def names_of(account_ids: Iterable[str], organization_ids: Iterable[str]) -> dict[str, str]:
    """These ids with the names that people know; at most two queries."""
    return {**_account_names(sorted(account_ids)), **_organization_names(sorted(organization_ids))}


def all_names() -> dict[str, str]:
    """Every name of the registry, for lists whose length nobody knows: two queries."""
    return {**_account_names(None), **_organization_names(None)}


def _account_names(ids: list[str] | None) -> dict[str, str]:
    if ids == []:
        return {}
    rows = Account.objects.all() if ids is None else Account.objects.filter(account_id__in=ids)
    known = rows.order_by().values_list("account_id", "vendor__name", "name")
    return {account_id: vendor or name for account_id, vendor, name in known}


def _organization_names(ids: list[str] | None) -> dict[str, str]:
    if ids == []:
        return {}
    rows = Organization.objects.all() if ids is None else Organization.objects.filter(organization_id__in=ids)
    return dict(rows.order_by().values_list("organization_id", "name"))
