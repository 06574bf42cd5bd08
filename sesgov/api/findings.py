"""Findings, with the episodes during which they were there."""

from datetime import date, datetime

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from inventory.models import Finding, FindingEpisode, Severity
from sesgov.api.listings import REFUSALS, AccountId, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["findings"])


class FindingItem(Schema):
    """One rule on one subject of one identity.

    ``presence`` is the collector's word: ``stale`` is not gone, only not looked at since. ``disposition`` is what
    people have decided. ``title`` is the rule's, ``text`` speaks of this very case.
    """

    id: int
    rule_id: str
    title: str
    text: str
    severity: Severity
    presence: Finding.Presence
    is_open: bool
    disposition: Finding.Disposition
    disposition_until: date | None
    assignee: str | None
    identity_id: int
    identity_arn: str
    identity_name: str
    account_id: str
    region: str
    policy_name: str
    subject: str
    first_opened_at: datetime
    last_seen_at: datetime


class Episode(Schema):
    """One stretch of time; ``is_baseline``: the first look at the region found it, so its true start is unknown."""

    opened_at: datetime
    closed_at: datetime | None
    reason: str
    is_baseline: bool


class FindingDetail(FindingItem):
    """With every episode, oldest first."""

    why: str
    episodes: list[Episode]


class FindingQuery(ListQuery):
    """Filters of the list."""

    rule_id: Words | None = None
    severity: Severity | None = Field(None, description="Hints (info) are listed only when they are asked for.")
    presence: Finding.Presence | None = Field(None, description="Asked for, it takes the place of is_open.")
    is_open: bool = Field(True, description="False: findings that are no longer there.")
    disposition: Finding.Disposition | None = None
    assignee: Words | None = None
    identity_id: Number | None = None
    identity_arn: Words | None = None
    identity_name: Words | None = None
    account_id: AccountId | None = None
    region: Words | None = None
    policy_name: Words | None = None
    subject: Words | None = None


_COLUMNS = {name: name for name in FindingQuery.model_fields} | {
    "assignee": "assignee__email__iexact",
    "identity_arn": "identity__arn",
    "identity_name": "identity__name",
    "account_id": "identity__scope__account__account_id",
    "region": "identity__scope__region",
}
_ROWS = Finding.objects.select_related("identity__scope__account", "assignee")


@router.get("", response={200: Listing[FindingItem], **REFUSALS}, url_name="findings")
def findings(request: HttpRequest, query: Query[FindingQuery]) -> dict[str, object]:
    """The open findings without hints, as the list of findings in the browser counts them."""
    rows = _ROWS.visible_to(user_of(request))
    if query.severity is None:
        rows = rows.counted()
    if query.presence is None:
        rows = rows.open() if query.is_open else rows.filter(presence=Finding.Presence.ABSENT)
    return listing(request, rows, query, _COLUMNS, _item, apart={"is_open"})


@router.get("/{id}", response={200: FindingDetail, **REFUSALS}, url_name="finding")
def finding(request: HttpRequest, id: Number) -> FindingDetail:  # noqa: A002  # the name of the field
    """One finding, open or not, with its episodes."""
    found = _ROWS.visible_to(user_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    episodes = [_episode(each) for each in found.episodes.order_by("opened_at", "pk")]
    return FindingDetail(**_item(found).dict(), why=found.rule.why, episodes=episodes)


def _item(row: Finding) -> FindingItem:
    return FindingItem(
        id=row.pk,
        rule_id=row.rule_id,
        title=row.rule.title,
        text=str(row.evidence.get("text", "")),
        severity=Severity(row.severity),
        presence=Finding.Presence(row.presence),
        is_open=row.presence != Finding.Presence.ABSENT,
        disposition=Finding.Disposition(row.disposition),
        disposition_until=row.disposition_until,
        assignee=row.assignee.email if row.assignee else None,
        identity_id=row.identity_id,
        identity_arn=row.identity.arn,
        identity_name=row.identity.name,
        account_id=row.identity.scope.account.account_id,
        region=row.identity.scope.region,
        policy_name=row.policy_name,
        subject=row.subject,
        first_opened_at=row.first_opened_at,
        last_seen_at=row.last_seen_at,
    )


def _episode(row: FindingEpisode) -> Episode:
    return Episode(opened_at=row.opened_at, closed_at=row.closed_at, reason=row.reason, is_baseline=row.is_baseline)
