"""Administration, marks of an attack, traps in conditions, shapes, and copies in other regions."""

from dataclasses import replace
from typing import Any

import pytest

from inventory.policy.delegations import Channel, Limit, PolicyProblem
from inventory.policy.note_codes import NoteCode
from inventory.policy.reach import Reach
from inventory.policy.rules import RegionCopy, Severity, judge
from inventory.policy.rules.copies import admission_lines, denials
from inventory.policy.trust import Trust
from tests.policy.rule_builders import (
    ARN,
    FROM_NETWORK,
    FROM_ONE,
    OWNER,
    PARTNER,
    STRANGER,
    delegation,
    fired,
    note,
    only,
    role,
    text,
)
from tests.policy.rule_builders import subject as identity

EVERYTHING: dict[str, Any] = {
    "action_classes": ("send", "policy-admin", "identity-admin"),
    "actions": ("ses:SendEmail",),
}
BULK: dict[str, Any] = {"actions": ("ses:SendBulkEmail", "ses:SendEmail")}


@pytest.mark.parametrize("kind", ["policy-admin", "identity-admin"])
def test_an_outsider_may_possibly_administer(kind):
    found = only(identity(role(action_classes=(kind,), actions=())), "policy-admin-delegated")
    assert (found.severity, found.subject) == (Severity.HIGH, PARTNER)
    assert "possibly" in found.text


def test_anyone_may_possibly_administer():
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, action_classes=("policy-admin",), actions=())
    assert only(identity(public), "policy-admin-delegated").severity is Severity.CRITICAL


def test_of_two_words_on_one_place_the_worse_stays():
    kinds = {"action_classes": ("policy-admin",), "actions": ()}
    network = delegation(Reach.NETWORK, Trust.UNKNOWN, channel=Channel.VPC_ENDPOINT, **kinds)
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, **kinds)
    assert only(identity(network, public), "policy-admin-delegated").severity is Severity.CRITICAL


@pytest.mark.parametrize("kind", ["template", "send", "read"])
def test_other_actions_are_no_administration(kind):
    assert "policy-admin-delegated" not in fired(identity(role(action_classes=(kind,))))


def _statement(principal, action="ses:*", **rest):
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": ARN} | rest


ROOT = f"arn:aws:iam::{OWNER}:root"
INTRUDER = f"arn:aws:iam::{STRANGER}:user/evil"


def test_the_attack_tools_name_on_a_policy():
    judged = identity(policies={"Endgame": text(_statement({"AWS": ROOT}))})
    found = only(judged, "endgame-marker")
    assert (found.severity, found.policy) == (Severity.CRITICAL, "Endgame")


def test_the_attack_tools_name_on_a_statement():
    marked = text(_statement({"AWS": ROOT}, Sid="Other"), _statement({"AWS": INTRUDER}, Sid="Endgame"))
    assert only(identity(policies={"partner": marked}), "endgame-marker").statement == 1


@pytest.mark.parametrize("name", ["endgame", "Endgame2", "TheEndgame"])
def test_another_name_is_no_mark(name):
    assert fired(identity(policies={name: text(_statement({"AWS": ROOT}, Sid=name))})) == set()


@pytest.mark.parametrize("trust", [Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER])
@pytest.mark.parametrize("owner", [ROOT, OWNER])
@pytest.mark.parametrize("together", [True, False])
def test_the_pair_of_own_root_and_an_outsider(trust, owner, together):
    pair = [_statement({"AWS": [owner, INTRUDER]})]
    if not together:
        pair = [_statement({"AWS": owner}, "SES:*"), _statement({"AWS": [INTRUDER]})]
    outsider = role(STRANGER, trust, statement=len(pair) - 1, **EVERYTHING)
    assert only(identity(outsider, policies={"partner": text(*pair)}), "endgame-marker").statement == len(pair) - 1


@pytest.mark.parametrize(
    ("trust", "owner_action", "outsider_action", "owner"),
    [
        (Trust.PARTNER, "ses:*", "ses:*", ROOT),
        (Trust.ORGANIZATION, "ses:*", "ses:*", ROOT),
        (Trust.UNKNOWN, "ses:*", "ses:SendEmail", ROOT),
        (Trust.UNKNOWN, "ses:SendEmail", "ses:*", ROOT),
        (Trust.UNKNOWN, "ses:*", "ses:*", f"arn:aws:iam::{OWNER}:role/admin"),
        (Trust.UNKNOWN, "ses:*", "ses:*", f"arn:aws:iam::{PARTNER}:root"),
    ],
)
def test_half_a_pair_is_no_mark(trust, owner_action, outsider_action, owner):
    half = text(_statement({"AWS": owner}, owner_action), _statement({"AWS": INTRUDER}, outsider_action))
    judged = identity(role(STRANGER, trust, statement=1, **EVERYTHING), policies={"partner": half})
    assert "endgame-marker" not in fired(judged)


def test_a_root_that_is_denied_is_no_half_of_the_pair():
    denied = _statement({"AWS": ROOT}) | {"Effect": "Deny"}
    judged = identity(
        role(STRANGER, Trust.UNKNOWN, statement=1, **EVERYTHING),
        policies={"partner": text(denied, _statement({"AWS": INTRUDER}))},
    )
    assert "endgame-marker" not in fired(judged)


@pytest.mark.parametrize("broken", ["{", "[]", '"x"', '{"Statement": [1, null]}', "[" * 100_000, '{"Statement": 7}'])
def test_text_that_is_no_policy_does_not_stop_the_judge(broken):
    assert "endgame-marker" in fired(identity(policies={"Endgame": broken}))


def test_bulk_calls_escape_a_limit_of_an_allow():
    trap = note(NoteCode.BULK_ESCAPES_LIMIT, "Statement", 0, "Condition", "StringNotLike", "ses:FromAddress")
    judged = identity(role(**BULK), notes=(trap,))
    assert only(judged, "bulk-escapes-from").path[-1] == "ses:FromAddress"


def test_bulk_calls_escape_a_limit_of_a_deny_in_another_statement():
    trap = note(NoteCode.BULK_ESCAPES_LIMIT, "Statement", 1, "Condition", "StringLike", "ses:FromAddress", statement=1)
    assert "bulk-escapes-from" in fired(identity(role(**BULK), notes=(trap,)))


def test_no_bulk_calls_or_no_outsider_and_nothing_escapes():
    trap = note(NoteCode.BULK_ESCAPES_LIMIT, "Statement", 0, "Condition", "StringNotLike", "ses:FromAddress")
    assert fired(identity(role(), notes=(trap,))) == set()
    of_a_deny = note(NoteCode.BULK_ESCAPES_LIMIT, "Statement", 1, "Condition", "StringLike", "k", statement=1)
    assert fired(identity(role(), notes=(of_a_deny,))) == set()
    assert fired(identity(delegation(Reach.SELF, Trust.OWN, **BULK), notes=(trap,))) == set()
    elsewhere = role(policy="other", **BULK)
    assert fired(identity(delegation(Reach.SELF, Trust.OWN, **BULK), elsewhere, notes=(trap,))) == set()


@pytest.mark.parametrize(
    ("code", "key"),
    [(NoteCode.KEY_DOES_NOT_EXIST, "ses:RequireTLS"), (NoteCode.KEY_NEVER_SENT_DIRECTLY, "aws:SourceAccount")],
)
def test_a_condition_nobody_can_meet_fires_though_nobody_is_let_in(code, key):
    judged = identity(delegation(Reach.INERT, None), notes=(note(code, "Statement", 0, "Condition", "Bool", key),))
    found = only(judged, "inert-condition")
    assert key in found.text
    assert fired(judged) == {"inert-condition"}


@pytest.mark.parametrize(
    ("reach", "severity"),
    [(Reach.PUBLIC, "high"), (Reach.UNDETERMINED, "high"), (Reach.ACCOUNT, "low"), (Reach.ORGANIZATION, "low")],
)
def test_an_empty_condition_is_grave_where_everyone_comes_in(reach, severity):
    trap = note(NoteCode.VACUOUS_CONDITION, "Statement", 0, "Condition", "StringEqualsIfExists", "aws:PrincipalOrgID")
    found = only(identity(delegation(reach, Trust.UNKNOWN), notes=(trap,)), "vacuous-condition")
    assert found.severity == severity


@pytest.mark.parametrize(("reach", "severity"), [(Reach.PUBLIC, "high"), (Reach.ACCOUNT, "medium")])
def test_a_deny_that_never_fires(reach, severity):
    trap = note(NoteCode.DEAD_DENY, "Statement", 1, "Condition", "Bool", "ses:RequireTLS", statement=1)
    assert only(identity(delegation(reach, Trust.UNKNOWN), notes=(trap,)), "dead-deny").severity == severity


def test_a_deny_that_strangers_skip_is_dead_only_while_the_door_is_open():
    place = ("Statement", 1, "Condition", "ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths")
    trap = note(NoteCode.DENY_SKIPS_MISSING_KEY, *place, statement=1)
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=())
    assert only(identity(public, notes=(trap,)), "dead-deny").severity == "high"
    assert fired(identity(role(), notes=(trap,))) == set()


def test_a_note_of_analysis_and_delegation_is_told_once():
    trap = note(NoteCode.KEY_DOES_NOT_EXIST, "Statement", 0, "Condition", "Bool", "ses:RequireTLS")
    only(identity(delegation(Reach.INERT, None, notes=(trap,)), notes=(trap,)), "inert-condition")


def test_notes_without_a_rule_fire_nothing():
    assert fired(identity(role(), notes=(note(NoteCode.CALLER_CHOSEN_KEY), note(NoteCode.TOO_LARGE)))) == set()


def test_a_deleted_principal():
    ids = ("AIDAEXAMPLEOFUSER1234", "AROAEXAMPLEOFROLE1234")
    judged = identity(delegation(Reach.DANGLING, None, accounts=(), principals=ids))
    assert [(each.rule_id, each.subject, each.severity) for each in judge(judged)] == [
        ("dangling-delegate", each, Severity.LOW) for each in ids
    ]


def test_a_policy_that_cannot_be_read_is_a_finding_and_so_is_what_cannot_be_judged():
    problem = PolicyProblem("broken", "AWS knows no element 'Principals' here", 3, 7, "Statement[0].Principals")
    found = only(identity(problems=(problem,)), "invalid-policy")
    assert (found.policy, found.statement) == ("broken", None)
    assert "line 3, column 7" in found.text
    undetermined = delegation(Reach.UNDETERMINED, Trust.UNKNOWN)
    assert fired(identity(undetermined)) == {"undetermined-send", "invalid-policy"}


def test_a_note_tells_what_is_undetermined_and_is_not_repeated():
    trap = note(NoteCode.UNDETERMINED, "Statement", 0, "Condition", "StringSoundsLike")
    found = only(identity(delegation(Reach.UNDETERMINED, Trust.UNKNOWN), notes=(trap,)), "invalid-policy")
    assert found.path[-1] == "StringSoundsLike"


def test_allow_with_not_principal_is_a_shape_of_the_past():
    shape = {"Effect": "Allow", "NotPrincipal": {"AWS": PARTNER}, "Action": "ses:SendEmail", "Resource": ARN}
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=())
    assert fired(identity(public, policies={"partner": text(shape)})) == {"public-send", "invalid-policy"}
    assert fired(identity(policies={"partner": text(shape | {"Effect": "Deny"})})) == set()


def _lines(*delegations):
    return admission_lines(identity(*delegations).analysis)


def test_copies_drift_where_this_one_lets_in_more():
    copy = RegionCopy("us-east-1", _lines(role()))
    found = only(identity(role(), role(STRANGER), region_copies=(copy,)), "region-drift")
    assert found.text == "In eu-west-1 the policies let in account 4444-5555-6666 in a way that us-east-1 does not."


def test_the_narrower_copy_has_nothing_to_take_away():
    copy = RegionCopy("us-east-1", _lines(role(), role(STRANGER)))
    assert fired(identity(role(), region_copies=(copy,))) == set()


@pytest.mark.parametrize(
    "other",
    [
        role(policy="renamed"),
        role(statement=4),
        role(sid="Named"),
        role(limits=(FROM_NETWORK, FROM_ONE)),
    ],
)
def test_names_and_order_are_no_drift(other):
    assert fired(identity(role(), region_copies=(RegionCopy("us-east-1", _lines(other)),))) == set()


def _regional(region, vpce):
    limits = (
        FROM_ONE,
        Limit("network", "aws:SourceVpce", "StringEquals", (vpce,)),
        Limit("other", "aws:SourceArn", "ArnLike", (f"arn:aws:cognito-idp:{region}:{OWNER}:userpool/*",)),
    )
    return identity(role(limits=limits), arn=ARN.replace("eu-west-1", region))


def test_what_differs_between_regions_by_nature_is_no_drift():
    copy = RegionCopy("us-east-1", admission_lines(_regional("us-east-1", "vpce-2").analysis))
    here = _regional("eu-west-1", "vpce-1")
    assert fired(replace(here, region_copies=(copy,))) == set()


def test_a_limit_that_limits_nothing_is_no_drift():
    idle = Limit("recipients", "ses:Recipients", "StringLike", ("*",), is_effective=False)
    copy = RegionCopy("us-east-1", _lines(role(limits=(FROM_ONE, FROM_NETWORK, idle))))
    assert fired(identity(role(), region_copies=(copy,))) == set()


@pytest.mark.parametrize("other", [role(limits=(FROM_ONE,)), role(actions=("ses:SendRawEmail",)), delegation()])
def test_other_limits_actions_or_reach_are_drift(other):
    judged = identity(role(), region_copies=(RegionCopy("us-east-1", _lines(other)),))
    assert "region-drift" in fired(judged)


def test_a_deny_for_encryption_is_no_deny_of_anyone():
    asks: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "ses:*", "Resource": ARN}
    tls: dict[str, Any] = asks | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    network: dict[str, Any] = asks | {"Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}
    assert denials({"p": text(tls)}) == []
    both = asks | {"Condition": tls["Condition"] | network["Condition"]}
    assert [place[:2] for place in denials({"p": text(tls, network, asks, both)})] == [("p", 1), ("p", 2), ("p", 3)]
