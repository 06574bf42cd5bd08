"""Change packs: what a task means for the policies as they are now, from what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from approvals.models import ChangeTask, Grant
from approvals.rules.change_tasks import TaskKind
from approvals.rules.states import Standing
from inventory.models import Account, Identity, PolicyVersion
from inventory.policy.grants.changes import Change, Ground
from inventory.policy.grants.packs import Pack, is_done, make_pack
from inventory.policy.grants.terms import GrantTerms

_LIVE = (Standing.ACTIVE, Standing.AHEAD)


@dataclass(frozen=True, slots=True)
class Situation:
    """One task beside the policies that its identity has now; ``versions`` are these by name."""

    versions: Mapping[str, PolicyVersion]
    change: Change
    ground: Ground

    @property
    def policies(self) -> dict[str, str]:
        """The texts by name."""
        return {name: version.text for name, version in self.versions.items()}

    @property
    def is_done(self) -> bool:
        """Whether the policies say already what the task asks for."""
        return is_done(self.policies, self.change, self.ground)

    def pack(self) -> Pack:
        """The documents that bring it about, with what is to know of them."""
        return make_pack(self.policies, self.change, self.ground)


def situation_of(task: ChangeTask, *, at: datetime) -> Situation:
    """What a task is about, as things stand: five queries. ``task.identity.scope.account`` is to be loaded."""
    return Situation(versions_of(task.identity), _change(task, at=at), ground_of(task.identity, at=at))


def versions_of(identity: Identity) -> dict[str, PolicyVersion]:
    """What each policy that is there says now, by its name."""
    rows = PolicyVersion.objects.current().filter(policy__identity=identity, policy__gone_at=None)
    return {row.policy.name: row for row in rows.select_related("policy").order_by("policy__name")}


def ground_of(identity: Identity, *, at: datetime) -> Ground:
    """The identity as the policy engine takes it."""
    account = identity.scope.account
    organization = account.organization.organization_id if account.organization else None
    registry = Account.objects.registry(on=timezone.localdate(at), owner_organization=organization)
    return Ground(identity.arn, account.account_id, registry, at)


def policy_name_of(grant: Grant) -> str:
    """The policy that a grant gets where its statement finds no place in another."""
    return f"sesgov-grant-{grant.pk}"


def _change(task: ChangeTask, *, at: datetime) -> Change:
    on = timezone.localdate(at)
    rows = task.identity.grants.filter(effective_ends_on__gte=on).order_by("pk")
    others = [each for each in rows if each.pk != task.grant_id]
    if task.grant is None:
        kept = tuple(effective_terms(each) for each in others if each.standing(on) in _LIVE)
        principals = tuple(task.principals)
        return Change(is_removal=True, policy=task.policy_name, principals=principals, kept=kept)
    before = next((each for each in others if each.successor_id == task.grant_id and each.standing(on) in _LIVE), None)
    terms, is_continued = effective_terms(task.grant), _continues(task.grant, before)
    if is_continued:
        terms = replace(terms, starts_on=None)
    live = [each for each in others if each.standing(on) in _LIVE and not (is_continued and each == before)]
    return Change(
        is_removal=task.kind == TaskKind.REMOVE,
        policy=policy_name_of(task.grant),
        terms=terms,
        before=_before(task.grant),
        kept=tuple(effective_terms(each) for each in live),
    )


def effective_terms(grant: Grant) -> GrantTerms:
    """The terms with the end that holds by now; it may be earlier than the one that was approved."""
    terms = grant.grant_terms
    ends_on = max(grant.effective_ends_on, grant.starts_on)
    return terms if ends_on >= terms.ends_on else replace(terms, ends_on=ends_on)


def _continues(grant: Grant, before: Grant | None) -> bool:
    """Whether the same access goes on from one grant into the next, so that one statement says both."""
    if before is None or before.access_id != grant.access_id:
        return False
    return before.effective_ends_on + timedelta(days=1) >= grant.starts_on


def _before(grant: Grant) -> GrantTerms | None:
    """What the grant follows, whose statement it takes over."""
    before = Grant.objects.filter(successor=grant).order_by("pk").last()
    return before.grant_terms if before is not None else None
