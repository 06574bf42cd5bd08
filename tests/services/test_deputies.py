"""Deputies: who may name one, and what they see from when to when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Deputy, Identity
from inventory.services.owners.deputies import end_deputy, name_deputy
from inventory.services.owners.owner_assignments import hand_on
from inventory.services.people.people import deactivate_person
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The day on which somebody asks decides what a deputy sees."""
    return timezone.now()


def name(owner, deputy, who, at, first=0, last=7):
    today = timezone.localdate(at)
    return name_deputy(
        owner=owner,
        deputy=deputy,
        from_on=today + timedelta(days=first),
        until_on=today + timedelta(days=last),
        acting_user=who,
        at=at,
    )


def sees(user):
    return set(Identity.objects.visible_to(user))


def test_a_deputy_sees_what_the_person_and_their_teams_own(now):
    team = builders.team()
    ann, bob = builders.user("owner", teams=[team]), builders.user("owner")
    own, of_team = builders.identity(owner_user=ann), builders.identity(owner_team=team)
    builders.identity()
    name(ann, bob, ann, now)
    assert sees(bob) == {own, of_team}


def test_a_deputy_of_a_team_sees_what_the_team_owns(now):
    team = builders.team()
    ann, bob = builders.user("owner", teams=[team]), builders.user("owner")
    builders.identity(owner_user=ann)
    of_team = builders.identity(owner_team=team)
    name(team, bob, ann, now)
    assert sees(bob) == {of_team}


@pytest.mark.parametrize(("first", "last", "may"), [(0, 0, True), (1, 3, False)])
def test_a_deputy_sees_in_their_days_only(now, first, last, may):
    ann, bob = builders.user("owner"), builders.user("owner")
    builders.identity(owner_user=ann)
    name(ann, bob, ann, now, first, last)
    assert bool(sees(bob)) is may
    Deputy.objects.update(
        from_on=timezone.localdate() - timedelta(days=3), until_on=timezone.localdate() - timedelta(days=1)
    )
    assert not sees(bob)


def test_a_deputy_does_what_the_owner_may(now):
    ann, bob, press = builders.user("owner"), builders.user("owner"), builders.team()
    known = builders.identity(owner_user=ann)
    name(ann, bob, ann, now)
    hand_on(identity=known, owner=press, reason="", acting_user=bob, at=now)
    assert Identity.objects.get().owner == press


def test_who_is_nobodys_deputy_any_more_sees_nothing(now):
    ann, bob = builders.user("owner"), builders.user("owner")
    builders.identity(owner_user=ann)
    made = name(ann, bob, ann, now)
    with pytest.raises(RefusedError):
        end_deputy(deputy=made, acting_user=builders.user("owner"), at=now)
    end_deputy(deputy=made, acting_user=bob, at=now)
    assert not sees(bob)
    with pytest.raises(ConflictError):
        end_deputy(deputy=made, acting_user=ann, at=now)


def test_who_left_neither_stands_in_nor_is_stood_in_for(now):
    team = builders.team()
    ann, bob = builders.user("owner", teams=[team]), builders.user("owner")
    builders.identity(owner_team=team)
    name(ann, bob, ann, now)
    deactivate_person(user=ann, acting_user=None, at=now)
    assert not sees(bob)


def test_owners_name_deputies_for_themselves_and_administrators_for_others(now):
    team = builders.team()
    ann, bob, eve = builders.user("owner"), builders.user("owner"), builders.user("owner", "security")
    for owner in (ann, team):
        with pytest.raises(RefusedError, match="named by the person"):
            name(owner, bob, eve, now)
        name(owner, bob, builders.user("admin"), now)


def test_bad_deputies_and_bad_days_are_refused(now):
    ann, bob = builders.user("owner"), builders.user("owner")
    cases = [
        (ann, 0, 7, "own deputy"),
        (builders.user("viewer"), 0, 7, "role of identity owner"),
        (builders.user("owner", is_active=False), 0, 7, "no longer active"),
        (bob, 3, 1, "before the first"),
        (bob, -3, -1, "has passed"),
        (bob, 0, 400, "a year at most"),
    ]
    for deputy, first, last, words in cases:
        with pytest.raises(RefusedError, match=words):
            name(ann, deputy, ann, now, first, last)
    name(ann, bob, ann, now)
    with pytest.raises(ConflictError, match="stands in"):
        name(ann, bob, ann, now, 7, 9)


def test_who_is_no_owner_any_more_has_no_deputy_who_sees_more_than_they_do(now):
    team = builders.team()
    ann, bob = builders.user("owner", teams=[team]), builders.user("owner")
    builders.identity(owner_user=ann)
    builders.identity(owner_team=team)
    name(ann, bob, ann, now)
    assert len(sees(bob)) == 2
    ann.roles = ["viewer"]
    ann.save()
    assert sees(bob) == set()
