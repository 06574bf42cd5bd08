"""Statements, documents and decisions for the evaluator's tests."""

import json
from dataclasses import replace

from inventory.policy.evaluation.decisions import Decision, evaluate
from tests.policy.caller_table import IDENTITY, REQUESTS

STRANGER = REQUESTS["X1"]
ADDRESS = "arn:aws:ses:us-east-1:111111111111:identity/ann@example.com"


def statement(effect="Allow", **elements):
    base = {"Effect": effect, "Action": "ses:SendEmail", "Resource": IDENTITY}
    if "NotPrincipal" not in elements:
        base["Principal"] = "*"
    if "NotAction" in elements:
        del base["Action"]
    if "NotResource" in elements:
        del base["Resource"]
    return base | elements


def document(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def decide(*statements, request=STRANGER, version="2012-10-17") -> Decision:
    return evaluate({request.identity_arn: {"p": document(*statements, version=version)}}, request)


def holds(operator, key, wanted, actual=None, version="2012-10-17", **others) -> bool:
    context = {**others} if actual is None else {key: actual, **others}
    request = replace(STRANGER, context={name.replace("__", ":"): value for name, value in context.items()})
    return decide(statement(Condition={operator: {key: wanted}}), request=request, version=version).allowed
