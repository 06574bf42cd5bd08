"""The tick: cheap when nothing is due, and no step or row that fails keeps the others from being done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals import tasks
from approvals.models import GrantRequest
from approvals.services.requests.request_notices import tell_requester
from tests.approvals.cases import Estate

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=30)
QUERIES_WHEN_NOTHING_IS_DUE = 25


@pytest.fixture(autouse=True)
def hints(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.match_grants, "apply_async", lambda **_: sent.append("match"))
    return sent


def test_a_step_that_fails_is_raised_and_stops_no_other(monkeypatch):
    done = []

    def fails(*, at):
        raise RuntimeError("broken")

    monkeypatch.setattr(tasks, "STEPS", (fails, lambda *, at: done.append(at)))
    with pytest.raises(ExceptionGroup) as failed:
        tasks.tick()
    assert len(done) == 1
    assert [str(each) for each in failed.value.exceptions] == ["broken"]


def test_a_request_that_cannot_lapse_stops_no_other_and_no_other_step(monkeypatch, hints):
    estate = Estate()
    at = timezone.now() - LONG_AGO
    first = estate.pending(at=at)
    second = estate.pending(at=at, from_addresses=("shop@shop.example.com",))

    def fails_for_the_first(request, *args, **kwargs):
        if request.pk == first.pk:
            raise RuntimeError("broken")
        tell_requester(request, *args, **kwargs)

    monkeypatch.setattr("approvals.services.requests.requests.tell_requester", fails_for_the_first)
    estate.identity.is_matching_due = True
    estate.identity.save()
    with pytest.raises(ExceptionGroup):
        tasks.tick()
    states = dict(GrantRequest.objects.values_list("pk", "state"))
    assert states == {first.pk: "pending", second.pk: "lapsed"}
    assert hints == ["match"]


def test_it_asks_little_when_nothing_is_due():
    Estate().granted(at=timezone.now(), ends_on=timezone.localdate() + timedelta(days=60))
    tasks.tick()
    with CaptureQueriesContext(connection) as asked:
        tasks.tick()
    assert len(asked) <= QUERIES_WHEN_NOTHING_IS_DUE, "\n".join(each["sql"] for each in asked)
    assert not [each["sql"] for each in asked if not each["sql"].startswith(("SELECT", "(SELECT"))]
