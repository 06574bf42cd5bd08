"""Editions: the evidence that is there already, as long as nothing new is to be told."""

from datetime import datetime

from approvals.models import Campaign, EvidencePack
from approvals.services.evidence.sealing import seal_pack
from inventory.models import User


def latest_edition(campaign: Campaign) -> EvidencePack | None:
    """The last pack that was sealed of a review."""
    return EvidencePack.objects.filter(campaign=campaign).order_by("-edition").first()


def is_told(campaign: Campaign, pack: EvidencePack) -> bool:
    """Whether nothing has happened to the review since the pack was sealed."""
    if campaign.ended_at is not None and campaign.ended_at > pack.sealed_at:
        return False
    return not campaign.items.filter(verified_at__gt=pack.sealed_at).exists()


def current_edition(campaign: Campaign, *, acting_user: User | None, at: datetime) -> EvidencePack:
    """The last pack if it tells all, else a new one. Raises what :func:`seal_pack` raises."""
    pack = latest_edition(campaign)
    if pack is not None and is_told(campaign, pack):
        return pack
    return seal_pack(campaign.pk, acting_user=acting_user, at=at)
