"""The policy laboratory: what a pasted policy would allow, to whom, and how it could allow less."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from inventory.models import Account
from inventory.pages.laboratory_marks import Mark, marks_of
from inventory.pages.laboratory_question import Question, QuestionError
from inventory.pages.laboratory_steps import Step, diff_lines
from inventory.pages.laboratory_verdicts import Verdict, risk_of
from inventory.pages.policy_history import DiffLine
from inventory.policy.check.inputs import CheckedIdentity, CheckedPolicy, InputError, read_identities
from inventory.policy.check.results import CheckResult, check
from inventory.policy.delegations import Delegation
from inventory.policy.evaluation.decisions import Decision, evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError
from inventory.policy.reading.documents import document_of
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.requests import Request
from inventory.policy.tightening.drafts import pretty
from inventory.policy.tightening.placeholders import KEEP, ChoiceError, Placeholder, marks_in
from inventory.policy.tightening.proposals import Proposal, Tightened, tighten
from inventory.policy.trust import Registry
from inventory.policy.words.requests import describe_request
from inventory.policy.words.sentences import describe

LARGEST = 120_000
"""Characters; 20 policies of 4 KB fit, laid out generously."""
MOST_STATEMENTS = 200
"""Each is tried against all the others: four times as many take sixteen times as long, and others wait meanwhile."""
MOST_TIGHTENED = 40
"""Statements; beyond, one policy at a time is tightened."""
MOST_SHOWN = 60
"""Delegations; beyond, their number is said."""
_DEFAULT_NAME = "policy"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why nothing can be said; ``line`` and ``column`` from 1, ``None`` where there is no place."""

    message: str
    line: int | None = None
    column: int | None = None
    element: str = ""
    excerpt: str = ""
    caret: str = ""


def _statements(policy: CheckedPolicy) -> int:
    try:
        return len(document_of(policy.name, policy.text).statements)
    except PolicyError:
        return 0


@dataclass(frozen=True)
class Experiment:
    """What was filled in: ``identity_arn`` may be empty, ``answers`` go by placeholder name."""

    text: str
    identity_arn: str
    question: Question
    answers: Mapping[str, str]
    at: datetime
    time_zone: str
    refusals: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _read(self) -> CheckedIdentity | Unreadable | None:
        if not self.text.strip():
            return None
        if len(self.text) > LARGEST:
            why = (
                f"The text has {len(self.text):,} characters. SES takes 20 policies of 4 KB; here {LARGEST:,} are read."
            )
            return Unreadable(why, 1, 1)
        try:
            read = read_identities(self.text, self.identity_arn or None, None, _DEFAULT_NAME)[0]
        except PolicyError as error:
            return self._unreadable(error.message, error.line, error.column, error.element)
        except InputError as error:
            return Unreadable(str(error))
        number = sum(map(_statements, read.policies))
        if number > MOST_STATEMENTS:
            why = f"There are {number} statements; at most {MOST_STATEMENTS} are judged here."
            return Unreadable(why, 1, 1)
        return read

    @property
    def unreadable(self) -> Unreadable | None:
        """Why nothing can be said, if so."""
        if isinstance(self._read, Unreadable):
            return self._read
        problems = self.result.analysis.problems if self.result else ()
        if self.result is None or len(problems) < len(self.result.identity.policies):
            return None
        policy = self.result.policy(problems[0].policy)
        line, column = problems[0].line or 1, problems[0].column or 1
        if policy is not None and policy.span.line > 1:
            line = policy.span.line + (line - 1 if policy.is_verbatim else 0)
        return self._unreadable(problems[0].message, line, column, problems[0].element)

    def _unreadable(self, message: str, line: int, column: int, element: str) -> Unreadable:
        lines = self.text.split("\n")
        whole = lines[line - 1] if line <= len(lines) else ""
        start = max(0, column - 50)
        return Unreadable(message, line, column, element, whole[start : start + 90], " " * (column - 1 - start) + "^")

    @cached_property
    def result(self) -> CheckResult | None:
        """The analysis with what the rules say; ``None`` where nothing can be read."""
        if not isinstance(self._read, CheckedIdentity):
            return None
        return check(self._read, self.registry, self.at)

    @cached_property
    def registry(self) -> Registry:
        """What the company knows, seen from the account that owns the identity."""
        owner = self._read.owner_account if isinstance(self._read, CheckedIdentity) else ""
        account = Account.objects.select_related("organization").filter(account_id=owner).first()
        organization = account.organization.organization_id if account and account.organization else None
        return Account.objects.registry(on=self.at.date(), owner_organization=organization)

    @cached_property
    def readable(self) -> dict[str, str]:
        """The policies that can be read, by name."""
        if self.result is None:
            return {}
        broken = {problem.policy for problem in self.result.analysis.problems}
        return {each.name: each.text for each in self.result.identity.policies if each.name not in broken}

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of the accounts that the policies name, as far as somebody registered them."""
        delegations = self.result.analysis.delegations if self.result else ()
        ids = {account for each in delegations for account in each.accounts}
        rows = Account.objects.filter(account_id__in=ids).select_related("vendor") if ids else ()
        return {row.account_id: row.vendor.name if row.vendor else row.name for row in rows}

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Each delegation, the least trusted and widest first; what direct calls may do is not said again of others."""
        if self.result is None:
            return []
        ordered = sorted(enumerate(self.result.analysis.delegations), key=lambda pair: risk_of(pair[1]))
        found: dict[object, Verdict] = {}
        for position, each in ordered:
            said = (each.policy, each.statement, each.reach, each.trust, each.accounts, each.principals, each.services)
            if said not in found and len(found) < MOST_SHOWN:
                found[said] = self._verdict(position, each)
        return list(found.values())

    @property
    def unshown(self) -> int:
        """How many statements have no sentence of their own on the page."""
        every = {(each.policy, each.statement) for each in self.result.analysis.delegations} if self.result else set()
        return len(every - {(each.delegation.policy, each.delegation.statement) for each in self.verdicts})

    def _verdict(self, position: int, delegation: Delegation) -> Verdict:
        name = self.result.name if self.result else ""
        witness = delegation.witness
        return Verdict(
            position=position,
            sentence=describe(delegation, name, self.names),
            delegation=delegation,
            witness=describe_request(witness, self.names) if witness else "",
            is_confirmed=witness is not None and self._decide(witness).allowed,
        )

    def _decide(self, request: Request) -> Decision:
        return evaluate({request.identity_arn: self.readable}, request)

    def witness(self, position: int) -> Request | None:
        """The request that shows one delegation."""
        delegations = self.result.analysis.delegations if self.result else ()
        return delegations[position].witness if 0 <= position < len(delegations) else None

    @cached_property
    def marks(self) -> list[Mark]:
        """What there is to say beside the lines."""
        return marks_of(self.text, self.result) if self.result else []

    @cached_property
    def asked(self) -> Request | QuestionError | None:
        """The request that is asked about, or what is wrong with its description."""
        if self.result is None or not self.question.is_asked:
            return None
        try:
            return self.question.request(self.result.identity.arn, self.at)
        except QuestionError as error:
            return error

    @cached_property
    def decision(self) -> Decision | None:
        """Whether the request that is asked about would be allowed."""
        if not isinstance(self.asked, Request):
            return None
        try:
            return self._decide(self.asked)
        except UnreadablePolicyError:
            return None

    @property
    def is_too_long(self) -> bool:
        """Whether there are too many statements to tighten them at once."""
        documents = self.result.documents.values() if self.result else ()
        return sum(len(document.statements) for document in documents) > MOST_TIGHTENED

    @cached_property
    def tightened(self) -> Tightened | None:
        """The tightened version; answers that make no sense are refused and left out."""
        if self.result is None or not self.readable or self.is_too_long:
            return None
        answers = dict(self.answers)
        while True:
            try:
                return tighten(
                    self.readable,
                    identity_arn=self.result.identity.arn,
                    owner_account=self.result.identity.owner_account,
                    registry=self.registry,
                    at=self.at,
                    answers=answers,
                    time_zone=self.time_zone,
                )
            except ChoiceError as error:
                self.refusals[error.name] = error.message
                del answers[error.name]

    @property
    def steps(self) -> list[tuple[Proposal, Step | None]]:
        """The proposals with their questions."""
        return [(each, self._step(each.placeholder)) for each in (self.tightened.proposals if self.tightened else ())]

    def _step(self, placeholder: Placeholder | None) -> Step | None:
        if placeholder is None:
            return None
        answer = self.answers.get(placeholder.name, "")
        is_kept = answer == KEEP
        return Step(placeholder, "" if is_kept else answer, is_kept, self.refusals.get(placeholder.name, ""))

    @property
    def tightened_text(self) -> str:
        """The tightened version in the form in which the policies were given."""
        if self.tightened is None:
            return ""
        left = {name: text for name, text in self.tightened.policies.items() if text}
        if list(self.tightened.policies) == [_DEFAULT_NAME]:
            return left.get(_DEFAULT_NAME, "")
        return pretty({name: json.loads(text) for name, text in left.items()}) if left else ""

    @property
    def kept(self) -> dict[str, str]:
        """What was left as it is, to be taken over with the tightened version: nothing where statements went away,
        because the questions count the statements.
        """
        if self.tightened is None or self.tightened.is_shorter:
            return {}
        return {name: answer for name, answer in self.answers.items() if answer == KEEP}

    @property
    def open_questions(self) -> list[str]:
        """The marks in the text that wait for an answer."""
        return marks_in(self.text) if self.tightened is not None else []

    @property
    def diffs(self) -> list[tuple[str, list[DiffLine]]]:
        """What the tightened version changes, by policy."""
        if self.tightened is None:
            return []
        pairs = [(name, text, self.tightened.policies[name]) for name, text in self.tightened.originals.items()]
        return [(name, list(diff_lines(before, after))) for name, before, after in pairs if before != after]
