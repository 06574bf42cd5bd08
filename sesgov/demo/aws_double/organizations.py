"""Organizations: the accounts of the world, 20 to a page, with State and Paths."""

from typing import Any

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError, situation
from sesgov.demo.aws_double.pages import page
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.world import Account, Organization

PAGE = 20
JOINED = 1577836800
# What ``Status`` said before ``State`` replaced it.
STATUS = {"PENDING_ACTIVATION": "ACTIVE", "PENDING_CLOSURE": "PENDING_CLOSURE", "CLOSED": "SUSPENDED"}


def list_accounts(state: State, call: Call) -> dict[str, Any]:
    organization = _readable(state, call)
    size = int(call.params.get("MaxResults") or PAGE)
    if not 1 <= size <= PAGE:
        raise AwsError(400, "InvalidInputException", f"MaxResults must be between 1 and {PAGE}.")
    members = [account for account in state.world.accounts.values() if account.path is not None]
    found, token = page(state.faults, call, members, size)
    answer: dict[str, Any] = {"Accounts": [_described(organization, account) for account in found]}
    return answer | ({"NextToken": token} if token else {})


def describe_account(state: State, call: Call) -> dict[str, Any]:
    organization = _readable(state, call)
    account = state.world.accounts.get(call.params.get("AccountId", ""))
    if account is None or account.path is None:
        raise AwsError(400, "AccountNotFoundException", "You specified an account that doesn't exist.")
    return {"Account": _described(organization, account)}


def list_parents(state: State, call: Call) -> dict[str, Any]:
    """The root or unit above an account or unit, from the paths of the accounts."""
    _readable(state, call)
    child = str(call.params.get("ChildId", ""))
    for account in state.world.accounts.values():
        steps = [*(account.path or "").strip("/").split("/")[1:], account.id]
        if child in steps[1:] and account.path is not None:
            above = steps[steps.index(child) - 1]
            return {"Parents": [{"Id": above, "Type": "ROOT" if above.startswith("r-") else "ORGANIZATIONAL_UNIT"}]}
    raise AwsError(400, "ChildNotFoundException", "You specified an account or unit that doesn't exist.")


def describe_organization(state: State, call: Call) -> dict[str, Any]:
    organization = _organization(state)
    account = state.world.accounts.get(call.account)
    if account is None or account.path is None:
        raise AwsError(400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    management = organization.management_account
    prefix = f"arn:aws:organizations::{management}"
    described = {
        "Id": organization.id,
        "Arn": f"{prefix}:organization/{organization.id}",
        "FeatureSet": "ALL",
        "MasterAccountArn": f"{prefix}:account/{organization.id}/{management}",
        "MasterAccountId": management,
        "MasterAccountEmail": state.world.accounts[management].email,
    }
    return {"Organization": described}


def _organization(state: State) -> Organization:
    if state.world.organization is None:
        raise AwsError(400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return state.world.organization


def _readable(state: State, call: Call) -> Organization:
    organization = _organization(state)
    if call.account not in (organization.management_account, *organization.delegated_administrators):
        raise situation("denied", call.protocol, "You don't have permissions to access this resource.")
    return organization


def _described(organization: Organization, account: Account) -> dict[str, Any]:
    arn = f"arn:aws:organizations::{organization.management_account}:account/{organization.id}/{account.id}"
    described = {
        "Id": account.id,
        "Arn": arn,
        "Email": account.email,
        "Name": account.name,
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": JOINED,
    }
    if organization.legacy_status:
        return described | {"Status": STATUS.get(account.state, account.state)}
    return described | {"State": account.state, "Paths": [account.path]}


HANDLERS = {
    "ListAccounts": list_accounts,
    "DescribeAccount": describe_account,
    "ListParents": list_parents,
    "DescribeOrganization": describe_organization,
}
