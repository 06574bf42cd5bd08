"""Accounts of the registry. How sesgov gets into them (role, ExternalId, profile) is not told."""

from datetime import date, datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from inventory.models import Account
from sesgov.api.listings import REFUSALS, AccountId, Listing, ListQuery, Words, listing, spelled_out
from sesgov.api.tokens import user_of

router = Router(tags=["accounts"])

State = Annotated[Account.State, spelled_out(Account.State)]


class AccountItem(Schema):
    """One AWS account. ``state`` is AWS Organizations' own word."""

    account_id: str
    name: str
    email: str
    partition: str
    environment: Account.Environment
    relationship: Account.Relationship
    state: State
    organization_id: str | None
    ou_path: str
    vendor: str | None
    owner_team: str | None
    ends_on: date | None
    created_at: datetime
    listed_at: datetime | None


class AccountQuery(ListQuery):
    """Filters of the list."""

    account_id: AccountId | None = None
    name: Words | None = None
    partition: Words | None = None
    environment: Account.Environment | None = None
    relationship: Account.Relationship | None = None
    state: State | None = None
    organization_id: Words | None = None
    vendor: Words | None = None
    owner_team: Words | None = None


_COLUMNS = {name: name for name in AccountQuery.model_fields} | {
    "organization_id": "organization__organization_id",
    "vendor": "vendor__name",
    "owner_team": "owner_team__name",
}
_ROWS = Account.objects.select_related("organization", "vendor", "owner_team")


@router.get("", response={200: Listing[AccountItem], **REFUSALS}, url_name="accounts")
def accounts(request: HttpRequest, query: Query[AccountQuery]) -> dict[str, object]:
    """The accounts in the registry; for those who read the whole inventory."""
    return listing(request, _ROWS.visible_to(user_of(request)), query, _COLUMNS, _item)


@router.get("/{account_id}", response={200: AccountItem, **REFUSALS}, url_name="account")
def account(request: HttpRequest, account_id: AccountId) -> AccountItem:
    """One account by its 12 digits."""
    found = _ROWS.visible_to(user_of(request)).filter(account_id=account_id).first()
    if found is None:
        raise Http404
    return _item(found)


def _item(row: Account) -> AccountItem:
    return AccountItem(
        account_id=row.account_id,
        name=row.name,
        email=row.email,
        partition=row.partition,
        environment=Account.Environment(row.environment),
        relationship=Account.Relationship(row.relationship),
        state=Account.State(row.state),
        organization_id=row.organization.organization_id if row.organization else None,
        ou_path=row.ou_path,
        vendor=row.vendor.name if row.vendor else None,
        owner_team=row.owner_team.name if row.owner_team else None,
        ends_on=row.ends_on,
        created_at=row.created_at,
        listed_at=row.listed_at,
    )
