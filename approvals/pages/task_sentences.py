"""What a change task asks for, as one sentence."""

from collections.abc import Mapping
from datetime import date

from approvals.models import ChangeTask
from approvals.pages.grant_sentences import grant_sentence
from approvals.rules.change_tasks import TaskKind
from inventory.policy.account_ids import grouped_account_id, is_account_id


def task_sentence(task: ChangeTask, *, names: Mapping[str, str], on: date) -> str:
    """``Write into AWS: Brightmail (...) can send as news@... until 31 March 2027.``"""
    if task.grant is not None:
        said = grant_sentence(task.grant, names=names, on=on)
        return f"Write into AWS: {said}" if task.kind == TaskKind.APPLY else f"Take out of AWS: {said}"
    who = ", ".join(_named(each, names) for each in task.principals[:3]) or "everybody outside"
    more = f" and {len(task.principals) - 3} more" if len(task.principals) > 3 else ""
    policy = f" of policy {task.policy_name}" if task.policy_name else ""
    return f"Take {who}{more} out{policy} on {task.identity.name}."


def _named(principal: str, names: Mapping[str, str]) -> str:
    if principal == "*":
        return "anyone with an AWS account"
    account = principal.split(":")[4] if principal.count(":") >= 5 else principal
    name = names.get(account, "")
    shown = grouped_account_id(principal) if is_account_id(principal) else principal
    return f"{name} ({shown})" if name else shown
