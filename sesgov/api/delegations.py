"""Delegations: what AWS allows somebody else now."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from inventory.models import Delegation
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from sesgov.api.listings import REFUSALS, AccountId, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["delegations"])


class DelegationItem(Schema):
    """One principal in one policy of one identity.

    ``account_id`` and ``region`` are the identity's; ``principal_account_id`` is the delegate's, empty where the
    principal names no one account. ``trust`` is null where nobody is let in. ``is_outside``: somebody other than the
    identity's own account is let in.
    """

    id: int
    identity_id: int
    identity_arn: str
    identity_name: str
    account_id: str
    region: str
    policy_name: str
    principal: str
    principal_account_id: str
    reach: Reach
    trust: Trust | None
    can_send: bool
    is_live: bool
    is_outside: bool
    first_seen_at: datetime


class DelegationDetail(DelegationItem):
    """With what its statements say, one by one, as the policy engine read them."""

    statements: list[dict[str, Any]]


class DelegationQuery(ListQuery):
    """Filters of the list."""

    identity_id: Number | None = None
    identity_arn: Words | None = None
    identity_name: Words | None = None
    account_id: AccountId | None = None
    region: Words | None = None
    policy_name: Words | None = None
    principal: Words | None = None
    principal_account_id: AccountId | None = None
    reach: Reach | None = None
    trust: Trust | None = None
    can_send: bool | None = None
    is_live: bool = Field(True, description="False: delegations that have ended.")
    is_outside: bool | None = None


_COLUMNS = {name: name for name in DelegationQuery.model_fields} | {
    "identity_arn": "identity__arn",
    "identity_name": "identity__name",
    "account_id": "identity__scope__account__account_id",
    "region": "identity__scope__region",
    "principal_account_id": "account_id",
}
_ROWS = Delegation.objects.select_related("identity__scope__account")


@router.get("", response={200: Listing[DelegationItem], **REFUSALS}, url_name="delegations")
def delegations(request: HttpRequest, query: Query[DelegationQuery]) -> dict[str, object]:
    """The delegations that are live; with ``is_live=false`` those that have ended."""
    rows = _ROWS.visible_to(user_of(request)).defer("statements")
    if query.is_outside is not None:
        outside = Delegation.objects.outside().order_by().values("pk")
        rows = rows.filter(pk__in=outside) if query.is_outside else rows.exclude(pk__in=outside)
    return listing(request, rows, query, _COLUMNS, _item, apart={"is_outside"})


@router.get("/{id}", response={200: DelegationDetail, **REFUSALS}, url_name="delegation")
def delegation(request: HttpRequest, id: Number) -> DelegationDetail:  # noqa: A002  # the name of the field
    """One delegation, live or not, with its statements."""
    found = _ROWS.visible_to(user_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    return DelegationDetail(**_item(found).dict(), statements=found.statements)


def _item(row: Delegation) -> DelegationItem:
    trust = Trust(row.trust) if row.trust else None
    return DelegationItem(
        id=row.pk,
        identity_id=row.identity_id,
        identity_arn=row.identity.arn,
        identity_name=row.identity.name,
        account_id=row.identity.scope.account.account_id,
        region=row.identity.scope.region,
        policy_name=row.policy_name,
        principal=row.principal,
        principal_account_id=row.account_id,
        reach=Reach(row.reach),
        trust=trust,
        can_send=row.can_send,
        is_live=row.is_live,
        is_outside=row.reach in OUTSIDE_REACHES and trust is not Trust.OWN,
        first_seen_at=row.first_seen_at,
    )
