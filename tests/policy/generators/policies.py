"""Policies: documents drawn from the whole grammar that an identity policy may use."""

import json
from typing import Any

from tests.policy.generators.dice import Dice, some
from tests.policy.generators.grammar import KEYS, OPERATORS, WEIGHTED_KEYS, KeyShape
from tests.policy.generators.world import (
    COLLEAGUE,
    DOMAIN,
    IDENTITY,
    OWNER,
    PARTNER,
    SERVICES,
    UNKNOWN,
)

Json = dict[str, Any]

_AWS = (
    "*", PARTNER, COLLEAGUE, f"arn:aws:iam::{PARTNER}:root", f"arn:aws:iam::{UNKNOWN}:root",
    f"arn:aws:iam::{PARTNER}:role/Mailer", f"arn:aws:iam::{PARTNER}:role/team/Mailer",
    f"arn:aws:iam::{COLLEAGUE}:user/ann", f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/run",
    f"arn:aws:sts::{PARTNER}:federated-user/bob", f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{OWNER}:role/App",
    OWNER, "AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE", f"arn:aws:iam::{PARTNER}:user/div/bob",
)  # fmt: skip
_ODD_AWS = (
    f"arn:aws:iam::{PARTNER}:role/*", "arn:aws:iam::*:role/Mailer", f"arn:aws:iam::{PARTNER}:group/x", "ann",
    f"arn:aws-us-gov:iam::{PARTNER}:root", f"{PARTNER[:6]}*", f"arn:aws:iam::{PARTNER}:user/*", "arn:aws:iam::*:root",
    f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/*", f"arn:aws:iam::{PARTNER}:role/Mailer*",
)  # fmt: skip
_ACTIONS = (
    "ses:SendEmail", "ses:SendRawEmail", "ses:SendBulkEmail", "ses:SendTemplatedEmail", "ses:Send*", "ses:*",
    "SES:sendemail", "*", "ses:SendBounce", "ses:UpdateEmailIdentityPolicy", "ses:GetEmailIdentity", "ses:Send?mail",
    "ses:SendCustomVerificationEmail", "ses:*Email",
)  # fmt: skip
_RESOURCES = (
    IDENTITY, IDENTITY, IDENTITY, IDENTITY, "*", f"arn:aws:ses:*:{OWNER}:identity/*", f"{IDENTITY[:-3]}*",
    f"arn:aws:ses:us-east-1:{OWNER}:identity/other.example", f"arn:aws:ses:us-east-1:{OWNER}:identity/ann@{DOMAIN}",
)  # fmt: skip


_ALWAYS_THERE = (
    "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:ResourceAccount", "aws:ResourceOrgID",
)  # fmt: skip
_NEVER_THERE = ("ses:RequireTLS", "ses:MessageSize", "custom:Unknown")


def policies(dice: Dice, focus: str | None = None) -> dict[str, Json]:
    """One or two policies by name. ``focus`` names an operator (with its modifiers) that an Allow is made to use."""
    names = ["first", "second"][: 2 if dice.chance(15) else 1]
    made = {name: _policy(dice) for name in names}
    if focus is not None:
        _focus(dice, made["first"]["Statement"], focus)
    return made


def texts(documents: dict[str, Json]) -> dict[str, str]:
    """The documents as JSON texts."""
    return {name: json.dumps(document) for name, document in documents.items()}


def _policy(dice: Dice) -> Json:
    statements = [_statement(dice, "Allow")]
    if dice.chance(40):
        statements.append(_statement(dice, dice.pick(["Deny", "Deny", "Allow"])))
    if dice.chance(12):
        statements.append(_statement(dice, dice.pick(["Deny", "Allow"])))
    if dice.chance(12):
        statements.append(_counterpart(dice, statements[0]))
    document: Json = {"Version": "2012-10-17", "Statement": statements}
    if dice.chance(10):
        document["Version"] = "2008-10-17"
        if dice.chance(30):
            del document["Version"]
    return document


def _statement(dice: Dice, effect: str) -> Json:
    made: Json = {"Effect": effect, **_principal(dice), **_action(dice, effect), **_resource(dice)}
    condition = _condition(dice)
    if condition:
        made["Condition"] = condition
    return made


def _counterpart(dice: Dice, allow: Json) -> Json:
    """A Deny about the very keys and principals that an Allow speaks of."""
    deny = {**_statement(dice, "Deny"), "Action": dice.pick(["*", "ses:*", "ses:Send*"]), "Resource": "*"}
    deny.pop("NotAction", None)
    deny.pop("NotResource", None)
    keys = [key for key in KEYS for tests in allow.get("Condition", {}).values() if key.name in tests]
    if keys:
        key = dice.pick(keys)
        deny["Condition"] = {}
        _add(dice, deny["Condition"], _modified(dice, key, dice.pick(key.operators)), key)
    named = allow.get("Principal")
    if isinstance(named, dict) and dice.chance(50):
        deny.pop("Principal", None)
        deny.pop("NotPrincipal", None)
        deny[dice.pick(["Principal", "NotPrincipal"])] = named
    return deny


def _principal(dice: Dice) -> Json:
    named = "NotPrincipal" if dice.chance(6) else "Principal"
    kind = dice.between(0, 99)
    if kind < 45 and named == "Principal":
        return {named: "*"}
    if kind < 80:
        return {named: {"AWS": _one_or_list(dice, _AWS)}}
    if kind < 90:
        return {named: {"Service": _one_or_list(dice, SERVICES)}}
    if kind < 95:
        return {named: {"AWS": _one_or_list(dice, _AWS), "Service": dice.pick(SERVICES)}}
    if kind < 98:
        return {named: {"AWS": dice.pick(_ODD_AWS)}}
    return {named: {dice.pick(["Federated", "CanonicalUser"]): "accounts.example.com"}}


def _action(dice: Dice, effect: str) -> Json:
    if dice.chance(8):
        return {"NotAction": _one_or_list(dice, _ACTIONS)}
    if effect == "Deny" and dice.chance(60):
        return {"Action": dice.pick(["*", "ses:*", "ses:Send*"])}
    return {"Action": _one_or_list(dice, _ACTIONS)}


def _resource(dice: Dice) -> Json:
    if dice.chance(3):
        return {"NotResource": dice.pick(_RESOURCES)}
    return {"Resource": IDENTITY if dice.chance(60) else _one_or_list(dice, _RESOURCES)}


def _condition(dice: Dice) -> Json:
    if dice.chance(20):
        return {}
    block: Json = {}
    key = dice.pick(WEIGHTED_KEYS)
    for number in range(1 + dice.chance(35) + dice.chance(12)):
        key = key if number and dice.chance(25) else dice.pick(WEIGHTED_KEYS)
        operators = OPERATORS if dice.chance(4) else key.operators
        _add(dice, block, _modified(dice, key, dice.pick(operators)), key)
    return block


def _modified(dice: Dice, key: KeyShape, operator: str) -> str:
    if dice.chance(6):
        return "Null"
    if operator == "Null":
        return operator
    if dice.chance(80 if key.multivalued else 12):
        operator = f"{dice.pick(['ForAnyValue', 'ForAllValues'])}:{operator}"
    return f"{operator}IfExists" if dice.chance(15) else operator


def _add(dice: Dice, block: Json, operator: str, key: KeyShape) -> None:
    name = key.name.upper() if dice.chance(5) else key.name
    values = ("true", "false") if operator == "Null" else key.values
    block.setdefault(operator, {})[name] = _one_or_list(dice, values)


def _one_or_list(dice: Dice, options: tuple[str, ...]) -> str | list[str]:
    if dice.chance(65):
        return dice.pick(options)
    return some(dice, options)


def _focus(dice: Dice, statements: list[Json], operator: str) -> None:
    """Make an Allow or a Deny use the operator on a key that suits it; mostly with little else beside it."""
    base = operator.rpartition(":")[2].removesuffix("IfExists")
    fitting = [key for key in KEYS if base in key.operators or base == "Null"]
    if dice.chance(90):
        fitting = [key for key in fitting if key.name not in _NEVER_THERE] or fitting
    if operator.startswith("For") and dice.chance(50):
        fitting = [key for key in fitting if key.multivalued] or fitting
    if dice.chance(60):
        fitting = [key for key in fitting if key.name not in _ALWAYS_THERE] or fitting
    key = dice.pick(fitting)
    everything: Json = {"Effect": "Allow", "Principal": "*", "Action": "ses:*", "Resource": IDENTITY}
    kind = dice.between(0, 9)
    if kind < 8:
        statements[:] = [everything] if kind < 4 else [everything, {**everything, "Effect": "Deny"}]
    statements[-1 if kind < 8 else 0]["Condition"] = {}
    _add(dice, statements[-1 if kind < 8 else 0]["Condition"], operator, key)
