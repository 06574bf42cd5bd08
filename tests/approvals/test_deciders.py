"""Who may fill which slots: the answer for all of them agrees with the answer for each."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalSlot, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import decide
from approvals.services.requests.deciders import deciders_of, fillable_by, refusal_of, requests_shown_to
from approvals.services.requests.requests import Line, Request, save_draft, submit
from inventory.models import Deputy, Role, User
from tests import builders
from tests.approvals.cases import REASON, TODAY, Estate, approval, slot_of, terms
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def _deputy(deputy, *, days=0, **owner):
    Deputy.objects.create(deputy=deputy, from_on=TODAY, until_on=TODAY + timedelta(days=days), created_at=NOW, **owner)


def _asked(identity, by):
    line = Line(identity, terms(identity))
    return submit(save_draft(Request("new", REASON, [line]), acting_user=by, at=NOW).pk, acting_user=by, at=NOW)


@pytest.fixture
def crowd(settings):
    """Owners of every kind, each asked about by different people, and everybody who might decide."""
    settings.SESGOV_ESCALATION_TEAM = "mail council"
    estate = Estate()
    council = builders.team(name="Mail council")
    small, left_team = builders.team(name="One"), builders.team(name="Left", is_active=False)
    alone = builders.user(Role.OWNER, teams=[small])
    single, left = builders.user(Role.OWNER), builders.user(Role.OWNER, is_active=False)
    both = builders.user(Role.OWNER, Role.SECURITY, teams=[estate.team])
    builders.user(Role.SECURITY, is_active=False)
    builders.user(Role.OWNER, teams=[council])
    builders.user(teams=[council])
    builders.user(Role.AUDITOR, teams=[estate.team])
    demoted, readers = builders.user(Role.VIEWER), builders.team(name="Readers")
    builders.user(Role.AUDITOR, teams=[readers])
    builders.user(Role.OWNER, teams=[left_team])
    for owner in ({"team": council}, {"team": small}, {"user": left}, {"user": single}, {"team": left_team}):
        _deputy(builders.user(Role.OWNER), **owner)
        _deputy(builders.user(), **owner)
    _deputy(builders.user(Role.OWNER), user=demoted)
    Deputy.objects.filter(team=small).update(ended_at=NOW)
    owners: list[dict[str, Any]] = [
        {},
        {"owner_team": small},
        {"owner_user": single},
        {"owner_user": left},
        {"owner_team": left_team},
        {"owner_user": demoted},
        {"owner_team": readers},
    ]
    named = [builders.identity(name=f"n{number}.example.com", **owner) for number, owner in enumerate(owners)]
    identities = [estate.identity, *named]
    requests = [_asked(identity, by) for identity in identities for by in (estate.owner,)]
    requests += [_asked(builders.identity(name="one.example.org", owner_team=small), alone)]
    requests += [_asked(builders.identity(name="two.example.org", owner_team=estate.team), both)]
    requests += [_asked(builders.identity(name="three.example.org", owner_team=estate.team), None)]
    decide(slot_of(requests[-1], SlotKind.OWNER).pk, approval(requests[-1]), acting_user=both, at=NOW)
    stood_in = slot_of(requests[1], SlotKind.OWNER)
    stood_in.stand_in = builders.user(Role.OWNER)
    stood_in.save()
    stood_in = slot_of(requests[2], SlotKind.OWNER)
    stood_in.stand_in = builders.user()
    stood_in.save()
    return requests


def test_the_bulk_answers_are_those_of_each_slot_for_everybody(crowd):
    slots = list(ApprovalSlot.objects.waiting(NOW).select_related("line__identity"))
    one_by_one = {
        (user.pk, slot.pk) for user in User.objects.all() for slot in slots if refusal_of(user, slot, on=TODAY) is None
    }
    by_person = {(user.pk, slot.pk) for user in User.objects.all() for slot in fillable_by(user, at=NOW)}
    by_slot = {(user, slot) for slot, people in deciders_of(slots, on=TODAY).items() for user in people}
    assert by_person == one_by_one
    assert by_slot == one_by_one
    # Every request but those of nobody's identity has its two; the council decides where there is nobody else.
    assert len({slot for _, slot in one_by_one}) == len(slots) == 2 * len(crowd) - 1


def test_what_is_decided_sent_back_or_lapsed_waits_for_nobody(crowd):
    security = builders.user(Role.SECURITY)
    before = fillable_by(security, at=NOW).count()
    decide(slot_of(crowd[0], SlotKind.SECURITY).pk, approval(crowd[0]), acting_user=security, at=NOW)
    GrantRequest.objects.filter(pk=crowd[1].pk).update(state="changes_requested")
    assert fillable_by(security, at=NOW).count() == before - 2
    assert not fillable_by(security, at=NOW + timedelta(days=7)).exists()


def test_who_may_decide_sees_the_request_and_no_other(crowd):
    council = User.objects.get(teams__name="Mail council", roles__contains=[Role.OWNER])
    powerless = User.objects.get(teams__name="Mail council", roles=[])
    assert not requests_shown_to(powerless, at=NOW).exists()
    shown = requests_shown_to(council, at=NOW)
    assert set(shown) == {slot.line.request for slot in fillable_by(council, at=NOW)} != set()
    stranger = builders.user(Role.OWNER, teams=[builders.team()])
    assert not requests_shown_to(stranger, at=NOW).exists()
    assert set(requests_shown_to(builders.user(Role.VIEWER), at=NOW)) == set(crowd)


def test_who_decided_sees_what_became_of_it(crowd, settings):
    council = User.objects.get(teams__name="Mail council", roles__contains=[Role.OWNER])
    slot = fillable_by(council, at=NOW)[0]
    decide(slot.pk, approval(slot.line.request), acting_user=council, at=NOW)
    settings.SESGOV_ESCALATION_TEAM = ""
    assert list(requests_shown_to(council, at=NOW)) == [slot.line.request]


def test_the_number_of_queries_does_not_grow(crowd):
    def counted(act):
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    def everybody():
        deciders_of(list(ApprovalSlot.objects.waiting(NOW).select_related("line__identity")), on=TODAY)

    council = User.objects.get(teams__name="Mail council", roles__contains=[Role.OWNER])
    assert counted(everybody) <= 9
    assert counted(lambda: list(fillable_by(council, at=NOW))) <= 10
