"""Policies that cannot be understood, and principals that were deleted."""

from collections.abc import Iterator

from inventory.policy.note_codes import NoteCode
from inventory.policy.reach import Reach
from inventory.policy.rules.conditions import notes
from inventory.policy.rules.documents import effect, statements
from inventory.policy.rules.parties import ANYONE
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation, violation


def dangling(subject: IdentitySubject) -> Iterator[Violation]:
    """``dangling-delegate``: one for each deleted principal."""
    for delegation in subject.analysis.delegations:
        if delegation.reach is Reach.DANGLING:
            for principal in delegation.principals or (ANYONE,):
                yield violation(
                    "dangling-delegate",
                    f"The policy names {principal}, a user or role that was deleted.",
                    policy=delegation.policy,
                    statement=delegation.statement,
                    subject=principal,
                )


def invalid(subject: IdentitySubject) -> Iterator[Violation]:
    """``invalid-policy``: not readable, not judgeable, or of a shape that AWS no longer takes."""
    for problem in subject.analysis.problems:
        where = f" (line {problem.line}, column {problem.column})" if problem.line else ""
        text = f"The policy cannot be read{where}: {problem.message}"
        yield violation("invalid-policy", text, policy=problem.policy)
    for note in notes(subject, NoteCode.UNDETERMINED, NoteCode.UNSUPPORTED_SHAPE):
        yield violation("invalid-policy", note.text, policy=note.policy, statement=note.statement, path=note.path)
    yield from _unnoted(subject)


def _unnoted(subject: IdentitySubject) -> Iterator[Violation]:
    """What no note may have told; the judge keeps the first of two on one statement."""
    for delegation in subject.analysis.delegations:
        if delegation.reach is Reach.UNDETERMINED:
            text = "What this statement allows cannot be said for certain."
            yield violation("invalid-policy", text, policy=delegation.policy, statement=delegation.statement)
    for name, text in subject.policies.items():
        for index, statement in enumerate(statements(text)):
            if effect(statement) == "Allow" and "NotPrincipal" in statement:
                message = "Allow with NotPrincipal lets in everyone who is not named; AWS no longer supports it."
                path = ("Statement", index, "NotPrincipal")
                yield violation("invalid-policy", message, policy=name, statement=index, path=path)
