"""The period of a review as instants."""

from datetime import datetime, time, timedelta

from django.conf import settings

from approvals.models import Campaign


def period(campaign: Campaign) -> tuple[datetime, datetime]:
    """``[from, to)``: from the first midnight of the period to the one after its last day."""
    zone = settings.SESGOV_TIME_ZONE
    begin = datetime.combine(campaign.period_from, time(), tzinfo=zone)
    return begin, datetime.combine(campaign.period_to + timedelta(days=1), time(), tzinfo=zone)
