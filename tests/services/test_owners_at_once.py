"""Two people at the same moment: one decision counts, and the other is told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from inventory.models import AuditEvent, Identity, OwnerAssignment, OwnerRule, User
from inventory.services.owners.owner_assignments import claim, decide_claim, hand_on
from inventory.services.owners.owner_rules import add_owner_rule, end_owner_rule
from inventory.services.owners.ownership import share_owners
from inventory.services.people.people import deactivate_person
from inventory.services.people.teams import set_team_active
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
NOW = builders.NOW


def at_once(*writes: Callable[[], Any]) -> list[str]:
    """What became of each: ``done``, or the name of what was raised."""
    barrier = Barrier(len(writes))

    def attempt(write: Callable[[], Any]) -> str:
        try:
            barrier.wait(timeout=10)
            write()
        except (ConflictError, RefusedError) as said:
            return type(said).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writes)) as threads:
        return sorted(waiting.result(timeout=20) for waiting in [threads.submit(attempt, write) for write in writes])


def test_two_claims_for_one_identity():
    known = builders.identity()
    people = [builders.user("owner"), builders.user("owner")]
    said = at_once(
        *(lambda who=who: claim(identity=known, owner=who, reason="Ours", acting_user=who, at=NOW) for who in people)
    )
    assert said == ["ConflictError", "done"]
    assert OwnerAssignment.objects.count() == 1


def test_one_claim_confirmed_and_refused():
    known, ann = builders.identity(), builders.user("owner")
    made = claim(identity=known, owner=ann, reason="Ours", acting_user=ann, at=NOW)
    deciders = [(builders.user("security"), True), (builders.user("admin"), False)]
    said = at_once(
        *(
            lambda who=who, yes=yes: decide_claim(claimed=made, is_confirmed=yes, comment="", acting_user=who, at=NOW)
            for who, yes in deciders
        )
    )
    assert said == ["ConflictError", "done"]
    state = OwnerAssignment.objects.get().state
    assert (Identity.objects.get().owner == ann) is (state == "active")


def test_one_identity_handed_to_two():
    ann = builders.user("owner")
    known = builders.identity(owner_user=ann)
    said = at_once(
        *(
            lambda to=to: hand_on(identity=known, owner=to, reason="", acting_user=ann, at=NOW)
            for to in (builders.team(), builders.team())
        )
    )
    assert said == ["RefusedError", "done"]
    assert OwnerAssignment.objects.active().get().owner == Identity.objects.get().owner


def test_a_rule_for_a_team_that_goes_at_the_same_moment():
    team = builders.team()
    builders.identity(name="shop.example.com")
    at_once(
        lambda: add_owner_rule(kind="domain_suffix", value="shop.example.com", owner=team, acting_user=None, at=NOW),
        lambda: set_team_active(team=team, is_active=False, acting_user=None, at=NOW),
    )
    assert Identity.objects.get().owner is None


def test_one_rule_ended_twice():
    rule = add_owner_rule(
        kind="domain_suffix", value="shop.example.com", owner=builders.team(), acting_user=None, at=NOW
    )
    said = at_once(*[lambda: end_owner_rule(rule=rule, acting_user=None, at=NOW)] * 2)
    assert said == ["ConflictError", "done"]
    assert AuditEvent.objects.filter(action="ownerrule.ended").count() == 1
    assert OwnerRule.objects.live().count() == 0


def test_the_last_two_administrators_deactivate_each_other():
    ann, bob = builders.user("admin"), builders.user("admin")
    said = at_once(
        lambda: deactivate_person(user=ann, acting_user=bob, at=NOW),
        lambda: deactivate_person(user=bob, acting_user=ann, at=NOW),
    )
    assert said == ["RefusedError", "done"]
    assert User.objects.active().count() == 1


def test_an_identity_that_is_found_while_a_rule_is_added():
    place, team, is_found = builders.scope(), builders.team(), Event()

    def find() -> None:
        try:
            with transaction.atomic():
                share_owners()
                builders.identity(name="shop.example.com", scope=place)
                is_found.set()
                sleep(0.5)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        finding = thread.submit(find)
        assert is_found.wait(timeout=10)
        add_owner_rule(kind="domain_suffix", value="shop.example.com", owner=team, acting_user=None, at=NOW)
        finding.result(timeout=10)
    assert Identity.objects.get().owner == team
