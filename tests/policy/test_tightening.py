"""The tightened version: each step explained, nothing guessed, nobody let in besides."""

import json
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from inventory.policy.analysis import analyse
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.tightening.placeholders import KEEP, ChoiceError, PlaceholderKind
from inventory.policy.tightening.proposals import Tightened, tighten
from inventory.policy.trust import Registry
from tests.policy.generators.callers import POPULATIONS
from tests.policy.generators.constants import constants_of
from tests.policy.generators.dice import SeededDice
from tests.policy.generators.policies import policies, texts
from tests.policy.generators.requests import request_of
from tests.policy.generators.world import AT
from tests.policy.generators.world import IDENTITY as WORLD_IDENTITY
from tests.policy.generators.world import OWNER as WORLD_OWNER
from tests.policy.grants import COGNITO, IDENTITY, ORGANIZATION, OWNER, PARTNER, ROLE

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Json = dict[str, Any]
FIRM = {
    "StringLike": {"ses:FromAddress": "news@shop.example.com"},
    "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
    "DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"},
}


def _allow(principal: Any, condition: Json | None = None, action: Any = "ses:SendEmail", **more: Any) -> Json:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": IDENTITY,
        **({"Condition": condition} if condition else {}),
        **more,
    }


def _tighten(*statements: Json, **answers: str) -> Tightened:
    return tighten(
        {"p": json.dumps({"Version": "2012-10-17", "Statement": statements})},
        identity_arn=IDENTITY,
        owner_account=OWNER,
        registry=Registry(),
        at=NOW,
        answers={name.replace("_", "-"): value for name, value in answers.items()},
        time_zone="Europe/Vienna",
    )


def _statements(tightened: Tightened) -> list[Json]:
    return json.loads(tightened.policies["p"])["Statement"] if tightened.policies["p"] else []


def _codes(tightened: Tightened) -> list[str]:
    return [proposal.code for proposal in tightened.proposals]


def test_a_public_policy_waits_for_everything_that_only_a_person_knows():
    found = _tighten(_allow("*", action="ses:*"))
    assert _codes(found) == ["principal", "from-address", "actions", "source-ip", "end-date"]
    assert [each.name for each in found.placeholders] == ["PRINCIPAL-1", "FROM-ADDRESS-1", "SOURCE-IP-1", "END-DATE-1"]
    assert _statements(found) == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "<PRINCIPAL-1>"},
            "Action": ["ses:SendBulkTemplatedEmail", "ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail"],
            "Resource": IDENTITY,
            "Condition": {
                "StringLike": {"ses:FromAddress": "<FROM-ADDRESS-1>"},
                "IpAddress": {"aws:SourceIp": "<SOURCE-IP-1>"},
                "DateLessThan": {"aws:CurrentTime": "<END-DATE-1>"},
            },
        }
    ]


def test_the_answers_take_the_places():
    found = _tighten(
        _allow("*"),
        PRINCIPAL_1=f"{PARTNER}, {ROLE}",
        FROM_ADDRESS_1="news@shop.example.com a?b@shop.example.com",
        SOURCE_IP_1="203.0.113.9/24",
        END_DATE_1="2027-03-31",
    )
    assert _statements(found)[0]["Principal"] == {"AWS": [PARTNER, ROLE]}
    assert _statements(found)[0]["Condition"] == {
        "StringEquals": {"ses:FromAddress": ["news@shop.example.com", "a${?}b@shop.example.com"]},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "DateLessThan": {"aws:CurrentTime": "2027-03-31T22:00:00Z"},
    }


def test_questions_left_open_are_asked_again():
    first = _tighten(_allow("*"), PRINCIPAL_1=PARTNER)
    again = _tighten(*_statements(first))
    assert [each.name for each in again.placeholders if each.is_inserted] == [
        "FROM-ADDRESS-1",
        "SOURCE-IP-1",
        "END-DATE-1",
    ]
    assert _statements(again) == _statements(first)
    answered = _tighten(*_statements(first), FROM_ADDRESS_1="news@shop.example.com", SOURCE_IP_1="keep")
    assert _statements(answered)[0]["Condition"] == {
        "StringEquals": {"ses:FromAddress": "news@shop.example.com"},
        "DateLessThan": {"aws:CurrentTime": "<END-DATE-1>"},
    }


def test_a_service_whose_account_is_open_is_asked_about_again():
    first = _tighten(_allow({"Service": "cognito-idp.amazonaws.com"}))
    assert "SOURCE-ACCOUNT-1" in [each.name for each in _tighten(*_statements(first)).placeholders]


def test_a_caller_left_open_is_asked_about_again():
    first = _tighten(_allow("*"))
    assert _statements(first)[0]["Principal"] == {"AWS": "<PRINCIPAL-1>"}
    assert _statements(_tighten(*_statements(first), PRINCIPAL_1=PARTNER))[0]["Principal"] == {"AWS": PARTNER}


def test_what_a_person_keeps_stays():
    kept = dict.fromkeys(("PRINCIPAL_1", "FROM_ADDRESS_1", "SOURCE_IP_1", "END_DATE_1"), KEEP)
    found = _tighten(_allow("*"), **kept)
    assert not found.is_changed
    assert all(proposal.text.startswith("left as it is, by choice") for proposal in found.proposals)
    assert len(found.placeholders) == 4


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("PRINCIPAL_1", "*"),
        ("PRINCIPAL_1", "1234"),
        ("PRINCIPAL_1", ORGANIZATION),
        ("SOURCE_IP_1", "10.0.0.0/40"),
        ("END_DATE_1", "31.3.2027"),
        ("END_DATE_1", "9999-12-31"),
        ("FROM_ADDRESS_1", "a\\b"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(name, answer):
    with pytest.raises(ChoiceError) as refused:
        _tighten(_allow("*"), **{name: answer})
    assert refused.value.name == name.replace("_", "-")


def test_a_policy_that_says_all_this_stays():
    assert not _tighten(_allow({"AWS": ROLE}, FIRM)).is_changed


def test_a_whole_account_may_be_narrowed_and_need_not():
    found = _tighten(_allow({"AWS": PARTNER}, FIRM))
    assert not found.is_changed
    assert (_codes(found), found.placeholders[0].is_inserted) == (["whole-account"], False)
    assert _statements(_tighten(_allow({"AWS": PARTNER}, FIRM), PRINCIPAL_1=ROLE))[0]["Principal"] == {"AWS": ROLE}


@pytest.mark.parametrize(
    ("condition", "opens"),
    [({"Bool": {"ses:RequireTLS": "true"}}, True), ({"BoolIfExists": {"ses:RequireTLS": "true"}}, False)],
)
def test_keys_that_do_not_exist_go(condition, opens):
    found = _tighten(_allow({"AWS": ROLE}, {**FIRM, **condition}))
    assert _statements(found)[0]["Condition"] == FIRM
    assert [(each.code, each.opens) for each in found.proposals] == [("key-does-not-exist", opens)]
    assert "TlsPolicy" in found.proposals[0].text


def test_a_deny_that_never_fires_goes_with_its_reason():
    deny = {**_allow("*", {"Bool": {"ses:RequireTLS": "false"}}), "Effect": "Deny"}
    found = _tighten(_allow({"AWS": ROLE}, FIRM), deny)
    assert (len(_statements(found)), _codes(found)) == (1, ["deny-never-fires"])


@pytest.mark.parametrize(
    "condition", [{"BoolIfExists": {"ses:RequireTLS": "true"}}, {"Bool": {"aws:SecureTransport": "false"}}]
)
def test_a_deny_that_fires_stays(condition):
    deny = {**_allow("*", condition), "Effect": "Deny"}
    assert deny in _statements(_tighten(_allow({"AWS": ROLE}, FIRM), deny))


def test_optional_conditions_become_firm():
    loose = {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}
    found = _tighten(_allow("*", {**FIRM, **loose}))
    assert _codes(found) == ["condition-is-optional"]
    assert _statements(found)[0]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ORGANIZATION}


def test_conditions_that_stand_in_for_each_other_stay_optional():
    either = {
        "IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"},
        "StringEqualsIfExists": {"aws:SourceVpce": "vpce-0a1b2c3d"},
    }
    found = _tighten(
        _allow({"AWS": ROLE}, {"DateLessThan": FIRM["DateLessThan"], "StringLike": FIRM["StringLike"], **either})
    )
    assert not found.is_changed


def test_many_statements_take_no_more_than_their_number():
    loose = {"StringLikeIfExists": {"ses:FromAddress": "news@shop.example.com"}}
    with mock.patch("inventory.policy.tightening.proposals.analyse", side_effect=analyse) as analyses:
        found = _tighten(*(_allow({"AWS": ROLE}, loose) for _ in range(12))).proposals
    assert len([each for each in found if each.code == "condition-is-optional"]) == 12
    assert analyses.call_count <= 3


def test_an_empty_set_no_longer_passes():
    sets = {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}
    found = _tighten(_allow("*", {**FIRM, **sets}))
    assert _statements(found)[0]["Condition"]["Null"] == {"aws:PrincipalOrgPaths": "false"}
    assert "principal" not in _codes(found)


def test_bulk_goes_where_a_sender_is_meant():
    found = _tighten(_allow({"AWS": ROLE}, FIRM, ["ses:SendEmail", "ses:SendBulkEmail"]))
    assert _statements(found)[0]["Action"] == "ses:SendEmail"
    unlike = {**FIRM, "StringNotLike": {"ses:FromAddress": "admin@*"}}
    assert _statements(_tighten(_allow({"AWS": ROLE}, unlike, "ses:Send*")))[0]["Action"] == [
        "ses:SendBulkTemplatedEmail",
        "ses:SendEmail",
        "ses:SendRawEmail",
        "ses:SendTemplatedEmail",
    ]


def test_administration_is_not_for_others():
    found = _tighten(_allow({"AWS": ROLE}, FIRM, ["ses:SendEmail", "ses:PutIdentityPolicy", "ses:GetEmailIdentity"]))
    assert _statements(found)[0]["Action"] == ["ses:GetEmailIdentity", "ses:SendEmail"]
    assert _statements(_tighten(_allow({"AWS": ROLE}, FIRM, "ses:PutIdentityPolicy"))) == []


def test_an_account_under_source_account_is_a_question_with_a_hint():
    statement = _allow("*", {"StringEquals": {"aws:SourceAccount": PARTNER}, **FIRM})
    asked = _tighten(statement)
    assert (asked.placeholders[0].name, asked.placeholders[0].suggestion) == ("PRINCIPAL-1", PARTNER)
    assert _statements(asked)[0]["Principal"] == {"AWS": "<PRINCIPAL-1>"}
    told = _tighten(statement, PRINCIPAL_1=PARTNER)
    assert _statements(told)[0]["Principal"] == {"AWS": PARTNER}
    assert "StringEquals" not in _statements(told)[0]["Condition"]
    assert told.proposals[0].opens
    service = _tighten(statement, PRINCIPAL_1=COGNITO)
    assert _statements(service)[0]["Principal"] == {"Service": COGNITO}
    assert _statements(service)[0]["Condition"]["StringEquals"] == {"aws:SourceAccount": PARTNER}


def test_a_service_is_pinned():
    found = _tighten(
        _allow({"Service": COGNITO}, {"DateLessThan": FIRM["DateLessThan"], "StringLike": FIRM["StringLike"]})
    )
    assert [(each.name, each.suggestion) for each in found.placeholders] == [("SOURCE-ACCOUNT-1", OWNER)]
    assert _statements(found)[0]["Condition"]["StringEquals"] == {"aws:SourceAccount": "<SOURCE-ACCOUNT-1>"}


def test_not_principal_becomes_principal():
    statement = _allow("*", FIRM)
    statement["NotPrincipal"] = {"AWS": PARTNER}
    del statement["Principal"]
    assert _statements(_tighten(statement))[0]["Principal"] == {"AWS": "<PRINCIPAL-1>"}


def test_statements_for_nobody_go():
    over = {**FIRM, "DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
    found = _tighten(_allow({"AWS": ROLE}, over), _allow({"AWS": "AIDAJQABLZS4A3QDU576Q"}, FIRM))
    assert found.policies == {"p": ""}
    assert _codes(found) == ["admits-nobody", "admits-nobody"]
    assert "AIDAJQABLZS4A3QDU576Q" in found.proposals[1].text


def test_numbers_count_the_allows_of_all_policies():
    text = json.dumps({"Version": "2012-10-17", "Statement": _allow("*", FIRM)})
    found = tighten(
        {"a": text, "b": "{", "c": text}, identity_arn=IDENTITY, owner_account=OWNER, registry=Registry(), at=NOW
    )
    assert [(each.policy, each.name) for each in found.placeholders] == [("a", "PRINCIPAL-1"), ("c", "PRINCIPAL-2")]
    assert set(found.policies) == {"a", "c"}
    assert isinstance(json.loads(found.policies["a"])["Statement"], dict)


def test_nobody_is_let_in_besides():
    """Whatever the tightened version allows, the policies as they were allow too, unless a step says that it opens."""
    allowed = 0
    for seed in range(120):
        dice = SeededDice(seed)
        documents = policies(dice)
        before = texts(documents)
        found = _answered(before, keeps_all=seed % 2 == 0)
        after = {name: text for name, text in found.policies.items() if text}
        if any(proposal.opens for proposal in found.proposals):
            continue
        constants = constants_of(documents)
        for population in (*POPULATIONS, *POPULATIONS):
            request = request_of(dice, population, documents, constants)
            if evaluate({WORLD_IDENTITY: after}, request).allowed:
                allowed += 1
                assert evaluate({WORLD_IDENTITY: before}, request).allowed, (seed, request)
    assert allowed > 50, allowed


def _answered(before: dict[str, str], *, keeps_all: bool) -> Tightened:
    """Principals are always kept, for a new one may be another."""
    context: dict[str, Any] = {
        "identity_arn": WORLD_IDENTITY,
        "owner_account": WORLD_OWNER,
        "registry": Registry(),
        "at": AT,
    }
    answers = {
        PlaceholderKind.PRINCIPAL: KEEP,
        PlaceholderKind.SOURCE_ACCOUNT: WORLD_OWNER,
        PlaceholderKind.FROM_ADDRESS: "*",
        PlaceholderKind.SOURCE_IP: "0.0.0.0/0 ::/0",
        PlaceholderKind.END_DATE: "2030-01-01",
    }
    asked = tighten(before, **context).placeholders
    made = {each.name: KEEP if keeps_all else answers[each.kind] for each in asked}
    return tighten(before, **context, answers=made)
