"""The dashboard: an honest first sentence, nothing green without full sight, what changed, what is worst."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import CollectionRun, Outcome, User
from sesgov.sight import DOORS_NOT_LOOKED_AT
from tests import builders
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_for, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

URL = reverse("dashboard")


def test_it_names_who_can_send_that_nobody_vouches_for():
    estate.build()
    page = text_of(client_of("security"), URL)
    assert "Anyone with an AWS account can send as 1 identity of ours; 1 account that nobody registered" in page
    assert "1 of 2 account regions could not be seen, so there may be more." in page


@pytest.mark.parametrize("door", DOORS_NOT_LOOKED_AT)
def test_it_names_the_doors_that_nobody_looked_at(door):
    builders.identity()
    assert door in text_of(client_of("viewer"), URL)


def test_it_is_good_only_where_everything_was_seen():
    builders.identity()
    page = text_of(client_of("viewer"), URL)
    assert "state-good" in page
    assert "nothing-green" not in page
    assert "In what was seen, nobody unknown can send as us." in page


@pytest.mark.parametrize(
    "unseen",
    [
        {"last_complete_at": NOW - timedelta(hours=49)},
        {"last_outcome": Outcome.DENIED},
        {"last_outcome": Outcome.PARTIAL, "last_complete_at": NOW},
        {"last_outcome": ""},
    ],
    ids=["stale", "denied", "partial", "never"],
)
def test_nothing_is_green_while_something_expected_was_not_seen(unseen):
    builders.identity()
    builders.scope(**unseen)
    page = text_of(client_of("viewer"), URL)
    assert "state-good" not in page
    assert "nothing-green" in page
    assert "could not be seen, so there may be more" in page


def test_an_account_of_which_no_region_was_reached_is_named():
    builders.identity()
    builders.account(name="unreached-account")
    page = text_of(client_of("viewer"), URL)
    assert "1 whole account could not be seen" in page
    assert "unreached-account" in page


def test_a_disabled_region_is_not_expected():
    builders.identity()
    builders.scope(is_expected=False, last_outcome="")
    page = text_of(client_of("viewer"), URL)
    assert "state-good" in page
    assert "1 disabled region not expected" in page


def test_a_region_that_nobody_uses_is_not_drawn():
    builders.identity()
    builders.scope(is_expected=False, last_outcome="", region="sa-east-1")
    page = text_of(client_of("viewer"), URL)
    assert "sa-east-1" not in page
    assert "eu-west-1" in page


def test_what_could_not_be_read_is_named_with_its_reason():
    estate.build()
    page = text_of(client_of("security"), URL)
    assert "AWS refused to list the identities." in page
    assert "AccessDeniedException" in page
    assert 'aria-label="Denied"' in page


def test_before_anything_was_looked_at_nothing_is_said():
    page = text_of(client_of("admin"), URL)
    assert "Nothing has been looked at yet, so nothing can be said." in page
    assert page.count("no data") >= 5


def test_who_has_no_role_is_told_so():
    assert "have no role yet" in text_of(client_of(), URL)


def test_the_ten_worst_cases_come_worst_first():
    builders.finding(severity="medium", subject="111111111111", evidence={"text": "A medium thing."})
    builders.finding(severity="critical", subject="222222222222", evidence={"text": "A critical thing."})
    for number in range(10):
        builders.finding(severity="high", subject=f"{number:012}", evidence={"text": "A high thing."})
    page = text_of(client_of("viewer"), URL)
    assert page.index("A critical thing.") < page.index("A high thing.")
    assert page.count('class="case-sentence"') == 10
    assert "A medium thing." not in page


def test_changes_are_those_since_the_last_visit():
    world = estate.build()
    user = builders.user("viewer")
    User.objects.filter(pk=user.pk).update(last_dashboard_at=NOW - timedelta(days=3))
    world.shop.scope.baseline_at = NOW - timedelta(days=15)
    world.shop.scope.save()
    page = text_of(client_for(user), URL)
    assert "Policy partner was changed" in page
    assert "Policy partner was added" not in page
    user.refresh_from_db()
    assert user.last_dashboard_at == NOW


def test_a_reload_does_not_hide_what_changed():
    world = estate.build()
    world.shop.scope.baseline_at = NOW - timedelta(days=15)
    world.shop.scope.save()
    client = client_of("viewer")
    assert "Policy partner was changed" in text_of(client, URL)
    assert "Policy partner was changed" in text_of(client, URL)


def test_what_the_first_look_found_is_no_change():
    world = estate.build()
    world.shop.scope.baseline_at = NOW
    world.shop.scope.save()
    assert "was changed" not in text_of(client_of("viewer"), URL)


def test_an_owner_sees_their_own_part_and_its_places():
    world = estate.build()
    builders.identity(name="other.example.net")
    page = text_of(client_of("owner", teams=[world.team]), URL)
    assert "Anyone with an AWS account can send as 1 identity of ours" in page
    assert "eu-central-1" not in page


def test_an_owner_is_told_only_of_the_places_that_they_see():
    team = builders.team()
    builders.identity(owner_team=team)
    builders.scope(last_outcome=Outcome.DENIED)
    page = text_of(client_of("owner", teams=[team]), URL)
    assert "Every region of the identities that you own was completely read" in page
    assert "Every account and region" not in page


def test_its_queries_do_not_grow_with_the_estate():
    client = client_of("security")
    estate.build()
    with CaptureQueriesContext(connection) as few:
        text_of(client, URL)
    for _ in range(12):
        builders.delegation(identity=builders.identity())
        builders.finding(subject=f"{_:012}")
    with CaptureQueriesContext(connection) as many:
        text_of(client, URL)
    assert len(many) <= len(few)
    assert len(few) <= 50


def test_only_who_may_collect_sees_the_button():
    builders.scope()
    assert "Collect now" in text_of(client_of("security"), URL)
    assert "Collect now" not in text_of(client_of("auditor"), URL)


def test_a_run_under_way_is_said_and_followed():
    run = builders.run(state="running")
    builders.scope_run(run=run, state="done", outcome=Outcome.COMPLETE)
    builders.scope_run(run=run)
    client = client_of("viewer")
    page = text_of(client, URL)
    line = reverse("inventory:run_line", args=[run.pk])
    assert f'hx-get="{line}" hx-trigger="every 2s"' in page
    assert "1 of 2 account regions are done" in page
    CollectionRun.objects.update(state=CollectionRun.State.FINISHED)
    response = client.get(line)
    assert response.status_code == 286
    assert "has ended" in response.content.decode()
    assert "every 2s" not in text_of(client, URL)


def test_an_owner_is_not_shown_runs():
    builders.run(state="running")
    assert "is reading" not in text_of(client_of("owner", teams=[builders.team()]), URL)
