"""A review over a small estate, set up through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import ItemDecision
from approvals.rules.states import Observation
from approvals.services.campaigns.campaigns import Asked, create_campaign
from approvals.services.campaigns.reviewing import Said, decide_item
from approvals.services.campaigns.running import activate, sign
from approvals.services.campaigns.staging import stage
from inventory.models import Delegation, Role, User
from tests import builders
from tests.approvals.cases import PARTNER, Estate
from tests.builders import NOW

TODAY = NOW.date()
REASON = "Nobody needs this any more."


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def asked(**given: Any) -> Asked:
    """A quarter that is over, decided within three weeks."""
    usual: dict[str, Any] = {
        "name": "Third quarter of 2026",
        "period_from": date(2026, 7, 1),
        "period_to": date(2026, 9, 30),
        "starts_on": TODAY,
        "due_on": days(21),
        "remediate_by_on": days(45),
        "frequency_basis": "The access policy asks for a review each quarter.",
    }
    return Asked(**usual | given)


def seen_path(*, at: datetime = NOW, **given: Any) -> Delegation:
    """A live path in a region that was completely read just now."""
    row = builders.delegation(**given)
    place = row.identity.scope
    place.last_outcome, place.last_complete_at, place.last_attempt_at = "complete", at, at
    place.save()
    return row


def staged(by: User, *, at: datetime = NOW, override_reason: str = "", **given: Any) -> Campaign:
    """A frozen population of whatever was built before."""
    campaign = create_campaign(asked(**given), acting_user=by, at=at)
    return stage(campaign.pk, acting_user=by, at=at, override_reason=override_reason)


def active(by: User, *, at: datetime = NOW, **given: Any) -> Campaign:
    """A review that waits for its reviewers."""
    return activate(staged(by, at=at, **given).pk, acting_user=by, at=at)


def security() -> User:
    """One of security."""
    return builders.user(Role.SECURITY)


def said(item: ReviewItem, decision: ItemDecision = ItemDecision.CERTIFY, note: str = REASON) -> Said:
    """What somebody says who has the item as it is before them."""
    return Said(decision, note, "password", (item.evidence_hash, item.decisions.count()))


def decide(item: ReviewItem, decision: ItemDecision, by: User, *, at: datetime = NOW, note: str = REASON) -> ReviewItem:
    """A decision on the item as it is."""
    return decide_item(item.pk, said(item, decision, note), acting_user=by, at=at)


def sends(role: str) -> dict[str, Any]:
    """What a stored path says of a role that may send."""
    return {
        "policy": "partner",
        "reach": "principal",
        "trust": "partner",
        "accounts": [PARTNER],
        "principals": [role],
        "action_classes": ["send"],
        "actions": ["ses:SendEmail"],
    }


def routine(number: int) -> Estate:
    """So many paths of a partner into one identity that the team Shop owns, all covered by one grant in force."""
    estate = Estate()
    grant = estate.granted()
    grant.observation = Observation.MATCH
    grant.save()
    for each in range(number):
        role = f"arn:aws:iam::{PARTNER}:role/mailer-{each}"
        given: dict[str, Any] = {"principal": role, "account_id": PARTNER, "trust": "partner", "reach": "principal"}
        seen_path(identity=estate.identity, statements=[sends(role)], **given)
    return estate


def reviewed(estate: Estate, *, at: datetime = NOW) -> Campaign:
    """A review in which the owner's colleague kept everything, signed."""
    period = {"period_from": date(2026, 4, 1), "period_to": date(2026, 6, 30)}
    campaign = active(estate.security, at=at, name="Second quarter of 2026", **period)
    for item in campaign.items.all():
        decide(item, ItemDecision.CERTIFY, estate.colleague, at=at)
    return sign(
        campaign.pk, attestation="I have looked at it.", signed_in_by="password", acting_user=estate.second, at=at
    )


def unchanged(number: int) -> tuple[Estate, Campaign]:
    """A second review of so many routine paths; the first one kept them all."""
    estate = routine(number)
    reviewed(estate, at=NOW - timedelta(hours=2))
    return estate, active(estate.security)
