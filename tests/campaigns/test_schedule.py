"""The schedule: the period that has just ended is begun once, in the days of the company's time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from approvals.models import Campaign
from approvals.rules.campaigns import CampaignState, period_before
from approvals.services.campaigns.running import run_due
from approvals.services.campaigns.schedule import begin_scheduled
from inventory.models import Notice, SettingValue
from tests import builders
from tests.campaigns import cases

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)


def _path(at: datetime = NEW_YEAR):
    row = cases.seen_path()
    row.identity.scope.last_complete_at = at - timedelta(hours=1)
    row.identity.scope.save()
    return row


@pytest.mark.parametrize(
    ("day", "months", "period"),
    [
        (date(2027, 1, 1), 3, (date(2026, 10, 1), date(2026, 12, 31))),
        (date(2027, 3, 31), 3, (date(2026, 10, 1), date(2026, 12, 31))),
        (date(2028, 4, 1), 3, (date(2028, 1, 1), date(2028, 3, 31))),
        (date(2027, 6, 30), 6, (date(2026, 7, 1), date(2026, 12, 31))),
        (date(2027, 7, 1), 6, (date(2027, 1, 1), date(2027, 6, 30))),
    ],
)
def test_the_period_before_a_day(day, months, period):
    assert period_before(day, months=months) == period


def test_a_quarter_is_begun_once_and_its_reviewers_are_asked():
    _path()
    campaign = begin_scheduled(at=NEW_YEAR)
    assert campaign is not None
    assert (campaign.name, campaign.state) == ("Fourth quarter of 2026", CampaignState.STAGED)
    assert begin_scheduled(at=NEW_YEAR) is None
    run_due(at=NEW_YEAR)
    assert Campaign.objects.get().state == CampaignState.ACTIVE


def test_the_quarter_ends_where_the_company_is(settings):
    """Half past midnight in London is the evening before in New York: there the quarter still goes on."""
    settings.SESGOV_TIME_ZONE = ZoneInfo("America/New_York")
    _path()
    assert begin_scheduled(at=NEW_YEAR) is None
    campaign = begin_scheduled(at=NEW_YEAR + timedelta(hours=5))
    assert campaign is not None
    assert campaign.period_to == date(2026, 12, 31)


def test_what_cannot_be_staged_waits_and_security_is_told():
    row = _path()
    row.identity.scope.last_outcome = "denied"
    row.identity.scope.save()
    security = cases.security()
    campaign = begin_scheduled(at=NEW_YEAR)
    assert campaign is not None
    assert Campaign.objects.get().state == CampaignState.DRAFT
    assert "1 of 1 account regions" in Notice.objects.get(person=security).text


def test_a_period_long_over_is_not_begun():
    _path()
    assert begin_scheduled(at=NEW_YEAR + timedelta(days=15)) is None


def test_by_hand_means_by_hand():
    _path()
    SettingValue.objects.create(
        key="review_frequency", value="by_hand", changed_at=NEW_YEAR, changed_by=builders.user()
    )
    assert begin_scheduled(at=NEW_YEAR) is None
