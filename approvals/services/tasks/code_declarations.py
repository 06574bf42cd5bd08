"""Code declarations: somebody says that policies are written by code, and where."""

from datetime import datetime

from django.db import transaction

from approvals.models import CodeDeclaration
from approvals.services.tasks.change_tasks import operating_team
from inventory.models import Account, Identity, Membership, Role, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_words


@transaction.atomic
def declare_code(
    *, identity: Identity, tool: str, repository: str, is_whole_account: bool, acting_user: User, at: datetime
) -> CodeDeclaration:
    """Say where the policies of an identity, or of all in its account, are written; it replaces what was said."""
    _check_may(identity, acting_user)
    if tool not in CodeDeclaration.Tool.values:
        raise RefusedError("tool", f"{tool!r} is none of {', '.join(CodeDeclaration.Tool.values)}.")
    check_words("repository", repository, 300)
    if not repository.strip():
        raise RefusedError("repository", "Say where the code is.")
    account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=identity.scope.account_id)
    about = None if is_whole_account else identity
    CodeDeclaration.objects.in_force().filter(account=account, identity=about).update(ended_at=at)
    made = CodeDeclaration.objects.create(
        account=account, identity=about, tool=tool, repository=repository.strip(), declared_by=acting_user,
        declared_at=at,
    )  # fmt: skip
    data = {"account": account.account_id, "identity": identity.arn if about else "", "tool": tool}
    record(at=at, actor=acting_user, action="code.declared", target=made, data=data | {"repository": made.repository})
    return made


@transaction.atomic
def end_declaration(declaration_id: int, *, identity: Identity, acting_user: User, at: datetime) -> None:
    """The policies are written by hand again."""
    _check_may(identity, acting_user)
    ended = CodeDeclaration.objects.in_force().filter(pk=declaration_id, account=identity.scope.account_id)
    for each in ended.select_for_update(of=("self",)):
        each.ended_at = at
        each.save(update_fields=["ended_at"])
        record(at=at, actor=acting_user, action="code.declaration_ended", target=each)


def _check_may(identity: Identity, user: User) -> None:
    team = operating_team(identity)
    is_operator = user.is_active and team is not None and Membership.objects.filter(team=team, user=user).exists()
    if not (is_operator or user.has_role([Role.SECURITY])):
        raise RefusedError("person", "Only the team that operates the account, or security, says this.")
