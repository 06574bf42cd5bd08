"""What the pages of the demo say while the history is filled in, and what waits until it is there."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from inventory.models import CollectionRun, Role
from sesgov.demo.history import position
from sesgov.demo.history.progress import READING_ONLY, Progress, history_line, progress
from sesgov.demo.history.steps import steps
from tests import builders

pytestmark = pytest.mark.django_db
WALL = "sesgov.demo.history.progress.HistoryWall"


def fill_in(until_day=0):
    """The rows of a history that was begun today and made up to that day."""
    now = timezone.now()
    for step in steps(now.date()):
        if step.day > until_day:
            position.begin(step, at=now)
            position.end(step, at=now)


def line():
    answer = history_line(RequestFactory().get("/demo/history/"))
    return answer.status_code, answer.content.decode()


@pytest.fixture
def client(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, WALL]
    builders.account()
    client.force_login(builders.user(Role.SECURITY))
    return client


def test_before_the_first_step_nothing_is_there():
    assert progress() == Progress(0, 90, timezone.now().date() - timedelta(days=90))


def test_the_line_says_the_day_and_which_estate_the_pages_show():
    fill_in(until_day=34)
    assert progress() == Progress(56, 90, timezone.now().date() - timedelta(days=34))
    status, text = line()
    assert status == 200
    assert "day 56 of 90" in text


def test_the_line_is_asked_for_no_more_when_the_history_is_there():
    fill_in()
    assert progress() is None
    status, text = line()
    assert status == 286
    assert "Show the present" in text


def test_an_estate_that_was_collected_before_gets_no_history():
    builders.run()
    assert progress() is None


def test_nothing_is_changed_before_the_history_is_there(client):
    fill_in(until_day=34)
    answer = client.post(reverse("inventory:run_start"), follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert READING_ONLY in answer.content.decode()
    assert not CollectionRun.objects.exists()
    fragment = client.post(reverse("inventory:run_start"), headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/"


def test_pages_and_the_way_out_are_open_meanwhile(client):
    fill_in(until_day=34)
    assert client.get(reverse("inventory:identity_list")).status_code == 200
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")


def test_everything_is_open_once_the_history_is_there(client):
    fill_in()
    client.post(reverse("inventory:run_start"))
    assert CollectionRun.objects.get().trigger == CollectionRun.Trigger.PERSON
