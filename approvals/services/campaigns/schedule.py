"""The schedule of reviews: each period is begun once, in the first days after it."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from approvals.models import Campaign
from approvals.rules.campaigns import period_before
from approvals.services.campaigns.campaigns import Asked, create_campaign, day_of
from approvals.services.campaigns.staging import stage
from inventory.models import NoticeKind, Role, User
from inventory.services.notices.notices import tell
from inventory.services.refusals import RefusedError
from inventory.services.settings.in_force import in_force

_MONTHS = {"quarterly": 3, "half_yearly": 6}
_BEGUN_WITHIN = timedelta(days=14)
DECIDED_WITHIN, REMEDIATED_WITHIN = timedelta(days=21), timedelta(days=45)


def begin_scheduled(*, at: datetime) -> Campaign | None:
    """Begin the review of the period that has just ended, if one is due and nobody has; staged where sight is whole.

    An installation that comes late does not begin with a period that is long over.
    """
    now, on = in_force(), day_of(at)
    months = _MONTHS.get(now.review_frequency)
    if months is None:
        return None
    first, last = period_before(on, months=months)
    key = f"{now.review_frequency} {first}"
    if on > last + _BEGUN_WITHIN or Campaign.objects.filter(schedule_key=key).exists():
        return None
    asked = Asked(
        name=period_name(first, months),
        period_from=first,
        period_to=last,
        starts_on=on,
        due_on=on + DECIDED_WITHIN,
        remediate_by_on=on + REMEDIATED_WITHIN,
        frequency=now.review_frequency,
        frequency_basis=now.review_basis,
    )
    try:
        with transaction.atomic():
            campaign = create_campaign(asked, acting_user=None, at=at, schedule_key=key)
    except IntegrityError:  # somebody else was quicker
        return None
    return _staged(campaign, at=at)


def _staged(campaign: Campaign, *, at: datetime) -> Campaign:
    try:
        return stage(campaign.pk, acting_user=None, at=at)
    except RefusedError as refusal:
        tell(
            User.objects.active().filter(roles__contains=[Role.SECURITY]),
            kind=NoticeKind.REVIEW,
            key=f"campaign-{campaign.pk}-not-staged",
            text=f"{campaign} is due and could not be begun. {refusal.message}",
            path=f"/reviews/{campaign.pk}/",
            at=at,
            is_urgent=True,
        )
    return campaign


def period_name(first: date, months: int) -> str:
    """``Third quarter of 2026``, of the period that begins on that day."""
    number = (first.month - 1) // months
    names = ("First", "Second", "Third", "Fourth")
    return f"{names[number]} {'quarter' if months == 3 else 'half'} of {first.year}"
