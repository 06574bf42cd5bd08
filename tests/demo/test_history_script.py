"""The script of the history as data: what it leads to, what it may cost, and what it must never hold."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sesgov.demo.estate import build_world, faults, scopes
from sesgov.demo.history.estate import faults_on, identities_on, world_on
from sesgov.demo.history.script import FIRST_DAY, STORIES, SWEEP_DAYS, AsNow, Gone
from sesgov.demo.history.steps import steps
from tests.demo.test_estate import DOCUMENTATION_IDS, EXAMPLE_DOMAIN

TODAY = date(2026, 11, 2)
MOST_CALLS = 6000


def present():
    accounts = build_world()["accounts"]
    return {
        (account["id"], item["region"], item["name"]): item for account in accounts for item in account["identities"]
    }


def test_day_nought_is_the_present_estate_exactly():
    assert identities_on(0) == present()
    assert world_on(0) == build_world()
    assert faults_on(0) == faults()


def test_every_story_begins_with_the_history_and_ends_in_the_present():
    for story in STORIES:
        days = [turn.day for turn in story.turns]
        assert days[0] == FIRST_DAY, story.name
        assert days == sorted(days, reverse=True), story.name
        assert len(set(days)) == len(days), story.name
        assert days[-1] > 0, story.name
        is_there = (story.account.id, story.region, story.name) in present()
        assert isinstance(story.turns[-1].state, AsNow if is_there else Gone), story.name


def test_an_identity_has_one_story():
    assert max(Counter((story.account.id, story.region, story.name) for story in STORIES).values()) == 1


def test_the_past_has_more_and_less_than_the_present():
    first = identities_on(FIRST_DAY)
    assert set(present()) - set(first)
    assert set(first) - set(present())
    assert any(first[place]["tags"] != item["tags"] for place, item in present().items() if place in first)


def test_an_account_is_refused_for_two_weeks_and_one_identity_for_one():
    whole = [day for day in range(FIRST_DAY + 1) if len(faults_on(day)) == len(faults()) + 3]
    single = [day for day in range(FIRST_DAY + 1) if len(faults_on(day)) == len(faults()) + 1]
    assert len(whole) == 14
    assert len(set(SWEEP_DAYS) & set(whole)) == 2
    assert len(set(SWEEP_DAYS) & set(single)) == 1


def test_there_are_thirteen_weekly_sweeps_and_every_step_has_an_instant_of_its_own_before_today():
    made = steps(TODAY)
    assert len([step for step in made if step.act is None and not step.account_id]) == len(SWEEP_DAYS) == 13
    assert {earlier - later for earlier, later in pairwise(SWEEP_DAYS)} == {7}
    instants = [step.at for step in made]
    assert instants == sorted(set(instants))
    assert instants[-1] < datetime.combine(TODAY, datetime.min.time(), tzinfo=UTC)
    assert instants[0].date() == TODAY - timedelta(days=FIRST_DAY)


def test_the_replay_stays_below_six_thousand_calls():
    """Listings (twice where the newer one is refused), one reading for each identity and for each that has gone."""
    calls = 0
    known: set[tuple[str, str, str]] = set()
    for step in (step for step in steps(TODAY) if step.act is None):
        held = {place for place in identities_on(step.day) if _is_read(place, step)}
        gone = {place for place in known - held if _is_read(place, step)}
        refused = 6 + 5 * (len(faults_on(step.day)) > len(faults()))
        calls += len(held) + len(gone) + (len(step.regions) if step.account_id else scopes() + refused)
        known = known - gone | held
    assert 5000 < calls <= MOST_CALLS


def _is_read(place, step):
    account_id, region, _ = place
    return not step.account_id or (account_id == step.account_id and region in step.regions)


def test_the_past_holds_only_example_names_and_policies_that_ses_would_take():
    for day in range(0, FIRST_DAY + 1, 6):
        for (account_id, region, name), item in identities_on(day).items():
            assert EXAMPLE_DOMAIN.search(name.rpartition("@")[2]), name
            for policy in item["policies"].values():
                assert len(json.dumps(policy)) <= 4096
                if isinstance(policy, dict):
                    resources = {statement["Resource"] for statement in policy["Statement"]}
                    assert [resource.endswith(f":{region}:{account_id}:identity/{name}") for resource in resources] == [
                        True
                    ]
    text = json.dumps([identities_on(day)[place] for day in (FIRST_DAY, 60, 30) for place in identities_on(day)])
    assert {number for number in DOCUMENTATION_IDS if number in text} <= {"123456789012"}
