"""Verification: a removal is done when a reading made after the decision no longer shows the path."""

import json
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import CampaignState, ItemDecision
from approvals.services.campaigns.evidence import allowed_hash
from approvals.services.campaigns.running import close_when_done
from approvals.services.campaigns.told import told_of_verification
from approvals.services.readings import run_that_read
from inventory.models import Delegation, Identity
from inventory.policy.reach import Reach
from inventory.services.audit import record
from inventory.services.each import do_each

_WIDE = (Reach.PUBLIC, Reach.NETWORK, Reach.ORGANIZATION)
# Once it is over, nothing more is said of a review.
_OPEN = (CampaignState.ACTIVE, CampaignState.DECIDED, CampaignState.SIGNED, CampaignState.REMEDIATING)


def verify_due(*, at: datetime) -> int:
    """Verify what readings made since have shown; how many items."""
    waiting = ReviewItem.objects.to_remediate().filter(campaign__state__in=_OPEN)
    looked = Coalesce("identity__gone_at", "identity__last_read_at")
    read = waiting.annotate(looked_at=looked).filter(looked_at__gt=F("decided_at")).order_by("identity_id")
    identities = list(read.values_list("identity", flat=True).distinct())
    return sum(do_each(lambda identity_id: verify_identity(identity_id, at=at), identities))


def close_verified(*, at: datetime) -> None:
    """Close the campaigns of which nothing is left to verify."""
    do_each(lambda campaign_id: close_when_done(campaign_id, at=at), _done())


@transaction.atomic
def verify_identity(identity_id: int, *, at: datetime) -> int:
    """The items of one identity that its last reading shows to be done; how many."""
    identity = Identity.objects.select_for_update(of=("self",), no_key=True).get(pk=identity_id)
    rows = ReviewItem.objects.to_remediate().filter(identity=identity, campaign__state__in=_OPEN)
    items = rows.filter(decided_at__lt=identity.gone_at or identity.last_read_at)
    done = [
        item
        for item in items.select_for_update(of=("self",))
        .select_related("delegation", "campaign", "identity")
        .order_by("pk")
        if _is_done(item, identity)
    ]
    run = run_that_read(identity) if done else None
    for item in done:
        item.verified_at, item.verified_by_run = at, run
        item.save(update_fields=["verified_at", "verified_by_run"])
        data = told_of_verification(item)
        record(at=at, actor=None, action="review_item.verified", target=item, data=data)
    return len(done)


def _is_done(item: ReviewItem, identity: Identity) -> bool:
    """What cannot be understood may let anybody in, and what came since may let in more: neither shows a removal."""
    if identity.gone_at is not None:
        return True
    if _may_be_open(item):
        return False
    if not item.delegation.is_live:
        return True
    was = Reach(json.loads(item.evidence)["reach"])
    is_narrower = item.delegation.reach_rank >= was.rank
    return item.decision == ItemDecision.MODIFY and is_narrower and allowed_hash(item.delegation) != item.path_hash


def _may_be_open(item: ReviewItem) -> bool:
    """Whether something that is there only since the population was frozen lets the same party in by another way."""
    others = Delegation.objects.live().outside().filter(identity=item.identity).exclude(pk=item.delegation_id)
    if others.filter(reach=Reach.UNDETERMINED).exists():
        return True
    wider = Q(reach__in=_WIDE)
    if item.delegation.account_id:
        wider |= Q(account_id=item.delegation.account_id, reach=Reach.ACCOUNT)
    since = item.campaign.staged_at
    return others.filter(wider, states__to_at=None, states__from_at__gt=since).exists()


def _done() -> list[int]:
    left = ReviewItem.objects.to_remediate().filter(campaign=OuterRef("pk"))
    rows = Campaign.objects.filter(~Exists(left), state=CampaignState.REMEDIATING).order_by("pk")
    return list(rows.values_list("pk", flat=True))
