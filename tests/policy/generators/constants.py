"""Constants: what the policies of one example fix, and so what is fresh to them."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.policy.generators.world import OURS, OWNER

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ORGANIZATION = re.compile(r"\bo-[a-z0-9]{10,32}\b")


@dataclass(frozen=True)
class Test:
    """One operator on one key of one statement; ``key`` in lower case."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Constants:
    """Everything the policies say about who. ``values`` are the values of all principals and conditions as written."""

    accounts: frozenset[str]
    organizations: frozenset[str]
    values: frozenset[str]
    arns: tuple[str, ...]
    services: tuple[str, ...]
    tests: tuple[Test, ...]

    def values_for(self, key: str) -> list[str]:
        """What the policies compare one key with."""
        return [value for test in self.tests if test.key == key for value in test.values]


def constants_of(documents: dict[str, Any]) -> Constants:
    """Read them off the documents."""
    statements = [statement for document in documents.values() for statement in listed(document["Statement"])]
    principals = [name for statement in statements for name in _principals(statement)]
    tests = tuple(test for statement in statements for test in tests_of(statement))
    values = [*principals, *(value for test in tests for value in test.values)]
    text = json.dumps(values)
    organizations = set(_ORGANIZATION.findall(text.lower()))
    if "aws:ResourceOrgID}" in text:
        organizations.add(OURS)
    return Constants(
        accounts=frozenset({*_ACCOUNT.findall(text), *([OWNER] if "aws:ResourceAccount}" in text else [])}),
        organizations=frozenset(organizations),
        values=frozenset(values),
        arns=tuple(value for value in values if "arn" in value or value.startswith("*")),
        services=tuple(name for name in principals if name.endswith(".amazonaws.com")),
        tests=tests,
    )


def tests_of(statement: dict[str, Any]) -> list[Test]:
    """The tests of one statement's condition."""
    return [
        Test(operator, key.lower(), tuple(str(value) for value in listed(values)))
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    ]


def listed(value: Any) -> list[Any]:
    """A scalar as a list of one."""
    return value if isinstance(value, list) else [value]


def _principals(statement: dict[str, Any]) -> list[str]:
    named = statement.get("Principal", statement.get("NotPrincipal"))
    if not isinstance(named, dict):
        return [str(named)]
    return [str(name) for names in named.values() for name in listed(names)]
