"""Placeholders: what only a person can say about a tightened policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inventory.policy.grants.addresses import AddressError, operator_for, policy_value
from inventory.policy.grants.terms import TermsError, canonical_network, canonical_principal, midnight
from inventory.policy.reading.instants import iso

KEEP = "keep"
"""The choice to leave things as they are."""

_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_ACCOUNT = re.compile(r"\d{12}")
_BETWEEN = re.compile(r"[\s,]+")


class PlaceholderKind(StrEnum):
    """What is to be said."""

    PRINCIPAL = "PRINCIPAL"
    SOURCE_ACCOUNT = "SOURCE-ACCOUNT"
    FROM_ADDRESS = "FROM-ADDRESS"
    SOURCE_IP = "SOURCE-IP"
    END_DATE = "END-DATE"


_MARK = re.compile(f"<(?:{'|'.join(PlaceholderKind)})-\\d+>")

_QUESTIONS = {
    PlaceholderKind.PRINCIPAL: "Who may send? Account ids, or the ARNs of roles or users; a service by its name.",
    PlaceholderKind.SOURCE_ACCOUNT: "For which account does the service act?",
    PlaceholderKind.FROM_ADDRESS: "From which addresses? * stands for any text.",
    PlaceholderKind.SOURCE_IP: "From which networks? Public addresses or CIDR ranges.",
    PlaceholderKind.END_DATE: "Which is the last day of the access?",
}


def marks_in(text: str) -> list[str]:
    """The marks of open questions in a text, each once."""
    return list(dict.fromkeys(_MARK.findall(text)))


class ChoiceError(ValueError):
    """A choice that does not answer its question; ``name`` is the placeholder's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One open question. It stands in the document as ``<NAME>``, which AWS refuses, until it is answered.

    ``suggestion`` is what the policy itself hints at; nobody has chosen it. Only where ``is_inserted`` does the
    document wait for it; else it changes nothing unless it is answered.
    """

    kind: PlaceholderKind
    number: int
    policy: str
    statement: int
    suggestion: str = ""
    is_inserted: bool = True

    @property
    def name(self) -> str:
        """``PRINCIPAL-1``; the number counts the Allow statements of all the policies."""
        return f"{self.kind.value}-{self.number}"

    @property
    def question(self) -> str:
        """What is asked."""
        return _QUESTIONS[self.kind]

    @property
    def mark(self) -> str:
        """What stands in the document."""
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers by placeholder name: values apart by comma or space, ``keep``, or nothing yet."""

    answers: Mapping[str, str]
    partition: str
    time_zone: str = "UTC"

    def is_kept(self, placeholder: Placeholder) -> bool:
        """Whether things are to stay as they are."""
        return self._answer(placeholder) == KEEP

    def is_made(self, placeholder: Placeholder) -> bool:
        """Whether values were given."""
        return self._answer(placeholder) not in ("", KEEP)

    def values(self, placeholder: Placeholder) -> list[str]:
        """The values that were given, or the mark. Raises :class:`ChoiceError`."""
        if not self.is_made(placeholder):
            return [placeholder.mark]
        given = [each for each in _BETWEEN.split(self._answer(placeholder)) if each]
        try:
            return [self._value(placeholder.kind, each) for each in given]
        except (TermsError, AddressError) as error:
            raise ChoiceError(placeholder.name, getattr(error, "message", str(error))) from None
        except ValueError as error:
            raise ChoiceError(placeholder.name, str(error)) from None

    def senders(self, placeholder: Placeholder) -> tuple[str, str | list[str]]:
        """Operator and values of the condition for the chosen senders. Raises :class:`ChoiceError`."""
        values = self.values(placeholder)
        if not self.is_made(placeholder):
            return "StringLike", values[0]
        return operator_for(values), one_or_all([policy_value(each) for each in values])

    def _answer(self, placeholder: Placeholder) -> str:
        return self.answers.get(placeholder.name, "").strip()

    def _value(self, kind: PlaceholderKind, text: str) -> str:
        if kind is PlaceholderKind.PRINCIPAL:
            return text if is_service(text) else self._principal(text)
        if kind is PlaceholderKind.SOURCE_ACCOUNT and not _ACCOUNT.fullmatch(text):
            raise ValueError(f"{text!r} is no account id: 12 digits are needed")
        if kind is PlaceholderKind.SOURCE_IP:
            return canonical_network(text)
        if kind is PlaceholderKind.FROM_ADDRESS:
            policy_value(text)
        if kind is PlaceholderKind.END_DATE:
            return self._end(text)
        return text

    def _principal(self, text: str) -> str:
        found = canonical_principal(text, self.partition)
        if not (found.startswith("arn:") or _ACCOUNT.fullmatch(found)):
            raise ValueError(f"{text!r} names nobody in particular")
        return found

    def _end(self, text: str) -> str:
        try:
            last = date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no date; an example is 2027-03-31") from None
        if not 2000 <= last.year <= 9000:
            raise ValueError(f"{last} is not a date of these times")
        return iso(midnight(last + timedelta(days=1), self.time_zone))


def is_service(text: str) -> bool:
    """Whether a principal is a service, ``cognito-idp.amazonaws.com``."""
    return _SERVICE.fullmatch(text) is not None


def one_or_all(values: list[str]) -> str | list[str]:
    """A single value as AWS likes it, several as a list."""
    return values[0] if len(values) == 1 else values
