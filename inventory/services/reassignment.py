"""Reassignment: people or teams changed, and owner tags may now mean somebody else."""

from datetime import datetime

from django.db import transaction

from inventory.models import Identity
from inventory.services.audit import record
from inventory.services.ownership import OwnerBook
from inventory.services.reconciliation import assign_owner, save_state


def reassign_owners(*, at: datetime) -> int:
    """Read the stored tags of every live identity again; returns how many have another owner now.

    One query over all identities, then one transaction for each that changes.
    """
    owners = OwnerBook.load()
    live = Identity.objects.live().select_related("scope__account__owner_team").order_by("pk")
    changed = [identity.pk for identity in live.iterator() if assign_owner(identity, identity.scope.account, owners)]
    return sum(_reassign(identity_id, owners, at) for identity_id in changed)


@transaction.atomic
def _reassign(identity_id: int, owners: OwnerBook, at: datetime) -> bool:
    identity = (
        Identity.objects.select_for_update(of=("self",), no_key=True)
        .select_related("scope__account__owner_team")
        .get(pk=identity_id)
    )
    fields = assign_owner(identity, identity.scope.account, owners)
    if not fields or identity.gone_at is not None:
        return False
    identity.save(update_fields=fields)
    save_state(identity, at)
    data = {"fields": sorted(fields)}
    record(at=at, actor=None, action="identity.reassigned", target=identity, data=data)
    return True
