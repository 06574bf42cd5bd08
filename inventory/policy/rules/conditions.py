"""Conditions and denials that do not do what they seem to: the rules about the analyser's notes."""

from collections.abc import Iterator

from inventory.policy.delegations import Delegation, Note
from inventory.policy.note_codes import NoteCode
from inventory.policy.reach import Reach
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.rules.senders import outside_senders
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation, violation

_BULK = "ses:SendBulkEmail"


def notes(subject: IdentitySubject, *codes: NoteCode) -> list[Note]:
    """The notes with one of the codes, each place once, in the order of the documents."""
    found = [*subject.analysis.notes]
    for delegation in subject.analysis.delegations:
        found += delegation.notes
    by_place = {(note.code, note.policy, note.statement, note.path): note for note in found if note.code in codes}
    return sorted(by_place.values(), key=lambda note: (note.policy, note.statement or 0, str(note.path)))


def bulk_escapes(subject: IdentitySubject) -> Iterator[Violation]:
    """``bulk-escapes-from``: only where somebody outside may send in bulk."""
    bulk = [delegation for delegation in outside_senders(subject) if _BULK in delegation.actions]
    allowing = {(delegation.policy, delegation.statement) for delegation in subject.analysis.delegations}
    for note in notes(subject, NoteCode.BULK_ESCAPES_LIMIT):
        place = (note.policy, note.statement)
        if bulk and (place not in allowing or any((each.policy, each.statement) == place for each in bulk)):
            yield _noted("bulk-escapes-from", f"Bulk calls pass the limit on {_key(note)}: they do not carry it.", note)


def inert(subject: IdentitySubject) -> Iterator[Violation]:
    """``inert-condition``."""
    for note in notes(subject, NoteCode.KEY_DOES_NOT_EXIST):
        text = (
            f"The condition key {_key(note)} does not exist, so nobody can meet the condition. "
            "A checklist that looks for conditions would call this safe; the partner cannot send at all."
        )
        yield _noted("inert-condition", text, note)
    for note in notes(subject, NoteCode.KEY_NEVER_SENT_DIRECTLY):
        text = (
            f"A direct call never carries {_key(note)}, so nobody who calls Amazon SES directly can meet it. "
            "A checklist such as SES-003 would call this safe; the partner cannot send at all."
        )
        yield _noted("inert-condition", text, note)


def vacuous(subject: IdentitySubject) -> Iterator[Violation]:
    """``vacuous-condition``: high where the statement is open to everyone, else low."""
    for note in notes(subject, NoteCode.VACUOUS_CONDITION):
        is_open = any(_is_open(each) for each in _of_statement(subject, note))
        text = f"The condition on {_key(note)} changes nothing: without it the same callers are let in."
        yield _noted("vacuous-condition", text, note, Severity.HIGH if is_open else Severity.LOW)


def dead_denials(subject: IdentitySubject) -> Iterator[Violation]:
    """``dead-deny``: a Deny that cannot fire, or that is skipped by the very callers who still come in.

    High where the identity stays open to everyone: that is the reach it aimed to cut.
    """
    is_open = any(_is_open(delegation) for delegation in outside_senders(subject))
    for note in notes(subject, NoteCode.DEAD_DENY):
        text = f"This Deny keeps nobody out. {note.text}"
        yield _noted("dead-deny", text, note, Severity.HIGH if is_open else None)
    for note in notes(subject, NoteCode.DENY_SKIPS_MISSING_KEY) if is_open else ():
        yield _noted("dead-deny", f"This Deny does not close the door. {note.text}", note, Severity.HIGH)


def _is_open(delegation: Delegation) -> bool:
    return delegation.reach in (Reach.PUBLIC, Reach.UNDETERMINED)


def _of_statement(subject: IdentitySubject, note: Note) -> list[Delegation]:
    return [
        delegation
        for delegation in subject.analysis.delegations
        if (delegation.policy, delegation.statement) == (note.policy, note.statement)
    ]


def _key(note: Note) -> str:
    return str(note.path[-1]) if note.path else "its condition"


def _noted(rule_id: str, text: str, note: Note, severity: Severity | None = None) -> Violation:
    return violation(rule_id, text, policy=note.policy, statement=note.statement, path=note.path, severity=severity)
