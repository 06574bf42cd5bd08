"""Policies that were written to do harm: they are judged or said to be unreadable, and the identity is kept."""

import json

import pytest

from inventory.aws.identities import IdentityFacts
from inventory.models import Delegation, Finding, Identity
from inventory.pages.identity import identity_context
from inventory.services.judging.reconciliation import Context, reconcile_identity
from inventory.services.judging.registry_view import RegistryView
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": "*"}
NUL = "\0"


def _text(**fields):
    return json.dumps({"Version": "2012-10-17", "Statement": [OPEN | fields]})


HOSTILE = {
    "nul-sid": _text(Sid=f"a{NUL}b"),
    "nul-principal": _text(Principal={"AWS": f"arn:aws:iam::444455556666:role/a{NUL}b"}),
    "nul-service": _text(Principal={"Service": f"a{NUL}.amazonaws.com"}),
    "nul-action": _text(Action=f"ses:SendEmail{NUL}"),
    "nul-condition": _text(Condition={f"StringLike{NUL}": {f"aws:x{NUL}": f"{NUL}"}}),
    "nul-value": _text(Condition={"StringLike": {"ses:FromAddress": f"a{NUL}@example.com"}}),
    "nul-name": '{"a\\u0000b": 1}',
    "mark": f"\ufeff{_text()}",
    "digits": _text(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": 1}}).replace(
        ": 1}", ": " + "9" * 5000 + "}"
    ),
    "infinity": _text(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": 1}}).replace(": 1}", ": 1e999}"),
    "deep": "[" * 4000,
    "surrogate": '{"Statement": "\\ud800"}',
    "long-role": _text(Principal={"AWS": f"arn:aws:iam::444455556666:role/{'x' * 3000}"}),
    "long-sid": _text(Sid="x" * 3000),
    "emoji": _text(Principal={"AWS": ["🤪" * 500, "\u202e", "<script>"]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_policy_costs_no_identity(name):
    context = Context(run=builders.run(), scope=builders.scope(), view=RegistryView(NOW.date()))
    facts = IdentityFacts(
        "example.com",
        "DOMAIN",
        policies={"open": _text(), name: HOSTILE[name]},
        tags={"owner": f"<script>{'🤪' * 60}"},
    )
    reconcile_identity(facts, context, at=NOW)
    assert Identity.objects.get().policies.count() == 2
    assert Delegation.objects.filter(policy_name="open", reach="public").exists()
    assert Finding.objects.exists()
    assert identity_context(Identity.objects.get(), NOW)["outside"]
