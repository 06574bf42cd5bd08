"""The demo estate as data: counts, names, owners, and what it must never hold."""

import json
import re
from collections import Counter

from sesgov.demo import estate_accounts as known
from sesgov.demo.estate import build_world, expected_rules, scopes
from sesgov.demo.estate_cases import CASES
from sesgov.demo.estate_people import LEFT, LOGINS, PEOPLE, TEAMS

DOCUMENTATION_IDS = {"123456789012", "111122223333", "999999999999", "444455556666", "111111111111", "222222222222"}
EXAMPLE_DOMAIN = re.compile(r"(^|\.)(example\.(com|org|net)|[a-z]+\.example)$")
ROLES = {"viewer", "owner", "security", "vendor_manager", "auditor", "admin"}


def identities():
    return [(account, item) for account in build_world()["accounts"] for item in account["identities"]]


def test_there_are_twelve_accounts_in_five_regions_and_400_identities():
    accounts = build_world()["accounts"]
    assert Counter(account["partition"] for account in accounts) == {"aws": 11, "aws-us-gov": 1}
    assert {region for account in accounts for region in account["regions"]} == {*known.REGIONS, "us-gov-west-1"}
    assert len(identities()) == 400
    assert scopes() == sum(len(account["regions"]) for account in accounts) == 56


def test_no_scope_takes_longer_than_ten_readings():
    per_scope = Counter((account["id"], item["region"]) for account, item in identities())
    assert max(per_scope.values()) <= 10


def test_it_is_the_same_on_every_call():
    assert json.dumps(build_world()) == json.dumps(build_world())


def test_every_name_is_an_example_name():
    for _, item in identities():
        assert EXAMPLE_DOMAIN.search(item["name"].rpartition("@")[2]), item["name"]


def test_documentation_ids_stand_only_where_that_is_the_case_shown():
    text = json.dumps(build_world())
    assert {number for number in DOCUMENTATION_IDS if number in text} == {known.PLACEHOLDER}
    holders = [item["name"] for _, item in identities() if known.PLACEHOLDER in json.dumps(item["policies"])]
    assert holders == ["preview.staging.shop.example.com"]


def test_every_case_is_on_an_identity_that_exists_and_is_not_repeated():
    held = {(account["id"], item["region"], item["name"]): item for account, item in identities()}
    regions = {account["id"]: account["regions"] for account in build_world()["accounts"]}
    for case in CASES:
        for region in regions[case.account.id] if case.region == "*" else [case.region]:
            assert set(held[case.account.id, region, case.name]["policies"]) == set(case.policies), case.name
    assert len({(case.account.id, case.region, case.name) for case in CASES}) == len(CASES)


def test_policies_name_their_own_identity_as_resource():
    for account, item in identities():
        arn = f"arn:{account['partition']}:ses:{item['region']}:{account['id']}:identity/{item['name']}"
        for policy in item["policies"].values():
            if isinstance(policy, dict):
                assert {statement["Resource"] for statement in policy["Statement"]} == {arn}
                assert len(json.dumps(policy)) <= 4096


def test_most_identities_are_in_order():
    in_cases = {case.name for case in CASES}
    plain = [item for _, item in identities() if item["name"] not in in_cases]
    assert len(plain) > 340
    assert sum(1 for item in plain if not item["policies"]) > 200


def test_owners_are_tagged_in_every_way_that_people_tag():
    teams = {team.name for team in TEAMS}
    aliases = {alias for team in TEAMS for alias in team.aliases}
    people = {person.email for person in PEOPLE if not person.has_left}
    values: Counter[str] = Counter()
    for _, item in identities():
        owner = next(
            (value for key, value in item["tags"].items() if key.lower() in ("owner", "team", "contact")), None
        )
        kinds = {"none": owner is None, "team": owner in teams, "alias": owner in aliases, "left": owner in LEFT}
        values[next((kind for kind, holds in kinds.items() if holds), "person" if owner in people else "lost")] += 1
    assert set(values) == {"none", "team", "alias", "person", "left", "lost"}
    assert values["team"] + values["alias"] + values["person"] > 250
    assert min(values.values()) >= 5


def test_there_is_one_sign_in_per_role():
    assert {person.roles for person in LOGINS} == {(role,) for role in ROLES}
    assert all(person.email.endswith("@example.com") for person in PEOPLE)


def test_the_rules_of_the_catalogue_are_all_expected():
    assert len(expected_rules()) == 24
