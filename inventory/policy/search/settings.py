"""Setting: the identity that is asked about, and the constants that its policies fix."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.instants import iso
from inventory.policy.reading.values import has_wildcard
from inventory.policy.search.languages import Language, language, literal
from inventory.policy.search.networks import Range, complement, fresh, range_of
from inventory.policy.trust import Registry

UNKNOWN_ORGANIZATION = "o-identityowner"
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{1,32}")
_UNIQUE_ID = re.compile(r"(?<![A-Za-z0-9])A(?:ROA|IDA)[A-Z0-9]+")


@dataclass(frozen=True)
class Setting:
    """What does not change from request to request."""

    identity_arn: str
    owner_account: str
    registry: Registry
    at: datetime
    statements: tuple[Statement, ...]
    languages: dict[str, Language] = field(default_factory=dict, compare=False, repr=False)
    constants: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _arn(self) -> list[str]:
        parts = self.identity_arn.split(":", 5)
        return parts if len(parts) == 6 else ["arn", "aws", "ses", "us-east-1", self.owner_account, self.identity_arn]

    @property
    def partition(self) -> str:
        """``aws``, ``aws-us-gov``, ``aws-eusc``, ..."""
        return self._arn[1] or "aws"

    @property
    def region(self) -> str:
        """The region of the identity."""
        return self._arn[3]

    @property
    def identity_name(self) -> str:
        """The domain or the address."""
        return self._arn[5].partition("/")[2] or self._arn[5]

    @cached_property
    def owner_organization(self) -> str:
        """The organization of the owner; where nobody knows it, what the policies take it to be."""
        if self.registry.owner_organization:
            return self.registry.owner_organization
        stated = [
            value
            for condition in self._conditions_on("aws:ResourceOrgID")
            for value in condition.values
            if _ORGANIZATION.fullmatch(value)
        ]
        return stated[0] if stated else UNKNOWN_ORGANIZATION

    @cached_property
    def context(self) -> Mapping[str, str]:
        """What every request has in common, by lower-case key."""
        return {
            "aws:resourceaccount": self.owner_account,
            "aws:resourceorgid": self.owner_organization,
            "aws:requestedregion": self.region,
        }

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of all statements."""
        return tuple(condition for statement in self.statements for condition in statement.conditions)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that the policies name, and the owner."""
        named = {principal.account for statement in self.statements for principal in statement.principals}
        found = {account for text in self._texts for account in _ACCOUNT.findall(text)}
        return tuple(sorted(found | {account for account in named if account} | {self.owner_account}))

    @cached_property
    def organizations(self) -> tuple[str, ...]:
        """The organizations that the policies name, and the owner's."""
        found = {each for text in self._texts for each in _ORGANIZATION.findall(text)}
        return tuple(sorted(found | {self.owner_organization}))

    @cached_property
    def unique_ids(self) -> tuple[str, ...]:
        """The unique ids of roles and users that the policies name."""
        return tuple(sorted({each for text in self._texts for each in _UNIQUE_ID.findall(text)}))

    @cached_property
    def principal_arns(self) -> tuple[str, ...]:
        """The principals that conditions and statements name in full."""
        named = {p.value for s in self.statements for p in s.principals if p.value.startswith("arn:") and p.is_exact}
        return tuple(sorted(named | set(self.values_of("aws:PrincipalArn"))))

    def values_of(self, key: str) -> tuple[str, ...]:
        """The values without wildcard or variable that conditions give for a key."""
        if key not in self.constants:
            self.constants[key] = self._constants_of(key)
        return self.constants[key]

    def _constants_of(self, key: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                value
                for condition in self._conditions_on(key)
                for value in condition.values
                if "${" not in value
                and not (condition.operator and condition.operator.comparison == "Like" and has_wildcard(value))
            )
        )

    def language_of(self, name: str, texts: Iterable[str]) -> Language:
        """The language of some constants, kept by name."""
        if name not in self.languages:
            self.languages[name] = language(texts)
        return self.languages[name]

    def names_like(self, name: str, texts: Iterable[str]) -> Language:
        """The same without regard to case: IAM has no two names in one account that differ by case alone."""
        if name not in self.languages:
            self.languages[name] = Language([literal(text) for text in texts], is_folded=True)
        return self.languages[name]

    @cached_property
    def fresh_account(self) -> str:
        """An account id that the policies do not name."""
        return next(
            each for each in _fresh_accounts() if each not in self.accounts and each not in self.registry.accounts
        )

    @cached_property
    def unnamed_addresses(self) -> tuple[Range, ...]:
        """The addresses that no range in the policies holds, broad ranges apart."""
        named = [
            range_of(value)
            for condition in self.conditions
            for value in condition.values
            if "." in value or ":" in value
        ]
        return complement(found for found in named if found is not None and not fresh([found]))

    @cached_property
    def clock(self) -> str:
        """The instant as a condition key shows it."""
        return iso(self.at)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(value for condition in self.conditions for value in condition.values)

    @cached_property
    def _by_key(self) -> Mapping[str, list[Condition]]:
        found: dict[str, list[Condition]] = {}
        for condition in self.conditions:
            found.setdefault(condition.key.name if condition.key else condition.key_name, []).append(condition)
        return found

    def _conditions_on(self, key: str) -> list[Condition]:
        return self._by_key.get(key, [])


def _fresh_accounts() -> Iterable[str]:
    for number in range(1000):
        yield f"{864209753104 + number * 7919:012d}"
