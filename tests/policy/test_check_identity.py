"""Which identity a policy is judged on, where nobody names one."""

import json

import pytest

from inventory.policy.check.inputs import identity_in, read_identities

ARN = "arn:aws:ses:us-east-1:111111111111:identity/example.com"


def policy(resource: object, **more: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": resource, **more}]}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("resource", [ARN, [ARN], ["*", ARN]])
def test_the_resource_names_it_however_the_text_is_laid_out(resource: object, indent: int | None) -> None:
    condition = {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-ours"}}
    text = json.dumps(policy(resource, Condition=condition), indent=indent, separators=(",", ":"))
    assert identity_in(text) == ARN


def test_escapes_are_read_as_json_reads_them() -> None:
    assert identity_in(json.dumps(policy(ARN)).replace("/", "\\/")) == ARN


def test_an_identity_in_a_condition_is_not_the_one_that_is_judged() -> None:
    other = ARN.replace("example.com", "other.example")
    text = json.dumps({"Statement": {"Condition": {"ArnLike": {"aws:SourceArn": other}}, "Resource": ARN}})
    assert identity_in(text) == ARN


def test_a_text_that_does_not_parse_still_says_whose_it_is() -> None:
    assert identity_in('{"Statement":{"Resource":"' + ARN + '","Effect":"Allow",}}') == ARN


def test_each_policy_of_a_map_is_judged_on_its_own_identity() -> None:
    other = ARN.replace("example.com", "other.example")
    found = read_identities(json.dumps({"a": policy(ARN), "b": json.dumps(policy(other))}), None, None, "p")
    assert [(each.arn, [p.name for p in each.policies]) for each in found] == [(ARN, ["a"]), (other, ["b"])]
