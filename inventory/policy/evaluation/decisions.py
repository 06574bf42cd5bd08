"""The concrete evaluator: whether the policies of some identities allow one request, and which statements say so.

It answers for the owner's side alone. What the caller's own account allows or denies is not asked; a caller of the
owner's account, whom its own policies would do for, is judged on the identity policies like any other. Where the rules
leave a match open (an operator that IAM does not know, a principal that SES may refuse), an Allow counts and a Deny
does not, and the trace says ``open``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory.policy.evaluation.conditions import one_holds
from inventory.policy.evaluation.documents import Statement, statements_of
from inventory.policy.evaluation.identities import address_over, domains_over
from inventory.policy.evaluation.operators import Scope
from inventory.policy.evaluation.patterns import fields_of, folded, matches, pattern_of
from inventory.policy.evaluation.presence import can_be_present
from inventory.policy.evaluation.principals import named, not_named
from inventory.policy.evaluation.truth import Truth, both, either, opposite
from inventory.policy.evaluation.variables import Context, UnreadableVariableError, expand
from inventory.policy.requests import Request

_WORDS: dict[Truth, str] = {True: "yes", False: "no", None: "open"}


@dataclass(frozen=True, slots=True)
class Step:
    """One statement against the request; ``parts`` says of each element whether it held."""

    identity_arn: str
    statement: Statement
    parts: tuple[tuple[str, Truth], ...]

    @property
    def outcome(self) -> Truth:
        """Whether the statement as a whole matches the request."""
        return both(truth for _, truth in self.parts)

    @property
    def fires(self) -> bool:
        """Whether it counts: an Allow also where the match is open, a Deny only where it is sure."""
        return self.outcome is not False if self.statement.allows else self.outcome is True

    def to_json(self) -> dict[str, Any]:
        """Plain values, the elements in the order they were asked."""
        return {
            "identity": self.identity_arn,
            "policy": self.statement.policy,
            "statement": self.statement.index,
            "sid": self.statement.sid,
            "effect": "Allow" if self.statement.allows else "Deny",
            "matches": _WORDS[self.outcome],
            "elements": [{"element": name, "matches": _WORDS[truth]} for name, truth in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """``deciding`` are the Allows that let the request through or the Denys that stop it; ``trace`` is all of them."""

    allowed: bool
    deciding: tuple[Step, ...]
    trace: tuple[Step, ...]
    ignored_keys: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """``{"allowed", "deciding", "trace"}``, and the keys that such a request cannot carry where it named any."""
        ignored = [{"ignored_key": key} for key in self.ignored_keys]
        return {
            "allowed": self.allowed,
            "deciding": [step.to_json() for step in self.deciding],
            "trace": [*ignored, *(step.to_json() for step in self.trace)],
        }


def evaluate(policies: Mapping[str, Mapping[str, str]], request: Request) -> Decision:
    """Decide one request.

    ``policies`` maps identity ARNs to policy names to policy texts. The policies of the request's own identity, of its
    parent domains, and of the address identity it sends from are asked; a Deny subtracts at its own level, and an
    address's Deny from its domains' grants as well. Raises :class:`UnreadablePolicyError`.
    """
    context = _context_of(request)
    address = address_over(request, policies)
    first = _steps(policies, address, request, context) if address is not None else []
    levels = [_steps(policies, arn, request, context) for arn in domains_over(request, policies) if arn != address]
    trace = tuple(step for level in (first, *levels) for step in level)
    stopped = [step for step in first if step.fires and not step.statement.allows]
    grants = [] if stopped else [step for level in (first, *levels) for step in _grants(level)]
    denials = stopped or [step for step in trace if step.fires and not step.statement.allows]
    return Decision(
        allowed=bool(grants),
        deciding=tuple(grants or denials),
        trace=trace,
        ignored_keys=tuple(
            sorted(key for key in request.context if not can_be_present(key, request.channel, request.action))
        ),
    )


def _grants(level: list[Step]) -> list[Step]:
    if any(step.fires and not step.statement.allows for step in level):
        return []
    return [step for step in level if step.fires]


def _context_of(request: Request) -> Context:
    return {
        key.lower(): (value,) if isinstance(value, str) else tuple(value)
        for key, value in request.context.items()
        if can_be_present(key, request.channel, request.action)
    }


def _steps(
    policies: Mapping[str, Mapping[str, str]], identity_arn: str, request: Request, context: Context
) -> list[Step]:
    return [
        Step(identity_arn, statement, tuple(_parts(statement, identity_arn, request, context)))
        for name, text in policies.get(identity_arn, {}).items()
        for statement in statements_of(name, text)
    ]


def _parts(statement: Statement, identity_arn: str, request: Request, context: Context) -> list[tuple[str, Truth]]:
    scope = Scope(context, statement.variables)
    return [
        _principal_part(statement, request),
        _action_part(statement, request.action),
        _resource_part(statement, identity_arn, scope),
        *(
            (f"Condition.{operator}.{key}", one_holds(operator, key, values, scope))
            for operator, tests in statement.condition.items()
            for key, values in tests.items()
        ),
        *((name, None) for name in statement.unknown),
    ]


def _principal_part(statement: Statement, request: Request) -> tuple[str, Truth]:
    if statement.not_principals is not None:
        return "NotPrincipal", not_named(statement.not_principals, request.caller)
    return "Principal", named(statement.principals, request.caller)


def _action_part(statement: Statement, action: str) -> tuple[str, Truth]:
    listed = statement.actions if statement.not_actions is None else statement.not_actions
    listed_there = any(matches(folded(pattern_of(each)), action.lower()) for each in listed)
    if statement.not_actions is None:
        return "Action", listed_there
    return "NotAction", not listed_there


def _resource_part(statement: Statement, identity_arn: str, scope: Scope) -> tuple[str, Truth]:
    if statement.not_resources is not None:
        return "NotResource", opposite(either(_covers(each, identity_arn, scope) for each in statement.not_resources))
    if not statement.resources:
        return "Resource", None
    return "Resource", either(_covers(each, identity_arn, scope) for each in statement.resources)


def _covers(resource: str, identity_arn: str, scope: Scope) -> Truth:
    """Whether a resource pattern means the identity; open where only a run across colons or case would make it so.

    A variable that is not one stands for itself, and no identity is named so.
    """
    if resource in ("*", identity_arn):
        return True
    try:
        pattern = expand(resource, scope.context, variables=scope.variables, wildcards=True)
    except UnreadableVariableError:
        return False
    if pattern is None:
        return False
    if _fields_match(pattern, identity_arn):
        return True
    return None if matches(folded(pattern), identity_arn.lower()) else False


def _fields_match(pattern: tuple[Any, ...], arn: str) -> bool:
    wanted, actual = fields_of(pattern), arn.split(":", 5)
    return len(wanted) == len(actual) and all(map(matches, wanted, actual))
