"""The replay of a part of the history through the real collector, interrupted in the middle, up to the present."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from inventory import populations
from inventory.aws.sessions import Sessions
from inventory.models import (
    AuditEvent,
    CollectionRun,
    DelegationState,
    FindingEpisode,
    Identity,
    IdentityState,
    PolicyVersion,
    ScheduledJob,
    ScopeRun,
    User,
)
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.collectors import Collector
from inventory.services.collecting.leases import lease_scopes
from inventory.services.collecting.runs import start_run
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate import build_world
from sesgov.demo.files import aws_environment
from sesgov.demo.history import position
from sesgov.demo.history.replay import NoPace, Replay
from sesgov.demo.history.steps import steps
from sesgov.demo.seed import seed
from tests.aws_double.running import fresh_double
from tests.builders import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
LIMITS = CollectionLimits()
PLACES = {known.MANAGEMENT.id: ("eu-west-1",), known.SHOP.id: ("eu-central-1",)}
SWEPT = {90, 76, 20, 6}
MOST_MINUTES = timedelta(minutes=10)


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def few_steps(today):
    """What concerns two places, and the people."""
    for step in steps(today):
        if step.act or PLACES.get(step.account_id) == step.regions:
            yield step
        elif not step.account_id and step.day in SWEPT:
            for number, (account_id, regions) in enumerate(PLACES.items()):
                yield replace(step, account_id=account_id, regions=regions, at=step.at + timedelta(minutes=number))


@pytest.fixture
def double(tmp_path, monkeypatch):
    double = fresh_double()
    double.load_world(build_world())
    for name, value in aws_environment(tmp_path, double.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(position, "steps", lambda today: list(few_steps(today)))
    return double


def replay(double):
    return Replay(double, real=timezone.now, limits=LIMITS)


def test_the_history_leads_to_the_present_and_goes_on_where_it_was_stopped(double, monkeypatch):
    seed(password=PASSWORD, at=timezone.now())
    stop_between_two_steps(double)
    stop_over_a_run(double, monkeypatch)
    double.load_world(build_world())
    replay(double).to_the_end()
    assert_that_a_second_start_does_nothing(double)
    collect_the_present()
    assert_that_the_present_is_as_it_was_built(double)
    assert_that_intervals_follow_each_other()
    assert_that_times_are_those_of_the_history()
    assert_that_findings_were_mended_and_came_back()
    assert [user.is_active for user in User.objects.filter(name__in=["Paul Renner", "Sofia Castell"])] == [False, False]


def stop_between_two_steps(double):
    def stop(step):
        if step.day < 70:
            raise StoppedError

    with pytest.raises(StoppedError):
        replay(double).to_the_end(stop)
    assert not CollectionRun.objects.unfinished().exists()


def stop_over_a_run(double, monkeypatch):
    """The worker is killed with the scopes in its hands."""

    def die(self, run):
        self.work(run_id=None)
        lease_scopes(self.limits, at=self.clock(), run_id=run.pk)
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr("inventory.services.collecting.collectors.collect_slice", lambda **_: 0)
        patched.setattr(Collector, "work_to_the_end", die)
        with pytest.raises(StoppedError):
            replay(double).to_the_end()
    assert ScopeRun.objects.get(state=ScopeRun.State.LEASED).run.state == CollectionRun.State.RUNNING


def assert_that_a_second_start_does_nothing(double):
    runs, events = CollectionRun.objects.count(), AuditEvent.objects.count()
    made = list(few_steps(timezone.now().date()))
    assert ScheduledJob.objects.filter(job=position.JOB, finished_at__isnull=False).count() == len(made)
    assert runs == sum(step.act is None for step in made)
    assert set(CollectionRun.objects.values_list("trigger", "state")) == {("replay", "finished")}
    double.forget_calls()
    replay(double).to_the_end()
    assert (CollectionRun.objects.count(), AuditEvent.objects.count()) == (runs, events)
    assert double.calls() == []


def collect_the_present():
    collector = Collector(sessions=Sessions(clock=timezone.now), pacer=NoPace(), limits=LIMITS, clock=timezone.now)
    for account_id, regions in PLACES.items():
        run = start_run(
            trigger="schedule",
            acting_user=None,
            at=timezone.now(),
            limits=LIMITS,
            account_ids=[account_id],
            regions=regions,
        )
        collector.work_to_the_end(run)
        run.refresh_from_db()
        assert run.outcome == "complete"


def assert_that_the_present_is_as_it_was_built(double):
    built = {
        (account["id"], item["name"]): item
        for account in build_world()["accounts"]
        for item in account["identities"]
        if item["region"] in PLACES.get(account["id"], ())
    }
    held = {(identity.scope.account.account_id, identity.name): identity for identity in live()}
    assert held.keys() == built.keys()
    shown = {place: double.identities(place, PLACES[place][0]) for place in PLACES}
    for place, identity in held.items():
        account_id, name = place
        texts = dict(
            PolicyVersion.objects.current().filter(policy__identity=identity).values_list("policy__name", "text")
        )
        assert texts == shown[account_id][name]["Policies"], place
        assert texts.keys() == built[place]["policies"].keys()
        assert identity.tags == built[place]["tags"]


def live():
    return Identity.objects.live().select_related("scope__account")


def assert_that_intervals_follow_each_other():
    for rows, owner in (
        (PolicyVersion.objects.all(), "policy_id"),
        (DelegationState.objects.all(), "delegation_id"),
        (IdentityState.objects.all(), "identity_id"),
    ):
        assert_in_order([(getattr(row, owner), row.from_at, row.to_at) for row in rows.order_by(owner, "pk")])
    episodes = FindingEpisode.objects.order_by("finding_id", "pk")
    assert_in_order([(each.finding_id, each.opened_at, each.closed_at) for each in episodes])


def assert_in_order(intervals):
    assert intervals
    for _, from_at, to_at in intervals:
        assert to_at is None or from_at < to_at
    for (one, _, ended), (other, began, _) in pairwise(intervals):
        assert one != other or (ended is not None and ended <= began)


def assert_that_times_are_those_of_the_history():
    today = timezone.now()
    first = today - timedelta(days=91)
    replayed = CollectionRun.objects.filter(trigger="replay").order_by("pk")
    times = [run.created_at for run in replayed]
    assert times == sorted(times)
    assert times[0] < first + timedelta(days=2)
    lasting = [run for run in replayed if run.finished_at is None or run.finished_at > run.created_at + MOST_MINUTES]
    assert not lasting
    of_runs = AuditEvent.objects.filter(object_type="collectionrun", data__contains="replay").count()
    assert of_runs == replayed.count()
    assert times[-1] < today - timedelta(days=4)
    found = AuditEvent.objects.filter(action="identity.found").order_by("at").values_list("at", flat=True)
    assert times[0] <= found[0] < times[0] + MOST_MINUTES
    assert Identity.objects.filter(first_seen_at__lt=times[-1]).count() > 10


def assert_that_findings_were_mended_and_came_back():
    ended = populations.remediations(
        User.objects.get(email="security@example.com"),
        closed_from=timezone.now() - timedelta(days=90),
        closed_before=timezone.now(),
    )
    lasted = {round((each.closed_at - each.opened_at) / timedelta(days=1)) for each in ended if each.closed_at}
    assert lasted >= {1, 2, 9, 14}
    again = FindingEpisode.objects.filter(
        finding__identity__name="office@corp.harbourlight.example", finding__rule_id="public-send"
    )
    assert [each.reason for each in again.order_by("opened_at")] == ["fixed", "fixed"]
    back = FindingEpisode.objects.filter(
        finding__identity__name="kampagne.outlet.example.com", finding__rule_id="public-send"
    )
    assert [(each.is_baseline, each.reason) for each in back.order_by("opened_at")] == [(True, "fixed"), (False, "")]
