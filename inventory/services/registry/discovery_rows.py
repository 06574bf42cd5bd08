"""Rows of discoveries: leased, filled page by page, and finished, each in one transaction."""

from datetime import datetime

from django.db import transaction

from inventory.aws.accounts import Caller
from inventory.aws.faults import Fault, FaultKind
from inventory.aws.organizations import AccountPage, OrganizationFacts
from inventory.models import Discovery, Organization, Outcome
from inventory.services.audit import record
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.leases import LostLeaseError
from inventory.services.registry.discovered_accounts import register_leavers, register_listed
from inventory.services.registry.organizations import add_organization

_FOREIGN = (
    "{organization} is in the registry as {relationship}, so its accounts were not taken for ours. Use the "
    "credentials of our own organization."
)
_HOLLOW = "The listing came to its end without the management account {account}, so it cannot be all of it."


@transaction.atomic
def lease(limits: CollectionLimits, *, at: datetime, discovery_id: int | None) -> Discovery | None:
    """Take up a discovery that is due; its fence is then one that older holders do not have."""
    due = Discovery.objects.due(at)
    if discovery_id is not None:
        due = due.filter(pk=discovery_id)
    discovery = due.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if discovery is not None:
        discovery.fence += 1
        discovery.started_at = discovery.started_at or at
        discovery.leased_until = at + limits.lease
        discovery.save(update_fields=["fence", "started_at", "leased_until"])
    return discovery


def _hold(discovery: Discovery) -> None:
    """Lock the row for the running transaction, if it is still this worker's; raises :class:`LostLeaseError`."""
    rows = Discovery.objects.select_for_update(of=("self",)).filter(
        pk=discovery.pk, fence=discovery.fence, finished_at=None
    )
    if not rows.order_by("pk").exists():
        raise LostLeaseError(discovery.pk)


@transaction.atomic
def own_organization(
    discovery: Discovery, facts: OrganizationFacts, caller: Caller, *, at: datetime
) -> Organization | None:
    """The row of our own organization; ``None`` where the registry says that it is somebody else's."""
    _hold(discovery)
    organization = add_organization(
        organization_id=facts.organization_id,
        name="",
        relationship=Organization.Relationship.OWN,
        acting_user=discovery.requested_by,
        at=at,
    )
    if organization.relationship != Organization.Relationship.OWN:
        relationship = organization.get_relationship_display().lower()
        text = _FOREIGN.format(organization=facts.organization_id, relationship=relationship)
        finish(discovery, Outcome.FAILED, Fault(FaultKind.FAILED, "OrganizationOfAnother", text), at=at)
        return None
    discovery.organization, discovery.caller_arn = organization, caller.principal_arn
    discovery.save(update_fields=["organization", "caller_arn"])
    return organization


@transaction.atomic
def save_page(
    discovery: Discovery,
    page: AccountPage,
    organization: Organization,
    partition: str,
    limits: CollectionLimits,
    *,
    at: datetime,
) -> None:
    """Write the accounts of a page into the registry, and the cursor."""
    _hold(discovery)
    register_listed(page.accounts, organization, partition, discovery, at=at)
    discovery.pages += 1
    discovery.next_token, discovery.is_listed = page.next_token, not page.next_token
    discovery.failures, discovery.troubled_since = 0, None
    discovery.leased_until = at + limits.lease
    if page.path_fault is not None:
        discovery.error_code, discovery.error_text = page.path_fault.code, page.path_fault.text
    discovery.save()


@transaction.atomic
def save_setback(
    discovery: Discovery, fault: Fault, limits: CollectionLimits, *, at: datetime, due_at: datetime | None
) -> None:
    """Keep the cursor after a call that brought nothing; ``due_at`` gives the row back until then."""
    _hold(discovery)
    if fault.kind is FaultKind.FAILED:
        # The token of the page is no longer taken: the listing begins anew.
        discovery.next_token, discovery.pages, discovery.listed = "", 0, 0
    discovery.failures += 1
    discovery.troubled_since = discovery.troubled_since or at
    discovery.leased_until = due_at or at + limits.lease
    discovery.save()


@transaction.atomic
def close_listing(
    discovery: Discovery, facts: OrganizationFacts, organization: Organization, *, at: datetime
) -> Fault | None:
    """Mark who left, once every page came; a fault where the pages cannot be all. A second time nothing changes."""
    _hold(discovery)
    listed = organization.accounts.filter(listed_at__gte=discovery.requested_at)
    if not listed.filter(account_id=facts.management_account).exists():
        text = _HOLLOW.format(account=facts.management_account)
        return Fault(FaultKind.MALFORMED, "MalformedAnswer", text)
    register_leavers(organization, discovery, at=at)
    discovery.save(update_fields=["left", "concerned"])
    return None


@transaction.atomic
def finish(discovery: Discovery, outcome: Outcome, fault: Fault | None, *, at: datetime) -> None:
    """Give the discovery its outcome and the reason."""
    _hold(discovery)
    discovery.outcome, discovery.finished_at, discovery.leased_until = outcome, at, None
    discovery.error_code, discovery.error_text = (fault.code, fault.text) if fault else ("", "")
    discovery.save()
    data = {
        "outcome": str(outcome),
        "error": discovery.error_code,
        "listed": discovery.listed,
        "added": discovery.added,
        "changed": discovery.changed,
        "left": discovery.left,
    }
    record(at=at, actor=discovery.requested_by, action="discovery.finished", target=discovery, data=data)
