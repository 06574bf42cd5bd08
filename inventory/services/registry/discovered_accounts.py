"""Accounts as AWS Organizations lists them, written into the registry: nothing is ever removed from it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from inventory.aws.organizations import ListedAccount
from inventory.models import Account, Discovery, Organization
from inventory.services.audit import record


@transaction.atomic
def register_listed(
    accounts: Sequence[ListedAccount], organization: Organization, partition: str, discovery: Discovery, *, at: datetime
) -> None:
    """Enter new accounts as managed, bring known ones in line; counts and ids go to the discovery, which is not saved.

    What people say of an account (relationship, environment, way in, owner, a name of their own) stays.
    """
    ids = [listed.account_id for listed in accounts]
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(account_id__in=ids).order_by("pk")
    known = {account.account_id: account for account in rows}
    for listed in accounts:
        account = known.get(listed.account_id)
        if account is None:
            _add(listed, organization, partition, discovery, at)
        else:
            _update(account, listed, organization, discovery, at)
    discovery.listed += len(accounts)


def _add(listed: ListedAccount, organization: Organization, partition: str, discovery: Discovery, at: datetime) -> None:
    account = Account.objects.create(
        account_id=listed.account_id,
        name=listed.name,
        partition=partition,
        relationship=Account.Relationship.MANAGED,
        state=_state(listed.state, Account.State.ACTIVE),
        organization=organization,
        email=listed.email,
        ou_path=listed.ou_path,
        listed_name=listed.name,
        listed_at=at,
        created_at=at,
    )
    data = {"name": account.name, "state": account.state, "organization": organization.organization_id}
    record(at=at, actor=discovery.requested_by, action="account.discovered", target=account, data=data)
    discovery.added += 1
    discovery.concerned.append(account.account_id)


def _update(
    account: Account, listed: ListedAccount, organization: Organization, discovery: Discovery, at: datetime
) -> None:
    wanted: dict[str, object] = {
        "state": _state(listed.state, account.state),
        "organization": organization,
        "email": listed.email,
        "ou_path": listed.ou_path or account.ou_path,
        "listed_name": listed.name,
        "left_at": None,
    }
    if account.name in ("", account.listed_name):
        wanted["name"] = listed.name
    before = {field: getattr(account, field) for field in wanted}
    changed = [field for field, value in wanted.items() if before[field] != value]
    for field in changed:
        setattr(account, field, wanted[field])
    account.listed_at = at
    account.save(update_fields=[*changed, "listed_at"])
    if not changed:
        return
    discovery.changed += 1
    if not {"state", "organization", "left_at", "ou_path"}.isdisjoint(changed):
        discovery.concerned.append(account.account_id)
    data = {field: [_plain(before[field]), _plain(wanted[field])] for field in changed}
    record(at=at, actor=discovery.requested_by, action="account.changed", target=account, data={"changed": data})


def register_leavers(organization: Organization, discovery: Discovery, *, at: datetime) -> None:
    """Mark what was listed before and now is not; it stays, and is former until a person says otherwise."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).filter(
        listed_at__lt=discovery.requested_at, organization=organization
    )
    for account in rows.order_by("pk"):
        account.left_at, account.organization, account.ou_path = at, None, ""
        account.save(update_fields=["left_at", "organization", "ou_path"])
        data = {"organization": organization.organization_id, "last_listed_at": account.listed_at}
        record(at=at, actor=discovery.requested_by, action="account.left_organization", target=account, data=data)
        discovery.left.append(account.account_id)
        discovery.concerned.append(account.account_id)


def _state(listed: str, otherwise: str) -> str:
    """A state that this version does not know leaves the account to be read as before."""
    return listed if listed in Account.State.values else otherwise


def _plain(value: object) -> object:
    return value.organization_id if isinstance(value, Organization) else value
