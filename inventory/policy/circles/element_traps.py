"""Element traps: what principals, actions and resources say and do not mean."""

from collections.abc import Iterator

from inventory.policy.note_codes import NoteCode
from inventory.policy.reading.documents import Statement, unknown_actions
from inventory.policy.reading.principals import Principal, PrincipalKind
from inventory.policy.search.settings import Setting
from inventory.policy.trust import Trust, trust_of_account

Found = Iterator[tuple[NoteCode, str, tuple[str | int, ...]]]


def sentence_of(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def on_elements(statement: Statement, setting: Setting) -> Found:
    for principal in statement.principals:
        yield from _on_principal(principal, statement, setting)
    if statement.excludes_principals and statement.allows:
        text = "Allow with NotPrincipal lets in everyone who is not named; AWS no longer supports it."
        yield NoteCode.UNSUPPORTED_SHAPE, text, (*statement.path, "NotPrincipal")
    if statement.excludes_actions and statement.allows:
        text = "Allow with NotAction covers every action that is not named, new ones included."
        yield NoteCode.NOT_ACTION, text, (*statement.path, "NotAction")
    element = "NotAction" if statement.excludes_actions else "Action"
    for action in unknown_actions(statement.actions):
        yield NoteCode.UNKNOWN_ACTION, f"SES has no action {action!r}.", (*statement.path, element)
    if not statement.covers(setting.identity_arn, setting.context, surely=False):
        element = "NotResource" if statement.excludes_resources else "Resource"
        text = f"The statement is not about this identity, {setting.identity_arn}."
        yield NoteCode.OTHER_RESOURCE, text, (*statement.path, element)


def _on_principal(principal: Principal, statement: Statement, setting: Setting) -> Found:
    if principal.kind is PrincipalKind.DOUBTFUL:
        yield NoteCode.UNDETERMINED, sentence_of(principal.doubt), principal.path
    elif principal.kind is PrincipalKind.DELETED:
        text = f"{principal.value} is the id of a user or role that was deleted; it matches nobody again."
        yield NoteCode.DELETED_PRINCIPAL, text, principal.path
    elif not principal.is_exact:
        text = f"{principal.value!r}: a principal takes no wildcard in its middle; AWS refuses it."
        yield NoteCode.UNSUPPORTED_SHAPE, text, principal.path
    elif principal.partition not in (None, setting.partition):
        text = f"{principal.value} belongs to another partition than the identity, so it matches nobody."
        yield NoteCode.OTHER_PARTITION, text, principal.path
    elif statement.allows and principal.account and _is_placeholder(principal.account, setting):
        text = f"{principal.account} is an account id that documentation uses as an example."
        yield NoteCode.PLACEHOLDER_ACCOUNT, text, principal.path


def _is_placeholder(account: str, setting: Setting) -> bool:
    return trust_of_account(account, setting.owner_account, setting.registry) is Trust.PLACEHOLDER
