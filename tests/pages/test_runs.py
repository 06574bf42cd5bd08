"""Runs: live progress that ends by itself, and what could not be read with its reason."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from inventory.models import AuditEvent, CollectionRun, Outcome, ScopeRun
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db


def _url(run: CollectionRun, name: str = "run_detail") -> str:
    return reverse(f"inventory:{name}", args=[run.pk])


def test_a_running_run_asks_for_its_progress_every_two_seconds():
    run = builders.run(state="running")
    builders.scope_run(run=run, state="leased", identities_listed=8, identities_read=3)
    page = text_of(client_of("viewer"), _url(run))
    assert f'hx-get="{_url(run, "run_progress")}" hx-trigger="every 2s"' in page
    assert "3 of 8 identities" in page


def test_progress_is_a_fragment_that_ends_with_286():
    run = builders.run(state="running")
    client = client_of("viewer")
    response = client.get(_url(run, "run_progress"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert b"<html" not in response.content
    run.state = CollectionRun.State.FINISHED
    run.save()
    assert client.get(_url(run, "run_progress")).status_code == 286


def test_a_finished_run_asks_no_more():
    run = builders.run()
    assert "hx-trigger" not in text_of(client_of("viewer"), _url(run))


def test_the_newest_run_stands_first():
    made = [builders.run() for _ in range(3)]
    for run in made:
        builders.scope_run(run=run)
    page = text_of(client_of("viewer"), reverse("inventory:run_list"))
    places = [page.index(f">Run {run.pk}<") for run in made]
    assert places == sorted(places, reverse=True)


def test_what_could_not_be_read_is_said_once_per_account_and_reason():
    run = builders.run(outcome=Outcome.PARTIAL)
    account = builders.account(name="lab")
    for region in ("eu-west-1", "us-east-1"):
        builders.scope_run(
            run=run,
            scope=builders.scope(account=account, region=region, last_outcome=Outcome.DENIED),
            state=ScopeRun.State.DONE,
            outcome=Outcome.DENIED,
            error_text=f"AWS refused it in {region} of account {account.account_id}.",
            error_code="AccessDeniedException",
        )
    page = text_of(client_of("viewer"), _url(run))
    assert "2 of 2 account regions could not be read completely. Nothing there was taken for gone." in page
    assert page.count("AWS refused it.") == 1
    assert "eu-west-1, us-east-1" in page


def test_collect_now_starts_a_run_in_the_name_of_the_person():
    builders.account()
    user = builders.user("security")
    response = client_for(user).post(reverse("inventory:run_start"))
    run = CollectionRun.objects.get()
    assert response["Location"] == _url(run)
    assert (run.trigger, run.requested_by) == (CollectionRun.Trigger.PERSON, user)
    assert AuditEvent.objects.filter(action="run.started", actor=user).exists()


def test_a_second_click_leads_to_the_run_under_way():
    builders.account()
    running = builders.run(state="running", deadline_at=NOW)
    response = client_of("security").post(reverse("inventory:run_start"), follow=True)
    assert response.redirect_chain[-1][0] == _url(running)
    assert "is still reading" in response.content.decode()
    assert CollectionRun.objects.count() == 1


def test_without_an_account_collect_now_says_what_is_missing():
    response = client_of("security").post(reverse("inventory:run_start"), follow=True)
    assert "no managed account" in response.content.decode()
    assert not CollectionRun.objects.exists()


def test_an_abandoned_run_says_so():
    run = builders.run(state="abandoned")
    builders.scope_run(run=run)
    assert "was abandoned" in text_of(client_of("viewer"), _url(run))


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_start_one_run():
    builders.scope()
    clients = [client_of("security") for _ in range(4)]
    both = Barrier(len(clients))

    def click(client: Client) -> str:
        try:
            both.wait(timeout=10)
            return client.post(reverse("inventory:run_start")).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as threads:
        led_to = set(threads.map(click, clients))
    assert led_to == {_url(run) for run in CollectionRun.objects.all()}
    assert len(led_to) == 1
