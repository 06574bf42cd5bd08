"""Collection runs and what they saw."""

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from inventory.models import CollectionRun, Outcome, ScopeRun
from sesgov.api.listings import REFUSALS, Listing, ListQuery, Number, listing, spelled_out
from sesgov.api.tokens import user_of

router = Router(tags=["runs"])

RunState = Annotated[CollectionRun.State, spelled_out(CollectionRun.State)]
ScopeState = Annotated[ScopeRun.State, spelled_out(ScopeRun.State)]


class RunItem(Schema):
    """One run. ``outcome`` is null until it has ended, and ``complete`` only if every account and region was."""

    id: int
    state: RunState
    trigger: CollectionRun.Trigger
    outcome: Outcome | None
    created_at: datetime
    finished_at: datetime | None


class ScopeItem(Schema):
    """One account in one region; ``outcome`` is null while it is being read. ``error_code`` is AWS's."""

    account_id: str
    region: str
    state: ScopeState
    outcome: Outcome | None
    error_code: str
    error_text: str
    identities_listed: int
    identities_read: int
    api_calls: int
    throttled: int


class RunDetail(RunItem):
    """With every account and region that it looked at."""

    scopes: list[ScopeItem]


class RunQuery(ListQuery):
    """Filters of the list."""

    state: RunState | None = None
    trigger: CollectionRun.Trigger | None = None
    outcome: Outcome | None = None


_COLUMNS = {name: name for name in RunQuery.model_fields}


@router.get("", response={200: Listing[RunItem], **REFUSALS}, url_name="runs")
def runs(request: HttpRequest, query: Query[RunQuery]) -> dict[str, object]:
    """The runs, oldest first; for those who read the whole inventory."""
    return listing(request, CollectionRun.objects.visible_to(user_of(request)), query, _COLUMNS, _item)


@router.get("/{id}", response={200: RunDetail, **REFUSALS}, url_name="run")
def run(request: HttpRequest, id: Number) -> RunDetail:  # noqa: A002  # the name of the field
    """One run with its accounts and regions."""
    found = CollectionRun.objects.visible_to(user_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    scopes = [_scope(each) for each in found.scope_runs.select_related("scope__account")]
    return RunDetail(**_item(found).dict(), scopes=scopes)


def _item(row: CollectionRun) -> RunItem:
    return RunItem(
        id=row.pk,
        state=CollectionRun.State(row.state),
        trigger=CollectionRun.Trigger(row.trigger),
        outcome=Outcome(row.outcome) if row.outcome else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _scope(row: ScopeRun) -> ScopeItem:
    return ScopeItem(
        account_id=row.scope.account.account_id,
        region=row.scope.region,
        state=ScopeRun.State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        error_code=row.error_code,
        error_text=row.error_text,
        identities_listed=row.identities_listed,
        identities_read=row.identities_read,
        api_calls=row.api_calls,
        throttled=row.throttled,
    )
