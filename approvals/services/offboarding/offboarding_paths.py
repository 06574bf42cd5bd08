"""The paths of an offboarding: found, given their tasks, and verified by readings alone."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from approvals.models import ChangeTask, Grant, Offboarding, OffboardingPath
from approvals.rules.offboarding import CaseState
from approvals.services.offboarding.offboarding_scope import account_ids, live_paths
from approvals.services.tasks.removals import Why, open_removals
from inventory.models import CollectionRun, Delegation, Identity, ScopeRun
from inventory.policy.reach import Reach
from inventory.services.audit import record

_RELATED = ("identity__scope__account__owner_team", "delegation", "grant")


def follow_paths(case: Offboarding, *, on: date, at: datetime) -> None:
    """Take in what came since, open the tasks that are missing, and write down what readings show; idempotent.

    Call it in the transaction that locked the case.
    """
    ids = account_ids(case.vendor)
    _join(case, ids, at=at)
    _reopen(case, at=at)
    if case.state == CaseState.CLOSING:
        _open_tasks(case, on=on, at=at)
    _verify(case, ids, at=at)


def _join(case: Offboarding, ids: Sequence[str], *, at: datetime) -> None:
    """Each live delegation once, and each grant on an identity where none of them stands."""
    known = case.paths.filter(delegation__isnull=False).values("delegation")
    new = [_path_of(case, each, at) for each in live_paths(ids).exclude(pk__in=known).select_related("identity")]
    on_identities = {each.identity_id for each in new} | set(case.paths.values_list("identity_id", flat=True))
    for grant in case.grants.exclude(identity__in=on_identities).select_related("identity"):
        principal = ", ".join(grant.grant_terms.principals)[:2048]
        new.append(OffboardingPath(case=case, identity=grant.identity, grant=grant, principal=principal, added_at=at))
    late = case.opened_at < at
    for path in new:
        path.is_late = late
        path.save(force_insert=True)
    if new and late:
        said = [{"identity": each.identity.arn, "principal": each.principal} for each in new]
        record(at=at, actor=None, action="offboarding.paths_joined", target=case, data={"paths": said})


def _path_of(case: Offboarding, delegation: Delegation, at: datetime) -> OffboardingPath:
    return OffboardingPath(
        case=case,
        identity=delegation.identity,
        delegation=delegation,
        principal=delegation.principal,
        account_id=delegation.account_id,
        policy_name=delegation.policy_name,
        added_at=at,
    )


def _reopen(case: Offboarding, *, at: datetime) -> None:
    """What was gone and is back has to be removed, and seen gone, again."""
    for path in case.paths.filter(verified_at__isnull=False, delegation__is_live=True).select_related("identity"):
        data = {"identity": path.identity.arn, "principal": path.principal, "run": path.verified_by_run_id}
        path.verified_at = path.verified_by_run = path.task = None
        path.save(update_fields=["verified_at", "verified_by_run", "task"])
        record(at=at, actor=None, action="offboarding.path_came_back", target=case, data=data)


def _open_tasks(case: Offboarding, *, on: date, at: datetime) -> None:
    why = Why(f"{case.vendor} was offboarded (case {case.pk}).", on, None, at)
    by_identity: dict[Identity, list[OffboardingPath]] = {}
    for path in case.paths.filter(task=None, verified_at=None).select_related(*_RELATED):
        by_identity.setdefault(path.identity, []).append(path)
    grants = list(case.grants.filter(identity__in=by_identity).order_by("pk"))
    for identity, paths in by_identity.items():
        delegations = [each.delegation for each in paths if each.delegation and each.delegation.is_live]
        opened = open_removals(identity, delegations, [each for each in grants if each.identity_id == identity.pk], why)
        for path in paths:
            path.task = _task_of(path, opened)
            path.save(update_fields=["task"])


def _task_of(path: OffboardingPath, opened: dict[Delegation | Grant, ChangeTask]) -> ChangeTask | None:
    return opened.get(path.delegation) if path.delegation else opened.get(path.grant) if path.grant else None


def _verify(case: Offboarding, ids: Sequence[str], *, at: datetime) -> None:
    """A reading after the path was taken in, which does not show it; a grant's own only once everything is over."""
    entered = set(live_paths(ids).values_list("identity_id", flat=True))
    for path in case.paths.filter(verified_at=None).select_related(*_RELATED):
        read_at = path.identity.gone_at or path.identity.last_read_at
        is_there = path.delegation.is_live if path.delegation else path.identity_id in entered
        waits = path.delegation is None and case.state != CaseState.CLOSING
        if is_there or waits or read_at <= path.added_at or _may_be_open(path):
            continue
        run = run_of(path.identity, read_at)
        if run is None:
            continue
        path.verified_at, path.verified_by_run = read_at, run
        path.save(update_fields=["verified_at", "verified_by_run"])
        data = {"identity": path.identity.arn, "principal": path.principal, "run": run.pk, "read_at": read_at}
        record(at=at, actor=None, action="offboarding.path_verified", target=case, data=data)


def _may_be_open(path: OffboardingPath) -> bool:
    """Whether its policy lets in anyone by now, or nobody can tell whom a policy of the identity lets in."""
    if path.identity.gone_at is not None:
        return False
    is_open = Q(reach=Reach.UNDETERMINED) | Q(reach=Reach.PUBLIC, policy_name=path.policy_name)
    return Delegation.objects.live().filter(is_open, identity=path.identity).exists()


def run_of(identity: Identity, read_at: datetime) -> CollectionRun | None:
    """The run that read the identity at an instant."""
    reading = ScopeRun.objects.filter(scope=identity.scope_id, started_at__lte=read_at).select_related("run")
    last = reading.order_by("-started_at").first()
    return last.run if last else None
