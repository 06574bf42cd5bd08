"""The calendar of endings."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.services.grants import grants as service
from tests import builders
from tests.approvals.cases import Estate, days
from tests.approvals.many import many_grants
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
CALENDAR = reverse("approvals:grant_calendar")


def test_an_ending_stands_on_its_day():
    grant = Estate().granted()
    client = client_of("viewer")
    page = text_of(client, f"{CALENDAR}?month=2027-01")
    day, _, rest = page.partition('<time datetime="2027-01-01">')
    assert day
    assert f'href="/grants/{grant.pk}/"' in rest.partition("<time")[0]
    assert "1 grant ends in this month." in page
    assert "No grant ends in this month." in text_of(client, CALENDAR)


def test_what_was_revoked_or_followed_is_no_ending():
    world = Estate()
    grant = world.granted()
    client = client_of("viewer")
    later = world.granted(kind="renew", predecessor=grant, starts_on=days(10), ends_on=days(100))
    assert "No grant ends" in text_of(client, CALENDAR)
    assert "1 grant ends" in text_of(client, f"{CALENDAR}?month=2027-02")
    service.revoke(later.pk, reason="Over.", acting_user=world.security, at=NOW)
    assert "No grant ends" in text_of(client, f"{CALENDAR}?month=2027-02")


def test_a_crowded_day_leads_to_its_list_of_the_same_length():
    world = Estate()
    many_grants(world, 300)
    client = client_of("viewer")
    page = text_of(client, f"{CALENDAR}?month=2026-11")
    assert "2 more</a>" in page
    listed = text_of(client, f"{reverse('approvals:grant_list')}?ends_on=2026-11-10")
    assert '<strong class="figure">5</strong>' in listed


def test_the_calendar_asks_the_same_number_of_questions_whatever_ends():
    client = client_of("viewer")
    world = Estate()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            text_of(client, f"{CALENDAR}?month=2026-11")
        return len(queries)

    asked()
    empty = asked()
    many_grants(world, 120)
    assert asked() == empty


@pytest.mark.parametrize("month", ["2026-13", "next", "1999-12", "2200-01", "2026-11-01"])
def test_what_is_no_month_is_not_there(month):
    assert client_of("viewer").get(CALENDAR, {"month": month}).status_code == 404


def test_an_owner_sees_their_own_endings():
    world = Estate()
    world.granted()
    address = f"{CALENDAR}?month=2027-01"
    assert "1 grant ends" in text_of(client_for(world.colleague), address)
    assert "No grant ends" in text_of(client_of("owner", teams=[builders.team()]), address)
