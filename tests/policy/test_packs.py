"""Packs: the documents that bring a change about and leave everybody else as they were."""

import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.policy.grants.changes import Change, Ground, counted, own_calls
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.packs import Pack, is_done, make_pack
from inventory.policy.grants.placing import MOST_POLICIES
from inventory.policy.grants.terms import GrantTerms, PinnedService
from inventory.policy.trust import Registry, Trust

OWNER, PARTNER, OTHER, THIRD = "555566667777", "666677778888", "777788880000", "888800001111"
ARN = f"arn:aws:ses:eu-west-1:{OWNER}:identity/shop.example.com"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
END = date(2027, 3, 31)
REGISTRY = Registry(accounts={PARTNER: Trust.PARTNER, OTHER: Trust.PARTNER, THIRD: Trust.PARTNER})
GROUND = Ground(ARN, OWNER, REGISTRY, AT)


def role(account: str, name: str = "mailer") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def terms(principal: str = PARTNER, **given: Any) -> GrantTerms:
    usual: dict[str, Any] = {
        "identity_arn": ARN,
        "principals": (principal,),
        "actions": ("ses:SendEmail", "ses:SendRawEmail"),
        "ends_on": END,
    }
    return GrantTerms(**usual | given)


def allow(principal: Any, **rest: Any) -> dict[str, Any]:
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    actions = ["ses:SendEmail", "ses:SendRawEmail"]
    return {"Effect": "Allow", "Principal": who, "Action": actions, "Resource": ARN, **rest}


def policy(*statements: dict[str, Any], **rest: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **rest})


def put(given: GrantTerms, **rest: Any) -> Change:
    return Change(is_removal=False, terms=given, policy="sesgov-grant-7", **rest)


def remove(given: GrantTerms | None = None, **rest: Any) -> Change:
    return Change(is_removal=True, terms=given, policy=rest.pop("policy", "sesgov-grant-7" if given else ""), **rest)


def made(policies: dict[str, str], change: Change) -> tuple[Pack, dict[str, Any]]:
    """The pack, borne out by the engine, and its documents parsed."""
    pack = make_pack(policies, change, GROUND)
    if not pack.problem:
        assert is_done(pack.applied_to(policies), change, GROUND)
    return pack, {name: json.loads(text) for name, text in pack.writes.items()}


def others(policies: dict[str, str], *accounts: str) -> list[Any]:
    """What the accounts have, wherever it stands."""
    return counted(
        [p for p in GROUND.parts(policies) if set(p.accounts) | {w[13:25] for w in p.principals} & {*accounts}]
    )


def test_a_new_grant_gets_a_policy_of_its_own():
    pack, documents = made({}, put(terms()))
    assert list(pack.writes) == ["sesgov-grant-7"]
    assert documents["sesgov-grant-7"] == minimal_policy(terms())


def test_a_grant_that_is_in_place_needs_nothing():
    live = {"sesgov-grant-7": json.dumps(minimal_policy(terms()))}
    assert made(live, put(terms()))[0] == Pack()
    assert is_done(live, put(terms()), GROUND)


def test_the_same_terms_without_an_end_get_the_end_and_nothing_else():
    live = {"partner": policy(allow(PARTNER, Sid="Mail"))}
    _, documents = made(live, put(terms()))
    (statement,) = documents["partner"]["Statement"]
    assert statement == allow(
        PARTNER, Sid="Mail", Condition={"DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"}}
    )


def test_what_ends_too_early_gets_the_later_end():
    live = {"partner": json.dumps(minimal_policy(terms(ends_on=date(2026, 12, 31))))}
    assert not is_done(live, put(terms()), GROUND)
    _, documents = made(live, put(terms()))
    assert documents["partner"] == minimal_policy(terms())


def test_what_is_wider_is_replaced_in_its_place():
    live = {"partner": policy(allow(PARTNER), allow(OTHER, Sid="Keep"))}
    narrow = terms(from_addresses=("news@shop.example.com",))
    pack, documents = made(live, put(narrow))
    assert pack.deletes == ()
    first, second = documents["partner"]["Statement"]
    assert first["Condition"]["StringEquals"] == {"ses:FromAddress": "news@shop.example.com"}
    assert second == allow(OTHER, Sid="Keep")


def test_others_in_the_same_statement_keep_what_they_have():
    live = {"partners": policy(allow([PARTNER, OTHER, role(THIRD)], Sid="All"))}
    _, documents = made(live, put(terms()))
    shared, own = documents["partners"]["Statement"]
    assert shared["Principal"] == {"AWS": [OTHER, role(THIRD)]}
    assert own["Principal"] == {"AWS": PARTNER}


def test_a_removal_takes_one_out_of_a_list_and_leaves_the_others():
    live = {"partners": policy(allow([PARTNER, OTHER]))}
    _, documents = made(live, remove(terms()))
    assert documents["partners"]["Statement"] == [allow([OTHER])]


def test_a_removal_deletes_the_policy_of_which_nothing_is_left():
    live = {"partner": policy(allow(PARTNER)), "other": policy(allow(OTHER))}
    pack, _ = made(live, remove(terms()))
    assert (pack.writes, pack.deletes) == ({}, ("partner",))


def test_a_deny_in_the_policy_stays():
    deny = {"Effect": "Deny", "Principal": {"AWS": OTHER}, "Action": "ses:*", "Resource": ARN}
    live = {"partner": policy(allow(PARTNER), deny)}
    _, documents = made(live, remove(terms()))
    assert documents["partner"]["Statement"] == [deny]


def test_a_value_is_taken_out_of_a_list_in_a_condition():
    service = {"Service": "ses.amazonaws.com"}
    live = {"s": policy(allow(service, Condition={"StringEquals": {"aws:SourceAccount": [PARTNER, OTHER]}}))}
    gone = terms(principals=(), services=(PinnedService("ses.amazonaws.com", PARTNER),))
    _, documents = made(live, remove(gone))
    assert documents["s"]["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": [OTHER]}}


def test_another_grant_of_the_same_caller_is_left_alone():
    news, alerts = (terms(from_addresses=(f"{name}@shop.example.com",)) for name in ("news", "alerts"))
    live = {"news": json.dumps(minimal_policy(news)), "alerts": json.dumps(minimal_policy(alerts))}
    pack, _ = made(live, remove(alerts, kept=(news,)))
    assert pack.deletes == ("alerts",)
    assert pack.writes == {}


def test_what_aws_ended_itself_is_done_and_its_dead_statement_is_tidied():
    over = terms(ends_on=date(2026, 11, 1))
    live = {"partner": json.dumps(minimal_policy(over)), "other": policy(allow(OTHER))}
    assert is_done(live, remove(over), GROUND)
    assert made(live, remove(over))[0].deletes == ("partner",)


def test_whoever_cannot_be_cut_out_is_stopped_by_a_deny_that_spares_the_others():
    live = {"whole": policy(allow(OTHER), allow(PARTNER))}
    pack, documents = made(live, remove(terms(role(PARTNER))))
    assert "statement 2 of policy whole lets them in together with others" in pack.problem
    assert documents["sesgov-grant-7-stop"]["Statement"][0]["Principal"] == {"AWS": [role(PARTNER)]}
    after = pack.applied_to(live)
    assert is_done(after, remove(terms(role(PARTNER))), GROUND)
    assert others(after, OTHER) == others(live, OTHER)


def test_a_removal_is_not_done_while_anyone_at_all_may_send():
    live = {"open": policy(allow("*"))}
    assert not is_done(live, remove(terms()), GROUND)
    assert "lets them in together with others" in make_pack(live, remove(terms()), GROUND).problem


def test_a_role_is_not_out_of_a_policy_that_lets_its_whole_account_in():
    live = {"partner": policy(allow(PARTNER)), "open": policy(allow("*"))}
    change = remove(principals=(role(PARTNER),), policy="partner")
    assert not is_done(live, change, GROUND)
    pack = make_pack(live, change, GROUND)
    assert "statement 1 of policy partner lets them in" in pack.problem
    assert list(pack.writes) == ["partner-stop"]
    assert is_done({"open": live["open"]}, change, GROUND), "another policy is another task"


def test_not_principal_is_not_split():
    live = {"odd": policy({**allow(PARTNER), "NotPrincipal": {"AWS": OTHER}})}
    del (root := json.loads(live["odd"]))["Statement"][0]["Principal"]
    live["odd"] = json.dumps(root)
    pack = make_pack(live, remove(principals=(PARTNER,)), GROUND)
    assert "(NotPrincipal)" in pack.problem or "lets them in" in pack.problem
    assert list(pack.writes) == ["sesgov-stop"]
    assert not is_done(live, remove(terms()), GROUND)


def test_a_deny_overwrites_nothing():
    live = {"partner": policy(allow(PARTNER)), "partner-stop": policy(allow(OTHER))}
    pack = make_pack(live, remove(principals=(role(PARTNER),), policy="partner"), GROUND)
    assert list(pack.writes) == ["partner-stop-2"]


def test_everybody_outside_is_taken_out_of_one_policy():
    live = {"open": policy(allow("*")), "partner": policy(allow(PARTNER))}
    pack, _ = made(live, remove(policy="open"))
    assert (pack.writes, pack.deletes) == ({}, ("open",))


def test_a_policy_that_cannot_be_read_settles_nothing():
    live = {"broken": "{", "partner": policy(allow(PARTNER))}
    assert "broken cannot be read" in make_pack(live, remove(terms()), GROUND).problem
    assert not is_done({"broken": "{"}, remove(terms()), GROUND)


def test_the_twenty_first_policy_goes_into_one_that_has_room():
    live = {f"p{number:02}": policy(allow(role(OTHER, f"r{number}"))) for number in range(MOST_POLICIES)}
    pack, documents = made(live, put(terms()))
    assert list(documents) == ["p00"]
    assert "SES takes 20 policies" in pack.notes[0]


def test_a_document_that_would_grow_over_4_kb_makes_room_for_a_policy_of_its_own():
    many = [role(OTHER, f"a-role-with-a-rather-long-name-{number:03}") for number in range(55)]
    live = {"partners": policy(allow([PARTNER, *many]))}
    pack, documents = made(live, put(terms(from_addresses=tuple(f"news{n}@shop.example.com" for n in range(40)))))
    assert set(documents) == {"partners", "sesgov-grant-7"}
    assert all(len(text) <= 4096 for text in pack.writes.values())


def test_an_old_version_of_the_language_gets_no_statement_that_needs_the_new_one():
    live = {"old": json.dumps({"Version": "2008-10-17", "Statement": [allow([PARTNER, OTHER])]})}
    _, documents = made(live, put(terms()))
    assert documents["old"]["Version"] == "2008-10-17"
    assert documents["sesgov-grant-7"]["Version"] == "2012-10-17"


def test_a_future_grant_begins_by_itself():
    later = terms(starts_on=date(2027, 1, 1))
    _, documents = made({}, put(later))
    window = documents["sesgov-grant-7"]["Statement"][0]["Condition"]
    assert window["DateGreaterThanEquals"] == {"aws:CurrentTime": "2027-01-01T00:00:00Z"}


_LIMITS: tuple[dict[str, Any], ...] = (
    {},
    {"Condition": {"StringEquals": {"ses:FromAddress": "news@shop.example.com"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}},
)
_NAMES = (PARTNER, OTHER, role(PARTNER), role(OTHER), f"arn:aws:iam::{THIRD}:root", role(PARTNER, "*"), OWNER)


@st.composite
def estates(draw: st.DrawFn) -> dict[str, str]:
    """A few policies that let the same handful of callers in, alone and together."""
    found = {}
    for name in ("one", "two")[: draw(st.integers(1, 2))]:
        statements = [
            allow(
                draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True)),
                **draw(st.sampled_from(_LIMITS)),
            )
            for _ in range(draw(st.integers(1, 2)))
        ]
        if draw(st.integers(0, 4)) == 0:
            statements.append({"Effect": "Deny", "Principal": {"AWS": OTHER}, "Action": "ses:*", "Resource": ARN})
        found[name] = policy(*statements)
    return found


@settings(max_examples=80, deadline=None)
@given(estates(), st.sampled_from((PARTNER, role(PARTNER), THIRD)), st.booleans())
def test_whatever_is_there_others_keep_their_calls_and_nobody_new_gets_in(live, who, is_removal):
    change = remove(terms(who)) if is_removal else put(terms(who))
    pack = make_pack(live, change, GROUND)
    if pack.is_empty:
        assert pack.problem or is_done(live, change, GROUND)
        return
    after = pack.applied_to(live)
    assert is_done(after, change, GROUND)
    stay = [part for part in GROUND.parts(live) if not change.means(part, AT)]
    assert all(GROUND.decide(after, call).allowed for part in stay for call in own_calls(part))
    for part in GROUND.parts(after):
        for call in own_calls(part):
            assert GROUND.decide(live, call).allowed or (not is_removal and change.means(part, AT))
