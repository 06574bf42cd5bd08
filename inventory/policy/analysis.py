"""The analyser: policies of one identity in, delegations out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from inventory.policy.circles.denials import Permission
from inventory.policy.circles.statement_grants import Grant
from inventory.policy.circles.traps import notes_of_documents, notes_of_statement
from inventory.policy.delegations import Analysis, Delegation, Note, PolicyProblem
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.reading.documents import Document, PolicyError, document_of
from inventory.policy.requests import Request
from inventory.policy.search.settings import Setting
from inventory.policy.search.solver import Solver
from inventory.policy.trust import Registry


def analyse(
    *, owner_account: str, identity_arn: str, policies: Mapping[str, str], registry: Registry, at: datetime
) -> Analysis:
    """What the policies of one identity allow at the instant ``at`` (aware, UTC).

    ``policies`` maps each policy's name to its raw JSON text.
    """
    documents, problems = _read(policies)
    statements = tuple(statement for document in documents for statement in document.statements)
    setting = Setting(identity_arn, owner_account, registry, at.astimezone(UTC).replace(microsecond=0), statements)
    permission = Permission(setting, Solver(setting))
    delegations = [
        delegation
        for statement in statements
        if statement.allows
        for delegation in Grant(permission, statement).delegations()
    ]
    notes = [
        *notes_of_documents(documents, policies),
        *(note for statement in statements for note in notes_of_statement(statement, permission, delegations)),
    ]
    texts = {identity_arn: {document.policy: document.text for document in documents}}
    return Analysis(
        identity_arn=identity_arn,
        owner_account=owner_account,
        delegations=tuple(_completed(delegation, texts, notes) for delegation in delegations),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _read(policies: Mapping[str, str]) -> tuple[list[Document], list[PolicyProblem]]:
    documents, problems = [], []
    for name, text in policies.items():
        try:
            documents.append(document_of(name, text))
        except PolicyError as error:
            problems.append(PolicyProblem(name, error.message, error.line, error.column, error.element))
    return documents, problems


def _completed(delegation: Delegation, texts: Mapping[str, Mapping[str, str]], notes: Sequence[Note]) -> Delegation:
    """The delegation with its notes and the statements that let its witness through; a witness that is stopped goes."""
    witness, let_through_by = _confirmed(delegation.witness, texts)
    own = tuple(n for n in notes if n.policy == delegation.policy and n.statement == delegation.statement)
    return replace(delegation, witness=witness, let_through_by=let_through_by, notes=own)


def _confirmed(
    witness: Request | None, texts: Mapping[str, Mapping[str, str]]
) -> tuple[Request | None, tuple[tuple[str, int], ...]]:
    if witness is None:
        return None, ()
    decision = evaluate(texts, witness)
    deciding = tuple((step.statement.policy, step.statement.index) for step in decision.deciding)
    return (witness, deciding) if decision.allowed else (None, ())
