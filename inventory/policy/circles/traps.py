"""Traps: what a policy says and does not mean, each with the element it was found in."""

from collections.abc import Iterator, Mapping, Sequence

from inventory.policy.circles.condition_traps import on_allow, on_any
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.deny_traps import dead_deny, on_deny
from inventory.policy.circles.element_traps import on_elements, sentence_of
from inventory.policy.delegations import Delegation, Note
from inventory.policy.note_codes import NoteCode
from inventory.policy.reading.documents import MOST_CHARACTERS, Document, Statement
from inventory.policy.reading.jsontext import odd_characters

_MOST_POLICIES = 20


def notes_of_documents(documents: Sequence[Document], policies: Mapping[str, str]) -> Iterator[Note]:
    """Notes on whole policies."""
    for name, text in policies.items():
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MOST_CHARACTERS:
            message = f"The policy has {size:,} bytes; SES takes 4 KB at most."
            yield Note(NoteCode.TOO_LARGE, message, name, None, ())
    if len(policies) > _MOST_POLICIES:
        message = f"The identity has {len(policies)} policies; SES takes {_MOST_POLICIES} at most."
        yield Note(NoteCode.TOO_MANY_POLICIES, message, "", None, ())
    for document in documents:
        for offset, kind in odd_characters(document.text):
            line = document.text.count("\n", 0, offset) + 1
            message = f"Line {line} holds a character that cannot be seen or looks like another: {kind}."
            yield Note(NoteCode.INVISIBLE_CHARACTER, message, document.policy, None, ())


def notes_of_statement(
    statement: Statement, permission: Permission, delegations: Sequence[Delegation]
) -> Iterator[Note]:
    """Notes on one statement; ``delegations`` are those of all statements."""
    own = [d for d in delegations if (d.policy, d.statement) == (statement.policy, statement.index)]
    found = [*on_elements(statement, permission.setting)]
    for condition in statement.conditions:
        found += on_any(condition)
        if condition.doubt:
            found.append((NoteCode.UNDETERMINED, sentence_of(condition.doubt), condition.path))
        elif statement.allows:
            found += on_allow(condition, statement, permission, own)
        else:
            found += on_deny(condition, permission.setting, delegations)
    if not statement.allows:
        found += dead_deny(statement, permission)
    for code, text, path in found:
        yield Note(code, text, statement.policy, statement.index, path)
