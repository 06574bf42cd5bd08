"""The pure rules of approvals."""

from datetime import date
from typing import Any

import pytest

from approvals.rules.calendar import reminder_dates, standing, working_day
from approvals.rules.deciders import Ownership, Person, Slot, SlotKind, why_not
from approvals.rules.hashes import access_hash, terms_hash
from approvals.rules.risk import RiskClass, latest_end, risk_class
from approvals.rules.states import Decision, RequestState, Standing, may_follow
from inventory.policy.grants.terms import GrantTerms, PinnedService

ARN = "arn:aws:ses:eu-west-1:111122223333:identity/shop.example.com"
ROLE = "arn:aws:iam::444455556666:role/mailer"
SERVICE = PinnedService("pinpoint.amazonaws.com", "444455556666")
TEAM, OTHER_TEAM, ESCALATION = 1, 2, 3


def terms(**given: Any) -> GrantTerms:
    usual: dict[str, Any] = {
        "identity_arn": ARN,
        "principals": (ROLE,),
        "actions": ("ses:SendEmail",),
        "from_addresses": ("news@shop.example.com",),
        "ends_on": date(2027, 1, 31),
    }
    return GrantTerms(**usual | given)


@pytest.mark.parametrize(
    ("given", "risk"),
    [
        ({}, RiskClass.LOW),
        ({"from_addresses": ()}, RiskClass.STANDARD),
        ({"principals": ("444455556666",)}, RiskClass.STANDARD),
        (
            {"principals": (), "services": (SERVICE,)},
            RiskClass.STANDARD,
        ),
        ({"principals": ("o-a1b2c3d4e5",)}, RiskClass.HIGH),
        ({"actions": ("ses:SendEmail", "ses:UpdateEmailIdentityPolicy"), "from_addresses": ()}, RiskClass.HIGH),
        ({"principals": ("*",)}, RiskClass.EXCEPTION),
    ],
)
def test_the_risk_of_terms_is_that_of_their_widest_part(given, risk):
    assert risk_class(terms(**given)) is risk


def test_the_latest_end_counts_the_first_day_and_respects_the_contract():
    first = date(2027, 3, 1)
    anyone = terms(principals=("*",))
    assert latest_end(anyone, from_on=first) == date(2027, 3, 30)
    assert latest_end(terms(), from_on=date(2028, 2, 29)) == date(2029, 2, 27)
    assert latest_end(terms(), from_on=first, contract_ends_on=date(2027, 4, 1)) == date(2027, 4, 1)
    assert latest_end(terms(), from_on=first, is_adopted=True) == date(2027, 5, 29)
    assert latest_end(anyone, from_on=first, is_adopted=True) == date(2027, 3, 30)


def test_access_is_the_same_whatever_the_dates_and_the_reason():
    later = terms(ends_on=date(2027, 5, 1), starts_on=date(2027, 2, 1))
    assert access_hash(terms()) == access_hash(later)
    assert access_hash(terms()) != access_hash(terms(networks=("192.0.2.0/24",)))
    one = terms_hash(terms(), justification="Mail", ticket="")
    assert one != terms_hash(later, justification="Mail", ticket="")
    assert one != terms_hash(terms(), justification="Mail!", ticket="")
    assert one != terms_hash(terms(), justification="Mail", ticket="T-1")


@pytest.mark.parametrize(
    ("decision", "day", "expected"),
    [
        (Decision.APPROVED, date(2026, 12, 31), Standing.AHEAD),
        (Decision.APPROVED, date(2027, 1, 1), Standing.ACTIVE),
        (Decision.APPROVED, date(2027, 1, 31), Standing.ACTIVE),
        (Decision.APPROVED, date(2027, 2, 1), Standing.EXPIRED),
        (Decision.SUPERSEDED, date(2027, 1, 31), Standing.ACTIVE),
        (Decision.SUPERSEDED, date(2027, 2, 1), Standing.SUPERSEDED),
        (Decision.SUSPENDED, date(2027, 1, 15), Standing.SUSPENDED),
        (Decision.SUSPENDED, date(2027, 2, 1), Standing.EXPIRED),
        (Decision.REVOKED, date(2027, 1, 15), Standing.REVOKED),
    ],
)
def test_a_grant_is_worth_what_people_and_the_calendar_say(decision, day, expected):
    assert standing(decision, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 31), on=day) is expected


def test_steps_longer_than_half_the_term_are_left_out_and_weekends_move_to_friday():
    # 31 January 2027 is a Sunday; the term has 31 days.
    dates = reminder_dates(starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 31))
    assert dates == {
        14: date(2027, 1, 15),
        7: date(2027, 1, 22),
        1: date(2027, 1, 29),
        0: date(2027, 1, 29),
    }
    assert working_day(date(2027, 1, 30)) == date(2027, 1, 29)
    assert working_day(date(2027, 2, 1)) == date(2027, 2, 1)


def test_a_term_of_one_day_is_reminded_of_on_that_day_only():
    monday = date(2027, 2, 1)
    assert reminder_dates(starts_on=monday, ends_on=monday) == {0: monday}
    assert reminder_dates(starts_on=date(2027, 1, 30), ends_on=date(2027, 1, 31)) == {}


def test_what_is_final_stays():
    final = (RequestState.APPROVED, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.LAPSED)
    for state in final:
        assert state.is_final
        assert not any(may_follow(state, then) for then in RequestState)
    assert not may_follow(RequestState.DRAFT, RequestState.APPROVED)
    assert not may_follow(RequestState.CHANGES_REQUESTED, RequestState.APPROVED)


OWNER = Person(10, frozenset({"owner"}), team_ids=frozenset({TEAM}))
SECURITY = Person(20, frozenset({"security"}))
OF_TEAM = Ownership(team_id=TEAM, escalation_team_id=ESCALATION)


def slot(kind: SlotKind = SlotKind.OWNER, requester: int | None = 99, taken: tuple[int, ...] = ()) -> Slot:
    return Slot(kind, requester, taken)


@pytest.mark.parametrize(
    ("person", "wanted", "ownership", "allowed"),
    [
        (OWNER, slot(), OF_TEAM, True),
        (OWNER, slot(requester=10), OF_TEAM, False),
        (OWNER, slot(taken=(10,)), OF_TEAM, False),
        (OWNER, slot(SlotKind.SECURITY), OF_TEAM, False),
        (OWNER, slot(), Ownership(team_id=OTHER_TEAM), False),
        (SECURITY, slot(SlotKind.SECURITY), OF_TEAM, True),
        (SECURITY, slot(), OF_TEAM, False),
        (SECURITY, slot(SlotKind.SECURITY, requester=20), OF_TEAM, False),
        (Person(20, frozenset({"security"}), is_active=False), slot(SlotKind.SECURITY), OF_TEAM, False),
        (Person(30, frozenset({"admin"})), slot(SlotKind.SECURITY), OF_TEAM, False),
        (Person(30, frozenset({"owner"}), stands_for_teams=frozenset({TEAM})), slot(), OF_TEAM, True),
        (Person(30, frozenset({"owner"}), stands_for_people=frozenset({7})), slot(), Ownership(user_id=7), True),
        (Person(30, frozenset({"owner"})), slot(), Ownership(team_id=TEAM, stand_in_id=30), True),
        (Person(30, frozenset(), team_ids=frozenset({ESCALATION})), slot(), OF_TEAM, False),
        (
            Person(30, frozenset({"security"}), team_ids=frozenset({ESCALATION})),
            slot(),
            Ownership(team_id=TEAM, escalation_team_id=ESCALATION, is_exhausted=True),
            True,
        ),
        # Whoever holds no role that decides is nobody's deputy.
        (Person(30, frozenset(), stands_for_teams=frozenset({TEAM})), slot(), OF_TEAM, False),
        (OWNER, slot(), Ownership(), False),
        (OWNER, slot(requester=None), OF_TEAM, True),
    ],
)
def test_who_may_fill_a_slot(person, wanted, ownership, allowed):
    assert (why_not(person, wanted, ownership) is None) is allowed
