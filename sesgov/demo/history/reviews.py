"""The reviews of the demo: one of the last quarter, signed, verified and sealed, and one that runs now."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from approvals.models import Campaign, ReviewItem
from approvals.pages.campaign_attestation import suggested_attestation
from approvals.rules.campaigns import CampaignState, ItemDecision, needs_note, period_before
from approvals.services.campaigns.campaigns import Asked, create_campaign, day_of
from approvals.services.campaigns.reviewing import Said, decide_item
from approvals.services.campaigns.running import activate, run_due, sign
from approvals.services.campaigns.schedule import period_name
from approvals.services.campaigns.staging import population, stage
from approvals.services.campaigns.verification import close_verified, verify_due
from approvals.services.evidence.sealing import seal_pack
from inventory.models import User
from sesgov.demo.estate_people import AUDITOR, CONTACTS, SECURITY

APART = timedelta(seconds=25)
BASIS = "The access policy asks for a review of outside access each quarter."
ACCEPTED = "The regions that AWS does not let us read are with their administrators; the review does not wait for them."
KEPT = "It is known and needed until its owner has replaced it; the finding stays open."
# By identity: what reviewers no longer want. Both are gone from AWS within weeks.
UNWANTED = {
    "pipeline@staging.saltmarsh.example": "Nobody knows this user, and nothing of ours was sent by it.",
    "messe.quaysideparcel.example": "The fair is over; nobody sends for it any more.",
}
# Nobody looked at it in time.
FORGOTTEN = "payroll@people.harbourlight.example"
# What has been decided of the review that runs now.
QUICK = ("Payments", "Logistics", "Support", "People")
_DECIDED_WITHIN, _REMOVED_WITHIN = timedelta(days=14), timedelta(days=31)


def begin_last_quarter(at: datetime) -> None:
    """Everything that was open to somebody outside then, asked of its owners."""
    first, last = period_before(day_of(at), months=3)
    _begin(period_name(first, 3), (first, last), "quarterly", at)


def decide_half(at: datetime) -> None:
    """The first of the reviewers answer."""
    _decide(_waiting("quarterly").filter(position__lte=40), at)


def decide_rest(at: datetime) -> None:
    """The others, save for one item."""
    _decide(_waiting("quarterly"), at)


def miss_and_sign(at: datetime) -> None:
    """The due day is over; what nobody decided is not reviewed, and security signs."""
    run_due(at=at)
    for campaign in Campaign.objects.filter(state=CampaignState.DECIDED, frequency="quarterly"):
        text = suggested_attestation(campaign)
        sign(campaign.pk, attestation=text, signed_in_by="password", acting_user=_person(SECURITY), at=at + APART)


def verify_and_seal(at: datetime) -> None:
    """The sweep of the day before has shown the removals; the auditor seals what there is."""
    verify_due(at=at)
    close_verified(at=at)
    for campaign in Campaign.objects.filter(signed_at__isnull=False):
        seal_pack(campaign.pk, acting_user=_person(AUDITOR), at=at + APART)


def begin_interim(at: datetime) -> None:
    """By hand, since much has changed; it runs now."""
    _, last = period_before(day_of(at), months=3)
    days = (last + timedelta(days=1), day_of(at))
    _begin(f"Interim review of {day_of(at):%B %Y}", days, "by_hand", at)


def decide_quickly(at: datetime) -> None:
    """Some teams answer at once; the shop, the newsletter and security have yet to."""
    _decide(_waiting("by_hand").filter(reviewer_team__name__in=QUICK), at)


def _begin(name: str, period: tuple[date, date], frequency: str, at: datetime) -> None:
    """Nothing where the estate was read in part only and nobody outside was seen."""
    by, on = _person(SECURITY), day_of(at)
    if not population(Campaign()).exists():
        return
    asked = Asked(
        name=name,
        period_from=period[0],
        period_to=period[1],
        starts_on=on,
        due_on=on + _DECIDED_WITHIN,
        remediate_by_on=on + _REMOVED_WITHIN,
        frequency=frequency,
        frequency_basis=BASIS,
    )
    campaign = create_campaign(asked, acting_user=by, at=at)
    stage(campaign.pk, acting_user=by, at=at, override_reason=ACCEPTED)
    activate(campaign.pk, acting_user=by, at=at + APART)


def _waiting(frequency: str) -> "QuerySet[ReviewItem]":
    items = ReviewItem.objects.pending().filter(campaign__state=CampaignState.ACTIVE, campaign__frequency=frequency)
    return items.exclude(identity__name=FORGOTTEN).select_related("identity", "reviewer_team", "reviewer_user")


def _decide(items: "QuerySet[ReviewItem]", at: datetime) -> None:
    for number, item in enumerate(items, start=1):
        decision, note = _opinion(item)
        said = Said(decision, note, "password", (item.evidence_hash, 0))
        decide_item(item.pk, said, acting_user=_reviewer(item), at=at + number * APART)


def _opinion(item: ReviewItem) -> tuple[ItemDecision, str]:
    if item.identity.name in UNWANTED:
        return ItemDecision.REVOKE, UNWANTED[item.identity.name]
    return ItemDecision.CERTIFY, KEPT if needs_note(ItemDecision.CERTIFY, item.risk) else ""


def _reviewer(item: ReviewItem) -> User:
    if item.reviewer_user is not None:
        return item.reviewer_user
    return _person(CONTACTS[item.reviewer_team.name] if item.reviewer_team else SECURITY)


def _person(email: str) -> User:
    return User.objects.get(email=email)
