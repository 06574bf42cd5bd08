"""A sentence to begin an attestation with: only what is recorded, and what it does not speak of."""

from django.db.models import Count

from approvals.models import Campaign
from approvals.pages.campaign_completeness import exclusions
from approvals.rules.campaigns import ItemDecision
from inventory.words import counted

_SAID = (
    (ItemDecision.CERTIFY, "kept"),
    (ItemDecision.REVOKE, "revoked"),
    (ItemDecision.MODIFY, "to be changed"),
    (ItemDecision.NOT_REVIEWED, "not reviewed in time, to be removed"),
)


def suggested_attestation(campaign: Campaign) -> str:
    """One query."""
    numbers = dict(campaign.items.order_by().values_list("decision").annotate(Count("pk")))
    said = ", ".join(f"{numbers[decision]} {words}" for decision, words in _SAID if numbers.get(decision))
    paths = counted(campaign.item_count, "path")
    looked = f"This review looked at {paths} by which somebody outside could send mail as us"
    frozen = f"as read until {campaign.staged_at:%Y-%m-%d %H:%M} UTC, population SHA-256 {campaign.population_hash}"
    sentences = [
        f"{looked} ({frozen}): {said}.",
        "The people named in the decisions made them; I have looked at what they said.",
    ]
    if campaign.shortfall:
        sentences.append(f"Not everything was read: {campaign.shortfall} Accepted: {campaign.override_reason}")
    sentences.append(f"It does not speak of {'; '.join(exclusions(campaign))}.")
    return " ".join(sentences)
