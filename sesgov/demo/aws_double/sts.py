"""STS: who am I, and roles that trust by name and ExternalId."""

from datetime import UTC, datetime
from typing import Any

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.world import Account, partition_of


def get_caller_identity(state: State, call: Call) -> dict[str, Any]:
    session = state.credentials.of(call.access_key)
    return {"Arn": session.arn, "UserId": session.user_id, "Account": session.account}


def assume_role(state: State, call: Call) -> dict[str, Any]:
    role_arn, name = call.params["RoleArn"], call.params["RoleSessionName"]
    account = role_arn.split(":")[4]
    if state.world.accounts:
        _check_trust(state, call, state.world.accounts.get(account))
    seconds = int(call.params.get("DurationSeconds") or 3600)
    session = state.credentials.assume(account, role_arn, name, seconds, call.params.get("Policy"))
    expires = datetime.fromtimestamp(session.expires_at or 0, UTC)
    credentials = {
        "AccessKeyId": session.access_key,
        "SecretAccessKey": "the-double-checks-no-signature",
        "SessionToken": "session-of-" + session.access_key,
        "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
    }
    return {"Credentials": credentials, "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn}}


def _check_trust(state: State, call: Call, account: Account | None) -> None:
    """STS says the same for a missing role, a wrong ExternalId and a policy that denies."""
    partition, role_name = call.params["RoleArn"].split(":")[1], call.params["RoleArn"].rpartition("/")[2]
    role = account.role if account and account.state == "ACTIVE" and account.partition == partition else None
    is_trusted = role is not None and role.name == role_name and partition == partition_of(call.region)
    if not is_trusted or role is None or role.external_id not in (None, call.params.get("ExternalId")):
        caller = state.credentials.of(call.access_key).arn
        says = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {call.params['RoleArn']}"
        raise AwsError(403, "AccessDenied", says)


HANDLERS = {"GetCallerIdentity": get_caller_identity, "AssumeRole": assume_role}
