"""The role that is deployed allows exactly the calls that are made: no more, no less."""

import json
import re

import pytest
import yaml
from django.utils import timezone

from inventory.aws.reading_policy import READ_ACTIONS
from inventory.pages.connect import connect_context
from inventory.services.registry.account_checks import Checker, request_checks
from tests.architecture.imports import ROOT
from tests.collection import discovering
from tests.collection.discovering import discover
from tests.collection.estate import LIMITS, begin, collector, policy
from tests.collection.organization import EXTERNAL_ID, KEY, ROLE, member, world

TEMPLATE = ROOT / "deploy" / "cloudformation" / "sesgov-read-role.yaml"
MODULE = ROOT / "deploy" / "terraform" / "read-role"
READER = ROOT / "deploy" / "reader-policy.json"
_PREFIXES = {"sesv2": "ses"}


class _Loader(yaml.SafeLoader):
    """Knows the short forms of CloudFormation's functions as what they are called with."""


_Loader.add_multi_constructor("!", lambda loader, _suffix, node: loader.construct_scalar(node))


def template():
    return yaml.load(TEMPLATE.read_text(), Loader=_Loader)  # noqa: S506 - a safe loader


def template_actions():
    (given,) = template()["Resources"]["ReadRole"]["Properties"]["Policies"]
    return {action for statement in given["PolicyDocument"]["Statement"] for action in statement["Action"]}


def module_actions():
    """The actions of the module's own document; its trust policy names sts:AssumeRole alone."""
    text = (MODULE / "main.tf").read_text()
    document = text[text.index('"aws_iam_policy_document" "read"') :]
    listed = re.search(r"actions = \[(.*?)\]", document, re.DOTALL)
    assert listed is not None
    return set(re.findall(r'"([^"]+)"', listed.group(1)))


@pytest.mark.django_db
def test_template_and_module_allow_what_a_collection_calls_and_nothing_else(double, monkeypatch):
    """All that the double is asked for with an assumed role: collections with each fallback, and checks."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    members = [member(number) for number in range(1, 4)]
    double.load_world(world(*members))
    discover()
    for each in members:
        double.put_identity(each["id"], "eu-west-1", "example.com", policies={"p": policy()})
    double.fault("deny", account=members[0]["id"], action="ListEmailIdentities")
    double.fault("deny", account=members[1]["id"], action="ListRegions")
    collector(role_name=ROLE, external_id=EXTERNAL_ID).work_to_the_end(begin(regions=()))
    request_checks(acting_user=None, at=timezone.now())
    Checker(discovering.sessions, collector().pacer, LIMITS, timezone.now).work()

    made = [call for call in double.calls() if call["access_key"].startswith("ASIA")]
    asked = {f"{_PREFIXES.get(call['service'], call['service'])}:{call['action']}" for call in made}
    assert asked == set(READ_ACTIONS)
    assert template_actions() == asked
    assert module_actions() == asked


@pytest.mark.django_db
def test_the_readers_own_policy_allows_what_is_asked_with_its_own_credentials(double, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    double.load_world(world(member(1), legacy_status=True))
    discover()
    collector(role_name=ROLE, external_id=EXTERNAL_ID).work_to_the_end(begin(accounts=[member(1)["id"]]))

    own = [call for call in double.calls() if call["access_key"] == KEY]
    asked = {f"{call['service']}:{call['action']}" for call in own}
    statements = json.loads(READER.read_text())["Statement"]
    actions = {action for each in statements for action in _listed(each["Action"])}
    # GetCallerIdentity needs no permission.
    assert asked - {"sts:GetCallerIdentity"} == actions
    assert statements[0]["Resource"] == f"arn:aws:iam::*:role/{ROLE}"


def _listed(value):
    return value if isinstance(value, list) else [value]


def test_only_the_reader_with_the_external_id_may_assume_the_role():
    (statement,) = template()["Resources"]["ReadRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": "ReaderPrincipalArn"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "ExternalId"}}
    trust = (MODULE / "main.tf").read_text().partition('"aws_iam_policy_document" "read"')[0]
    assert 'variable = "sts:ExternalId"' in trust
    assert "identifiers = [var.reader_principal_arn]" in trust
    assert '"*"' not in trust
    assert template()["Parameters"]["ExternalId"]["NoEcho"] is True
    assert "sensitive   = true" in (MODULE / "variables.tf").read_text()


@pytest.mark.django_db
def test_the_commands_of_the_connect_page_name_parameters_that_exist(settings):
    settings.SESGOV_ROLE_NAME, settings.SESGOV_EXTERNAL_ID = ROLE, EXTERNAL_ID
    context = connect_context()
    wanted = set(template()["Parameters"])
    assert set(re.findall(r"ParameterKey=(\w+)", str(context["stack_set"]))) == wanted
    assert set(re.findall(r"(\w+)=", str(context["management_stack"]).partition("--parameter-overrides")[2])) == wanted
    variables = set(re.findall(r'variable "(\w+)"', (MODULE / "variables.tf").read_text()))
    assert set(re.findall(r"^  (\w+) +=", str(context["terraform"]), re.MULTILINE)) == (variables | {"source"}) - {
        "tags"
    }
    for shown in ("stack_set", "management_stack", "terraform"):
        assert EXTERNAL_ID in str(context[shown])
    for path in re.findall(r"deploy/[\w./-]+", f"{context['stack_set']} {context['management_stack']}"):
        assert (ROOT / path).is_file()
