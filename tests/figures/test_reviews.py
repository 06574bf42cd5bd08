"""The share of review items on which somebody decided by the due day."""

from datetime import timedelta

import pytest
import time_machine

from approvals.models import Campaign
from approvals.rules.campaigns import ItemDecision
from sesgov.figures import Facts, all_figures
from tests import builders
from tests.builders import NOW
from tests.campaigns.cases import active, decide, routine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def reviewed(at):
    return next(each for each in all_figures(Facts(builders.user("viewer"), at)) if each.key == "reviewed")


def test_what_a_person_decided_by_the_end_of_the_due_day_was_on_time():
    builders.scope(baseline_at=NOW - timedelta(days=30))
    estate = routine(3)
    campaign = active(estate.security)
    items = list(campaign.items.all())
    decide(items[0], ItemDecision.CERTIFY, estate.colleague, at=NOW + timedelta(days=20))
    assert reviewed(NOW + timedelta(days=21)).value is None
    late = NOW + timedelta(days=23)
    with time_machine.travel(late, tick=False):
        decide(items[1], ItemDecision.CERTIFY, estate.colleague, at=late)
        figure = reviewed(late)
        assert (figure.reading, figure.n, figure.is_met) == (1, 3, False)
        Campaign.objects.update(state="cancelled")
        assert reviewed(late).value is None
