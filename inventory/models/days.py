"""Days of ``SESGOV_TIME_ZONE``."""

from datetime import date, datetime, time

from django.conf import settings


def midnight(on: date) -> datetime:
    """The instant at which the day begins."""
    return datetime.combine(on, time(), tzinfo=settings.SESGOV_TIME_ZONE)
