"""Claims, handing on and acting owners: who may, what counts when, and who comes too late."""

from datetime import timedelta

import pytest

from inventory.models import AuditEvent, Identity, OwnerAssignment
from inventory.services.owners.owner_assignments import (
    appoint_acting_owner,
    claim,
    decide_claim,
    end_acting_owners,
    end_assignment,
    hand_on,
    withdraw_claim,
)
from inventory.services.people.people import deactivate_person, reactivate_person
from inventory.services.people.teams import set_team_active
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
TODAY = NOW.date()


def owner_of(identity):
    found = Identity.objects.get(pk=identity.pk)
    return found.owner, found.owner_source


def claimed(identity, ann, owner=None):
    return claim(identity=identity, owner=owner or ann, reason="Ours", acting_user=ann, at=NOW)


def decided(claim_, who, *, is_confirmed=True):
    return decide_claim(claimed=claim_, is_confirmed=is_confirmed, comment="", acting_user=who, at=NOW)


def given(identity, owner, who):
    return hand_on(identity=identity, owner=owner, reason="", acting_user=who, at=NOW)


def acting(identity, owner, who, days=7):
    return appoint_acting_owner(identity=identity, owner=owner, days=days, reason="Ill", acting_user=who, at=NOW)


def test_a_claim_counts_once_somebody_else_confirms_it():
    known, team = builders.identity(), builders.team()
    ann, sam = builders.user("owner", teams=[team]), builders.user("security")
    made = claimed(known, ann, team)
    assert owner_of(known) == (None, "none")
    assert not Identity.objects.visible_to(ann).exists()
    decided(made, sam)
    assert owner_of(known) == (team, "claim")
    assert Identity.objects.visible_to(ann).get() == known
    assert known.states.get(to_at=None).owner_team == team
    actions = AuditEvent.objects.filter(object_type="ownerassignment").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["ownerassignment.claimed", "ownerassignment.confirmed"]


def test_a_refused_claim_changes_nothing():
    known, ann = builders.identity(), builders.user("owner")
    made = claimed(known, ann)
    decided(made, builders.user("security"), is_confirmed=False)
    assert owner_of(known) == (None, "none")
    assert OwnerAssignment.objects.get().state == "refused"


def test_nobody_confirms_their_own_claim():
    known, ann = builders.identity(), builders.user("owner", "security")
    made = claimed(known, ann)
    with pytest.raises(RefusedError, match="their own claim"):
        decided(made, ann)
    assert owner_of(known) == (None, "none")


def test_one_claims_for_oneself_or_a_team_of_ones_own():
    known, ann = builders.identity(), builders.user("owner")
    for other in (builders.team(), builders.user("owner")):
        with pytest.raises(RefusedError, match="a member of"):
            claimed(known, ann, other)


def test_what_has_an_owner_or_a_claim_cannot_be_claimed():
    ann, bob = builders.user("owner"), builders.user("owner")
    with pytest.raises(ConflictError, match="belongs to"):
        claimed(builders.identity(owner_team=builders.team()), ann)
    free = builders.identity()
    claimed(free, bob)
    with pytest.raises(ConflictError, match="before you"):
        claimed(free, ann)
    with pytest.raises(ConflictError, match=r"You claimed .* already"):
        claimed(free, bob)
    with pytest.raises(ConflictError, match="gone from AWS"):
        claimed(builders.identity(gone_at=NOW), ann)


def test_a_claim_is_decided_once():
    sam, ann = builders.user("security"), builders.user("owner")
    made = claimed(builders.identity(), ann)
    decided(made, sam)
    for is_confirmed in (True, False):
        with pytest.raises(ConflictError, match="no longer open"):
            decided(made, sam, is_confirmed=is_confirmed)
    with pytest.raises(ConflictError):
        withdraw_claim(claimed=made, acting_user=ann, at=NOW)


def test_a_claim_cannot_be_confirmed_over_an_owner_who_came_first():
    known, ann = builders.identity(), builders.user("owner")
    made = claimed(known, ann)
    Identity.objects.filter(pk=known.pk).update(owner_team=builders.team())
    with pytest.raises(ConflictError, match="by now"):
        decided(made, builders.user("security"))


def test_only_the_claimant_withdraws():
    ann = builders.user("owner")
    made = claimed(builders.identity(), ann)
    with pytest.raises(RefusedError):
        withdraw_claim(claimed=made, acting_user=builders.user("owner"), at=NOW)
    withdraw_claim(claimed=made, acting_user=ann, at=NOW)
    assert OwnerAssignment.objects.get().state == "withdrawn"


def test_the_owning_team_hands_on_and_what_was_given_goes_before_the_tag():
    shop, press = builders.team(name="Shop"), builders.team()
    ann = builders.user("owner", teams=[shop])
    known = builders.identity(tags={"owner": "shop"}, owner_team=shop, owner_source="tag")
    given(known, press, ann)
    assert owner_of(known) == (press, "claim")
    assert Identity.objects.get().owner_tag_value == "shop"
    with pytest.raises(RefusedError, match="not yours any more"):
        given(known, shop, ann)


def test_security_gives_to_others_and_not_to_itself():
    own, other = builders.team(), builders.team()
    sam = builders.user("security", teams=[own])
    known = builders.identity()
    for receiver in (sam, own):
        with pytest.raises(RefusedError, match="to themselves"):
            given(known, receiver, sam)
    given(known, other, sam)
    assert owner_of(known) == (other, "claim")
    with pytest.raises(ConflictError, match="already"):
        given(known, other, sam)
    with pytest.raises(RefusedError, match="no longer active"):
        given(known, builders.team(is_active=False), sam)


def test_a_stranger_and_an_administrator_cannot_hand_on():
    known = builders.identity(owner_team=builders.team())
    for who in (builders.user("owner"), builders.user("admin"), builders.user("auditor")):
        with pytest.raises(RefusedError):
            given(known, builders.team(), who)


def test_handing_on_answers_the_claim_that_waits():
    known, ann = builders.identity(), builders.user("owner")
    claimed(known, ann)
    given(known, builders.team(), builders.user("security"))
    assert sorted(OwnerAssignment.objects.values_list("state", flat=True)) == ["active", "refused"]


def test_an_acting_owner_stands_in_and_leaves_by_the_calendar():
    shop, press = builders.team(name="Shop"), builders.team()
    sam = builders.user("security")
    known = builders.identity(tags={"owner": "shop"}, owner_team=shop, owner_source="tag")
    made = acting(known, press, sam, days=2)
    assert made.until_on == TODAY + timedelta(days=1)
    assert owner_of(known) == (press, "acting")
    assert end_acting_owners(at=NOW + timedelta(days=1)) == 0
    assert end_acting_owners(at=NOW + timedelta(days=2)) == 1
    assert owner_of(known) == (shop, "tag")


def test_an_acting_owner_does_not_end_what_was_given_by_hand_and_hands_nothing_on():
    shop, press = builders.team(), builders.team()
    ann, sam = builders.user("owner", teams=[press]), builders.user("security")
    known = builders.identity()
    given(known, shop, sam)
    made = acting(known, press, sam)
    with pytest.raises(RefusedError, match="acting owner cannot"):
        given(known, builders.team(), ann)
    with pytest.raises(ConflictError, match="End that first"):
        acting(known, press, sam)
    end_assignment(assignment=made, acting_user=sam, at=NOW)
    assert owner_of(known) == (shop, "claim")
    with pytest.raises(ConflictError):
        end_assignment(assignment=made, acting_user=sam, at=NOW)


@pytest.mark.parametrize("days", [0, -1, 31])
def test_an_acting_owner_stands_in_for_thirty_days_at_most(days):
    with pytest.raises(RefusedError, match="1 to 30 days"):
        acting(builders.identity(), builders.team(), builders.user("security"), days)


def test_nobody_appoints_themselves():
    own = builders.team()
    sam = builders.user("security", teams=[own])
    for receiver in (sam, own):
        with pytest.raises(RefusedError, match="themselves"):
            acting(builders.identity(), receiver, sam)


def test_what_a_person_was_given_rests_while_they_are_away():
    ann, sam = builders.user("owner"), builders.user("security")
    known = builders.identity()
    given(known, ann, sam)
    deactivate_person(user=ann, acting_user=None, at=NOW)
    assert owner_of(known) == (None, "none")
    reactivate_person(user=ann, acting_user=None, at=NOW)
    assert owner_of(known) == (ann, "claim")


def test_whoever_takes_over_from_who_left_stays_when_they_are_back():
    ann, bob, sam = builders.user("owner"), builders.user("owner"), builders.user("security")
    known = builders.identity()
    given(known, ann, sam)
    deactivate_person(user=ann, acting_user=None, at=NOW)
    decided(claimed(known, bob), sam)
    reactivate_person(user=ann, acting_user=None, at=NOW)
    assert owner_of(known) == (bob, "claim")


def test_a_team_that_is_no_more_owns_nothing():
    team, known = builders.team(name="Shop"), builders.identity(tags={"owner": "Shop"})
    given(known, team, builders.user("security"))
    set_team_active(team=team, is_active=False, acting_user=None, at=NOW)
    assert owner_of(known) == (None, "unresolved")
    set_team_active(team=team, is_active=True, acting_user=None, at=NOW)
    assert owner_of(known) == (team, "claim")
