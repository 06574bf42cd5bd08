"""Requests: calls of every population, made to please one statement of a policy, with keys there and not there."""

from typing import Any

from inventory.policy.channels import Channel
from inventory.policy.evaluation.conditions import one_holds
from inventory.policy.evaluation.operators import Scope
from inventory.policy.evaluation.presence import can_be_present
from inventory.policy.requests import Caller, CallerKind, ContextValue, Request
from tests.policy.generators.callers import caller_of
from tests.policy.generators.candidates import ABSENT, OF_SERVICES, candidates, clock, service_side
from tests.policy.generators.constants import Constants, Test, listed, tests_of
from tests.policy.generators.dice import Dice
from tests.policy.generators.grammar import CANONICAL
from tests.policy.generators.world import IDENTITY

_SENDS = ("ses:SendEmail", "ses:SendRawEmail", "ses:SendBulkEmail", "ses:SendTemplatedEmail")
_ACTIONS = (
    *_SENDS,
    "ses:SendBounce",
    "ses:SendCustomVerificationEmail",
    "ses:GetEmailIdentity",
    "ses:PutIdentityPolicy",
)


def request_of(
    dice: Dice, population: str, documents: dict[str, Any], constants: Constants, identity_arn: str = IDENTITY
) -> Request:
    """One request of a population, aimed at one of the Allow statements."""
    statements = [each for document in documents.values() for each in listed(document["Statement"])]
    target = dice.pick([each for each in statements if each["Effect"] == "Allow"] or statements)
    caller = caller_of(dice, population, constants)
    channel = Channel.SERVICE if caller.kind is CallerKind.SERVICE else _channel(dice, constants)
    action = dice.pick(_actions(target))
    context = _context(dice, caller, channel, action, tests_of(target), constants)
    spelt = {CANONICAL.get(key, key): value for key, value in context.items()}
    return Request(caller, action, identity_arn, channel, spelt)


def _channel(dice: Dice, constants: Constants) -> Channel:
    through_endpoint = any("vpc" in test.key for test in constants.tests)
    return Channel.VPC_ENDPOINT if dice.chance(50 if through_endpoint else 20) else Channel.DIRECT


def _actions(target: dict[str, Any]) -> list[str]:
    spelt = {action.lower(): action for action in _ACTIONS}
    named = [spelt[name.lower()] for name in listed(target.get("Action", [])) if name.lower() in spelt]
    return [*_ACTIONS, *_SENDS, *named * 8]


def _context(
    dice: Dice, caller: Caller, channel: Channel, action: str, wanted: list[Test], constants: Constants
) -> dict[str, ContextValue]:
    made: dict[str, ContextValue] = clock(dice, constants)
    if caller.kind is CallerKind.SERVICE:
        made |= service_side(dice, constants)
    for key in _keys(constants):
        if key in made or key in OF_SERVICES:
            continue
        if not can_be_present(key, channel, action):
            continue
        value = _please(dice, key, candidates(dice, key, caller, channel, constants, made), wanted, made)
        if value is not ABSENT:
            made[key.lower()] = value
    return made


def _keys(constants: Constants) -> list[str]:
    """Who first, since other values may quote it; then what the policies ask for, and what every call carries."""
    who = ["aws:principalaccount", "aws:principalarn", "aws:userid", "aws:username", "aws:principalorgid"]
    always = ["aws:securetransport", "aws:sourceip", "aws:resourceaccount", "aws:resourceorgid", "ses:fromaddress"]
    always += ["ses:recipients", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"]
    return list(dict.fromkeys([*who, *(test.key for test in constants.tests), *always]))


def _please(
    dice: Dice, key: str, options: list[ContextValue], wanted: list[Test], made: dict[str, ContextValue]
) -> ContextValue:
    """One option, in most throws one with which the statement's tests of the key hold."""
    tests = [test for test in wanted if test.key == key]
    if tests and dice.chance(88):
        options = [option for option in options if all(_holds(test, key, option, made) for test in tests)] or options
    return ABSENT if ABSENT in options and dice.chance(45) else dice.pick(options)


def _holds(test: Test, key: str, option: ContextValue, made: dict[str, ContextValue]) -> bool:
    context = {name: (value,) if isinstance(value, str) else value for name, value in made.items()}
    if option is not ABSENT:
        context[key] = (option,) if isinstance(option, str) else option
    return one_holds(test.operator, key, test.values, Scope(context, variables=True)) is not False
