"""Removals: the tasks that take a delegate out of the policies of one identity, each statement asked for once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from approvals.models import ChangeTask, Grant
from approvals.rules.change_tasks import TaskKind
from approvals.services.tasks.change_tasks import open_task
from inventory.models import Delegation, Identity, User


@dataclass(frozen=True, slots=True)
class Why:
    """What is said of the tasks, and by whom they are opened."""

    reason: str
    due_on: date
    acting_user: User | None
    at: datetime
    is_urgent: bool = False


def open_removals(
    identity: Identity, delegations: Sequence[Delegation], grants: Sequence[Grant], why: Why
) -> dict[Delegation | Grant, ChangeTask]:
    """The task of each: a grant's takes out what lets its principals in, the others one for each policy."""
    opened: dict[Delegation | Grant, ChangeTask] = {each: _open(identity, why, grant=each) for each in grants}
    of_grants = {principal: opened[each] for each in grants for principal in each.grant_terms.principals}
    left: dict[str, list[Delegation]] = {}
    for each in delegations:
        if each.principal in of_grants:
            opened[each] = of_grants[each.principal]
        else:
            left.setdefault(each.policy_name, []).append(each)
    for policy_name, alike in sorted(left.items()):
        task = _open(identity, why, policy_name=policy_name, principals=[each.principal for each in alike])
        opened.update(dict.fromkeys(alike, task))
    return opened


def _open(
    identity: Identity, why: Why, *, grant: Grant | None = None, policy_name: str = "", principals: Sequence[str] = ()
) -> ChangeTask:
    return open_task(
        identity=identity,
        kind=TaskKind.REMOVE,
        reason=why.reason,
        due_on=why.due_on,
        at=why.at,
        acting_user=why.acting_user,
        grant=grant,
        policy_name=policy_name,
        principals=principals,
        is_urgent=why.is_urgent,
    )
