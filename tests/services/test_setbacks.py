"""What follows a call that brought no answer, and what several outcomes come to."""

import pytest

from inventory.aws.faults import Fault, FaultKind
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.runs import combined
from inventory.services.collecting.setbacks import Step, Trouble, next_step, outcome_of, pause_after

LIMITS = CollectionLimits()
LIST, OLDER, GET = "ListEmailIdentities", "ListIdentities", "GetEmailIdentity"


@pytest.mark.parametrize(
    ("kind", "action", "trouble", "step"),
    [
        ("throttled", GET, Trouble(500, throttled_seconds=1799), Step.RETRY),
        ("throttled", LIST, Trouble(0, throttled_seconds=1800), Step.STOP),
        ("unavailable", LIST, Trouble(5), Step.RETRY),
        ("unavailable", LIST, Trouble(6), Step.STOP),
        ("unavailable", GET, Trouble(1, attempts=4), Step.RETRY),
        ("unavailable", GET, Trouble(1, attempts=5), Step.SKIP),
        ("unavailable", GET, Trouble(6, attempts=2), Step.STOP),
        ("denied", LIST, Trouble(1), Step.OLDER_LISTING),
        ("denied", OLDER, Trouble(1), Step.STOP),
        ("denied", GET, Trouble(1), Step.SKIP),
        ("denied", GET, Trouble(6), Step.STOP),
        ("denied", GET, Trouble(60, identities_read=1), Step.SKIP),
        ("denied", LIST, Trouble(1, is_access=True), Step.STOP),
        ("unavailable", LIST, Trouble(1, is_access=True), Step.RETRY),
        ("unrecognized", LIST, Trouble(1), Step.STOP),
        ("unrecognized", GET, Trouble(1, attempts=1), Step.RETRY),
        ("expired", GET, Trouble(1, attempts=1), Step.RETRY),
        ("failed", LIST, Trouble(1), Step.STOP),
        ("failed", LIST, Trouble(1, has_token=True), Step.RELIST),
        ("malformed", GET, Trouble(1, attempts=5), Step.SKIP),
        ("not_found", LIST, Trouble(1), Step.STOP),
    ],
)
def test_next_step(kind, action, trouble, step):
    assert next_step(Fault(FaultKind(kind), "Code", "text"), action, trouble, LIMITS) is step


def test_pauses_double_up_to_the_longest():
    assert [pause_after(refusals, LIMITS) for refusals in (1, 2, 3, 6, 1000)] == [1.0, 2.0, 4.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("kind", "read", "outcome"),
    [
        ("denied", 0, "denied"),
        ("unrecognized", 0, "denied"),
        ("throttled", 0, "unavailable"),
        ("malformed", 0, "failed"),
        ("denied", 1, "partial"),
    ],
)
def test_outcome_of_a_scope_that_was_given_up(kind, read, outcome):
    assert outcome_of(FaultKind(kind), read) == outcome


@pytest.mark.parametrize(
    ("outcomes", "one"),
    [
        (["complete", "complete"], "complete"),
        (["complete", "denied"], "partial"),
        (["partial"], "partial"),
        (["denied", "denied"], "denied"),
        (["denied", "unavailable"], "failed"),
        ([], "failed"),
    ],
)
def test_several_outcomes_come_to_one(outcomes, one):
    assert combined(outcomes) == one
