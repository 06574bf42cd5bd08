"""Identities, in the terms of GetEmailIdentity."""

from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from inventory.models import Identity
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from sesgov.api.listings import REFUSALS, AccountId, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["identities"])


class Owner(Schema):
    """Who answers for an identity, and how that is known: ``team`` or ``user`` (an e-mail address), or neither."""

    team: str | None
    user: str | None
    source: Identity.OwnerSource
    tag_value: str


class IdentityItem(Schema):
    """One identity in one account and region.

    ``widest_reach`` is how far its policies open it, ``widest_trust`` how well those are known whom they let in.
    """

    id: int
    identity_arn: str
    identity_name: str
    identity_type: Identity.Type
    account_id: str
    region: str
    sending_name: str
    environment: str
    verified: bool
    verification_status: str
    dkim_signing_enabled: bool
    dkim_status: str
    mail_from_domain: str
    configuration_set_name: str
    tags: dict[str, str]
    owner: Owner
    widest_reach: Reach
    widest_trust: Trust | None
    delegate_count: int
    first_seen_at: datetime
    last_read_at: datetime
    is_live: bool
    gone_at: datetime | None


class IdentityQuery(ListQuery):
    """Filters of the list."""

    identity_arn: Words | None = None
    identity_name: Words | None = None
    identity_type: Identity.Type | None = None
    account_id: AccountId | None = None
    region: Words | None = None
    sending_name: Words | None = None
    environment: Words | None = None
    verified: bool | None = None
    verification_status: Words | None = None
    dkim_signing_enabled: bool | None = None
    dkim_status: Words | None = None
    mail_from_domain: Words | None = None
    configuration_set_name: Words | None = None
    owner_team: Words | None = None
    owner_user: Words | None = None
    owner_source: Identity.OwnerSource | None = None
    widest_reach: Reach | None = None
    widest_trust: Trust | None = None
    is_live: bool = Field(True, description="False: identities that are gone.")


_COLUMNS = {name: name for name in IdentityQuery.model_fields} | {
    "identity_arn": "arn",
    "identity_name": "name",
    "account_id": "scope__account__account_id",
    "region": "scope__region",
    "verified": "is_verified",
    "dkim_signing_enabled": "dkim_enabled",
    "configuration_set_name": "configuration_set",
    "owner_team": "owner_team__name",
    "owner_user": "owner_user__email__iexact",
    "is_live": "gone_at__isnull",
}
_ROWS = Identity.objects.select_related("scope__account", "owner_team", "owner_user")


@router.get("", response={200: Listing[IdentityItem], **REFUSALS}, url_name="identities")
def identities(request: HttpRequest, query: Query[IdentityQuery]) -> dict[str, object]:
    """The identities that exist; with ``is_live=false`` those that are gone."""
    return listing(request, _ROWS.visible_to(user_of(request)), query, _COLUMNS, _item)


@router.get("/{id}", response={200: IdentityItem, **REFUSALS}, url_name="identity")
def identity(request: HttpRequest, id: Number) -> IdentityItem:  # noqa: A002  # the name of the field
    """One identity, gone or not."""
    found = _ROWS.visible_to(user_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    return _item(found)


def _item(row: Identity) -> IdentityItem:
    return IdentityItem(
        id=row.pk,
        identity_arn=row.arn,
        identity_name=row.name,
        identity_type=Identity.Type(row.identity_type),
        account_id=row.scope.account.account_id,
        region=row.scope.region,
        sending_name=row.sending_name,
        environment=row.environment,
        verified=row.is_verified,
        verification_status=row.verification_status,
        dkim_signing_enabled=row.dkim_enabled,
        dkim_status=row.dkim_status,
        mail_from_domain=row.mail_from_domain,
        configuration_set_name=row.configuration_set,
        tags=row.tags,
        owner=Owner(
            team=row.owner_team.name if row.owner_team else None,
            user=row.owner_user.email if row.owner_user else None,
            source=Identity.OwnerSource(row.owner_source),
            tag_value=row.owner_tag_value,
        ),
        widest_reach=Reach(row.widest_reach),
        widest_trust=Trust(row.widest_trust) if row.widest_trust else None,
        delegate_count=row.delegate_count,
        first_seen_at=row.first_seen_at,
        last_read_at=row.last_read_at,
        is_live=row.gone_at is None,
        gone_at=row.gone_at,
    )
