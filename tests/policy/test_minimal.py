"""The minimal policy: exactly what the terms say, and over when they are."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inventory.policy.analysis import analyse
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.grants.addresses import AddressError, address_of, operator_for, pattern_of, policy_value
from inventory.policy.grants.coverage import Match, covers
from inventory.policy.grants.minimal import PolicyTooLargeError, minimal_policy
from inventory.policy.grants.terms import GrantTerms, PinnedService, TermsError
from inventory.policy.reach import Reach
from inventory.policy.trust import Registry
from tests.policy.grants import COGNITO, IDENTITY, OWNER, PARTNER, SESSION, grant, is_inside, requests_around, terms

QUIET = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def _text(told: GrantTerms) -> str:
    try:
        return json.dumps(minimal_policy(told))
    except TermsError:
        assume(False)
        raise


@settings(QUIET, max_examples=50)
@given(terms())
def test_its_own_terms_cover_it(told):
    text = _text(told)
    analysis = analyse(owner_account=OWNER, identity_arn=IDENTITY, policies={"p": text}, registry=Registry(), at=NOW)
    assert not analysis.problems
    assert analysis.delegations
    for delegation in analysis.delegations:
        if delegation.reach is not Reach.INERT:
            assert covers(told, delegation) == Match()


@settings(QUIET, max_examples=150)
@given(terms(), st.integers(0, 10**6))
def test_it_allows_exactly_the_requests_inside_the_terms(told, seed):
    policies = {IDENTITY: {"p": _text(told)}}
    for request in requests_around(told, random.Random(seed), 30):
        assert evaluate(policies, request).allowed is is_inside(told, request), request


def _allowed(told: GrantTerms, at: datetime) -> bool:
    policies = {IDENTITY: {"p": json.dumps(minimal_policy(told))}}
    told_inside = [r for r in requests_around(told, random.Random(1), 400) if r.action == "ses:SendEmail"]
    moved = [
        type(r)(
            r.caller, r.action, r.identity_arn, r.channel, {**r.context, "aws:CurrentTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        )
        for r in told_inside
    ]
    return any(evaluate(policies, request).allowed for request in moved)


@pytest.mark.parametrize(
    ("zone", "ends_on", "over_at"),
    [
        ("UTC", date(2028, 2, 29), "2028-03-01T00:00:00"),
        ("UTC", date(2028, 2, 28), "2028-02-29T00:00:00"),
        ("Europe/Vienna", date(2027, 3, 27), "2027-03-27T23:00:00"),
        ("Europe/Vienna", date(2027, 3, 28), "2027-03-28T22:00:00"),
        ("Europe/Vienna", date(2027, 10, 31), "2027-10-31T23:00:00"),
        ("Pacific/Auckland", date(2027, 12, 31), "2027-12-31T11:00:00"),
        # Midnight is skipped: the clocks go from 23:59:59 of 26 March to 01:00 of the 27th.
        ("Asia/Beirut", date(2027, 3, 27), "2027-03-27T22:00:00"),
        # Midnight comes twice: the clocks go back from 01:00 of 1 November to 00:00.
        ("America/Havana", date(2026, 10, 31), "2026-11-01T04:00:00"),
    ],
)
def test_it_ends_at_the_midnight_after_the_last_valid_day(zone, ends_on, over_at):
    over = datetime.fromisoformat(over_at).replace(tzinfo=UTC)
    told = grant(ends_on=ends_on, starts_on=ends_on, time_zone=zone)
    assert told.ends_at == over
    assert _allowed(told, over - timedelta(seconds=1))
    assert not _allowed(told, over)
    assert not _allowed(told, over + timedelta(seconds=1))


def test_it_begins_with_the_first_second_of_the_first_day():
    told = grant(starts_on=date(2027, 1, 1), time_zone="Europe/Vienna")
    first = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert not _allowed(told, first - timedelta(seconds=1))
    assert _allowed(told, first)


def test_bulk_is_left_out_where_a_sender_is_meant():
    actions = ("ses:SendEmail", "ses:SendBulkEmail")
    limited = minimal_policy(grant(actions=actions, from_addresses=("news@shop.example.com",)))
    assert limited["Statement"][0]["Action"] == "ses:SendEmail"
    assert minimal_policy(grant(actions=actions))["Statement"][0]["Action"] == ["ses:SendBulkEmail", "ses:SendEmail"]
    with pytest.raises(TermsError, match="SendBulkEmail"):
        minimal_policy(grant(actions=("ses:SendBulkEmail",), recipients=("*@example.net",)))


def test_a_limit_on_senders_does_not_bind_what_sends_no_mail():
    told = grant(actions=("ses:SendEmail", "ses:GetEmailIdentity"), from_addresses=("news@shop.example.com",))
    mail, reading = minimal_policy(told)["Statement"]
    assert (mail["Action"], reading["Action"]) == ("ses:SendEmail", "ses:GetEmailIdentity")
    assert "StringEquals" in mail["Condition"]
    assert set(reading["Condition"]) == {"DateLessThan"}


def test_the_whole_document():
    told = grant(
        principals=(SESSION, PARTNER),
        services=(PinnedService(COGNITO, OWNER),),
        actions=("SES:sendemail",),
        from_addresses=("news@shop.example.com", "*@mail.shop.example.com"),
        networks=("203.0.113.9/24",),
    )
    limits = {
        "StringLike": {"ses:FromAddress": ["*@mail.shop.example.com", "news@shop.example.com"]},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"},
    }
    common = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": IDENTITY}
    assert minimal_policy(told) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Grant1", **common, "Principal": {"AWS": [PARTNER, SESSION]}, "Condition": limits},
            {
                "Sid": "Grant2",
                **common,
                "Principal": {"Service": COGNITO},
                "Condition": {**limits, "StringEquals": {"aws:SourceAccount": OWNER}},
            },
        ],
    }


def test_what_does_not_fit_into_a_policy_is_refused():
    many = tuple(f"sender-number-{number}@shop.example.com" for number in range(200))
    with pytest.raises(PolicyTooLargeError, match="4,096"):
        minimal_policy(grant(from_addresses=many))


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("a*b", "a*b"),
        (r"a\*b", "a${*}b"),
        ("a?b$c", "a${?}b${$}c"),
        ("${aws:username}", "${$}{aws:username}"),
        (r"a\\b", r"a\b"),
    ],
)
def test_only_a_bare_star_is_a_wildcard(address, value):
    assert policy_value(address) == value
    assert address_of(pattern_of(address)) == address


def test_addresses_without_wildcard_are_compared_as_they_are():
    assert operator_for([r"a\*b", "c?d"]) == "StringEquals"
    assert operator_for([r"a\*b", "c*d"]) == "StringLike"


@pytest.mark.parametrize("address", ["", " a@b", "a\\@b", "a\\", "a\n@b", "a\u200bb@c"])
def test_an_address_that_cannot_be_one_is_refused(address):
    with pytest.raises(AddressError):
        pattern_of(address)


@pytest.mark.parametrize(
    ("member", "changes"),
    [
        ("identity_arn", {"identity_arn": "shop.example.com"}),
        ("principals", {"principals": ()}),
        ("principals", {"principals": ("*", PARTNER)}),
        ("principals", {"principals": ("12345",)}),
        ("principals", {"principals": (f"arn:aws:iam::{PARTNER}:role/*",)}),
        ("principals", {"principals": (f"arn:aws-us-gov:iam::{PARTNER}:role/Mailer",)}),
        ("principals", {"services": (PinnedService("ses", OWNER),)}),
        ("actions", {"actions": ()}),
        ("actions", {"actions": ("ses:Send*",)}),
        ("from_addresses", {"from_addresses": ("",)}),
        ("networks", {"networks": ("10.0.0.0/33",)}),
        ("ends_on", {"starts_on": date(2027, 4, 1)}),
        ("ends_on", {"ends_on": date.max}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
    ],
)
def test_terms_that_cannot_be_are_refused(member, changes):
    with pytest.raises(TermsError) as refused:
        grant(**changes)
    assert refused.value.member == member


@settings(QUIET, max_examples=60)
@given(terms())
def test_terms_survive_the_way_through_json(told):
    assert GrantTerms.from_json(json.loads(json.dumps(told.to_json()))) == told


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"principal": "x"},
        {"identity_arn": IDENTITY},
        {"ends_on": "31.3.2027"},
        {"ends_on": 3, "principals": 4},
        {
            "ends_on": "2027-03-31",
            "identity_arn": IDENTITY,
            "principals": [{"service": COGNITO}],
            "actions": ["ses:SendEmail"],
        },
        {"ends_on": "2027-03-31", "identity_arn": IDENTITY, "principals": [PARTNER], "actions": "ses:SendEmail"},
    ],
)
def test_json_that_is_no_terms_is_refused(data):
    with pytest.raises(TermsError):
        GrantTerms.from_json(data)
