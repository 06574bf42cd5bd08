"""Changes to policies of which the effect is known: none, only narrower, or only wider."""

import copy
from typing import Any

from inventory.policy.evaluation.operators import operator_named
from tests.policy.generators.constants import listed
from tests.policy.generators.dice import Dice
from tests.policy.generators.grammar import WEIGHTED_KEYS
from tests.policy.generators.world import IDENTITY

Documents = dict[str, Any]

_READ_BY_NOBODY = ("custom:Unknown", "aws:ApprovalSeal")


def with_a_condition(dice: Dice, documents: Documents) -> Documents:
    """One more test on an Allow, and one that can be judged: never wider."""
    made = copy.deepcopy(documents)
    statement = dice.pick(_statements(made, "Allow") or [{}])
    key = dice.pick([key for key in WEIGHTED_KEYS if key.name not in _READ_BY_NOBODY])
    name, value = dice.pick(key.operators), dice.pick(key.values)
    operator = operator_named(name)
    if operator is None or not operator.can_read(value):
        return made
    quantified = f"{dice.pick(['ForAnyValue', 'ForAllValues'])}:{name}" if key.multivalued else name
    tests = statement.setdefault("Condition", {}).setdefault(quantified, {})
    if key.name.lower() not in {name.lower() for name in tests}:
        tests[key.name] = value
    return made


def with_a_deny(dice: Dice, documents: Documents) -> Documents:
    """One more Deny: never wider."""
    made = copy.deepcopy(documents)
    deny: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "ses:*", "Resource": IDENTITY}
    key = dice.pick(WEIGHTED_KEYS)
    deny["Condition"] = {dice.pick(key.operators): {key.name: dice.pick(key.values)}}
    first = next(iter(made.values()))
    first["Statement"] = [*listed(first["Statement"]), deny]
    return made


def with_if_exists(dice: Dice, documents: Documents) -> Documents:
    """``...IfExists`` on one operator of an Allow: never narrower."""
    made = copy.deepcopy(documents)
    statement = dice.pick(_statements(made, "Allow") or [{}])
    block = statement.get("Condition", {})
    plain = [
        name for name in block if not name.endswith("IfExists") and name != "Null" and f"{name}IfExists" not in block
    ]
    if plain:
        name = dice.pick(plain)
        statement["Condition"] = {f"{each}IfExists" if each == name else each: tests for each, tests in block.items()}
    return made


def reordered(documents: Documents) -> Documents:
    """Statements, policies, operators, keys and values from the last to the first: the same."""
    return {name: _backwards(document) for name, document in reversed(documents.items())}


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _backwards(inner) for name, inner in reversed(value.items())}
    return [_backwards(inner) for inner in reversed(value)] if isinstance(value, list) else value


def respelt(documents: Documents) -> Documents:
    """Condition keys and actions in another case: the same."""
    made = copy.deepcopy(documents)
    for statement in _statements(made):
        for name in {"Action", "NotAction"} & set(statement):
            statement[name] = [action.swapcase() for action in listed(statement[name])]
        for operator, tests in statement.get("Condition", {}).items():
            statement["Condition"][operator] = {key.swapcase(): values for key, values in tests.items()}
    return made


def as_lists(documents: Documents) -> Documents:
    """Every scalar that may be a list as a list of one: the same."""
    made = copy.deepcopy(documents)
    for statement in _statements(made):
        for name in {"Action", "NotAction", "Resource", "NotResource"} & set(statement):
            statement[name] = listed(statement[name])
        for name in {"Principal", "NotPrincipal"} & set(statement):
            if isinstance(statement[name], dict):
                statement[name] = {kind: listed(named) for kind, named in statement[name].items()}
        for tests in statement.get("Condition", {}).values():
            tests.update({key: listed(values) for key, values in tests.items()})
    return made


def split(documents: Documents) -> Documents:
    """A statement for each principal and each action of the Allows: the same."""
    made = copy.deepcopy(documents)
    for document in made.values():
        document["Statement"] = [part for each in listed(document["Statement"]) for part in _parts(each)]
    return made


def _parts(statement: dict[str, Any]) -> list[dict[str, Any]]:
    principal = statement.get("Principal")
    if statement["Effect"] != "Allow" or not isinstance(principal, dict) or "Action" not in statement:
        return [statement]
    return [
        {**copy.deepcopy(statement), "Principal": {kind: name}, "Action": action}
        for kind, names in principal.items()
        for name in listed(names)
        for action in listed(statement["Action"])
    ]


_JUNK: tuple[Any, ...] = (
    None, True, 7, 0.5, "", "*", "x", [], {}, [[]], [None], {"AWS": None}, {"": ""}, ["*", 3], "${", "a" * 300,
    "\u200b",
)  # fmt: skip


def damaged(dice: Dice, documents: Documents) -> Documents:
    """One to three members, somewhere, replaced by something else, renamed or taken out."""
    made = copy.deepcopy(documents)
    for _ in range(dice.between(1, 3)):
        inner: Any = made[dice.pick(list(made))]
        while True:
            steps = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
            if not steps:
                break
            step = dice.pick(steps)
            if not isinstance(inner[step], dict | list) or dice.chance(25):
                _damage(dice, inner, step)
                break
            inner = inner[step]
    return made


def _damage(dice: Dice, inner: Any, step: Any) -> None:
    kind = dice.between(0, 9)
    if kind < 6:
        inner[step] = copy.deepcopy(dice.pick(_JUNK))
    elif kind < 8 and isinstance(inner, dict):
        inner[dice.pick(["Efect", str(step).lower(), f"{step}s", "NotAction", "Resource", "NotPrincipal"])] = inner.pop(
            step
        )
    else:
        del inner[step]


def _statements(documents: Documents, effect: str | None = None) -> list[dict[str, Any]]:
    every = [statement for document in documents.values() for statement in listed(document["Statement"])]
    return [statement for statement in every if effect in (None, statement["Effect"])]
