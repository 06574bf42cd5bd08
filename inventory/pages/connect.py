"""Connecting accounts: what is to be deployed, which accounts there are, and whether sesgov gets in."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from inventory.models import Account, AccountCheck, Discovery, Outcome
from inventory.pages.account import StepRow, steps_of

PROPOSED_ROLE = "sesgov-read"
# What the templates take; a path may hold what a shell would run, and these words are copied into one.
_PRINCIPAL = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+")
_PRINCIPAL_UNKNOWN = "arn:aws:iam::ACCOUNT_OF_SESGOV:role/ROLE_OF_SESGOV"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One managed account with its newest check, and the last that was finished."""

    account: Account
    newest: AccountCheck | None
    done: AccountCheck | None

    @property
    def is_checking(self) -> bool:
        """Whether a check is asked for and not done."""
        return self.newest is not None and self.newest.checked_at is None

    @property
    def problem(self) -> StepRow | None:
        """The first thing that does not work, or that is to be done nevertheless."""
        steps = steps_of(self.done) if self.done else []
        return next((step for step in steps if step.is_bad or step.outcome == "warning"), None)


def connect_context() -> dict[str, object]:
    """Everything that the page shows: a fixed number of queries."""
    return {
        **_parameters(),
        **accounts_context(),
        "discovery": Discovery.objects.select_related("organization", "requested_by").order_by("-id").first(),
    }


def accounts_context() -> dict[str, object]:
    """The accounts with their checks; those that do not work come first."""
    accounts = list(Account.objects.managed().select_related("organization").order_by("name", "account_id"))
    newest = {check.account_id: check for check in AccountCheck.objects.newest()}
    finished = AccountCheck.objects.exclude(checked_at=None).newest()
    done = {check.account_id: check for check in finished}
    rows = [AccountRow(account, newest.get(account.pk), done.get(account.pk)) for account in accounts]
    waiting = sum(row.is_checking for row in rows)
    outcomes = [row.done.outcome for row in rows if row.done]
    return {
        "rows": sorted(rows, key=_worst_first),
        "waiting": waiting,
        "checked": len(rows) - waiting,
        "working": outcomes.count(Outcome.COMPLETE),
        "broken": len(outcomes) - outcomes.count(Outcome.COMPLETE),
        "unchecked": len(rows) - len(outcomes),
    }


def _worst_first(row: AccountRow) -> tuple[int, str, str]:
    if row.done is None:
        rank = 2
    elif row.done.outcome != Outcome.COMPLETE:
        rank = 0
    else:
        rank = 1 if row.problem else 3
    return rank, row.account.name.lower(), row.account.account_id


def _parameters() -> dict[str, object]:
    """What the templates are filled with: what is set, else what is proposed."""
    role_name = settings.SESGOV_ROLE_NAME or PROPOSED_ROLE
    external_id = settings.SESGOV_EXTERNAL_ID or proposed_external_id()
    seen = Discovery.objects.exclude(caller_arn="").order_by("-id").values_list("caller_arn", flat=True).first()
    if seen and not _PRINCIPAL.fullmatch(seen):
        seen = None
    principal = seen or _PRINCIPAL_UNKNOWN
    return {
        "role_name": role_name,
        "external_id": external_id,
        "is_role_set": bool(settings.SESGOV_ROLE_NAME),
        "is_external_id_set": bool(settings.SESGOV_EXTERNAL_ID),
        "is_principal_known": bool(seen),
        "environment": f"SESGOV_ROLE_NAME={role_name}\nSESGOV_EXTERNAL_ID={external_id}",
        "stack_set": _STACK_SET.format(role_name=role_name, external_id=external_id, principal=principal),
        "management_stack": _STACK.format(role_name=role_name, external_id=external_id, principal=principal),
        "terraform": _TERRAFORM.format(role_name=role_name, external_id=external_id, principal=principal),
    }


def proposed_external_id() -> str:
    """One that is hard to guess and the same each time the page is opened."""
    return f"sesgov-{salted_hmac('sesgov.external-id', 'installation', algorithm='sha256').hexdigest()[:32]}"


_STACK_SET = """\
aws cloudformation create-stack-set --stack-set-name sesgov-read \\
  --template-body file://deploy/cloudformation/sesgov-read-role.yaml \\
  --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false \\
  --capabilities CAPABILITY_NAMED_IAM --call-as DELEGATED_ADMIN \\
  --parameters ParameterKey=RoleName,ParameterValue={role_name} \\
    ParameterKey=ExternalId,ParameterValue={external_id} \\
    ParameterKey=ReaderPrincipalArn,ParameterValue={principal}
aws cloudformation create-stack-instances --stack-set-name sesgov-read --call-as DELEGATED_ADMIN \\
  --deployment-targets OrganizationalUnitIds=r-YOUR-ROOT --regions us-east-1 \\
  --operation-preferences MaxConcurrentPercentage=100,FailureTolerancePercentage=100"""
_STACK = """\
aws cloudformation deploy --stack-name sesgov-read --region us-east-1 --capabilities CAPABILITY_NAMED_IAM \\
  --template-file deploy/cloudformation/sesgov-read-role.yaml \\
  --parameter-overrides RoleName={role_name} ExternalId={external_id} ReaderPrincipalArn={principal}"""
_TERRAFORM = """\
module "sesgov_read" {{
  source               = "./deploy/terraform/read-role"
  role_name            = "{role_name}"
  external_id          = "{external_id}"
  reader_principal_arn = "{principal}"
}}"""
