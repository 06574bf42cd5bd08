"""Reconciliation: what AWS said of one identity becomes rows, in one transaction; the same again changes nothing."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from inventory.aws.accounts import identity_arn
from inventory.aws.identities import IdentityFacts
from inventory.models import Account, CollectionRun, Identity, IdentityState, Scope
from inventory.services.audit import record
from inventory.services.findings.findings import FindingCounts, close_for_deleted, see_again
from inventory.services.judging.delegations import save_delegations
from inventory.services.judging.identity_copies import lock_family
from inventory.services.judging.judgement import Knowledge, judge, save_ranks
from inventory.services.judging.judgement_grounds import grounds
from inventory.services.judging.policy_versions import end_policies, save_policies
from inventory.services.judging.registry_view import RegistryView
from inventory.services.owners.ownership import Owned, OwnerBook, share_owners
from inventory.services.registry.sending_names import sending_name

_READ_FIELDS = (
    "arn", "identity_type", "is_verified", "verification_status", "dkim_enabled", "dkim_status", "mail_from_domain",
    "configuration_set", "tags", "gone_at",
)  # fmt: skip
STATE_FIELDS = ("environment", "owner_team_id", "owner_user_id", "owner_source")
OWNER_FIELDS = (*STATE_FIELDS, "owner_tag_value", "owner_rule_id")


@dataclass(frozen=True, slots=True)
class Context:
    """What one stretch of reading a scope shares: its run, and the registry as it stands."""

    run: CollectionRun
    scope: Scope
    view: RegistryView

    @property
    def is_baseline(self) -> bool:
        """Whether the scope has never been completely read: what is found on an identity seen first is its baseline."""
        return self.scope.baseline_at is None


@transaction.atomic(savepoint=False)
def see_unchanged(found: Collection[IdentityFacts], context: Context, *, at: datetime) -> list[str]:
    """Of identities that were read no earlier than ``at``, note those in which nothing changed; returns their names.

    Four statements, however many there are; the others are left to :func:`reconcile_identity`, one at a time.
    """
    rows = Identity.objects.filter(scope=context.scope, name__in=[facts.name for facts in found], last_read_at__lte=at)
    known = {row.name: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk")}
    context.view.refresh()
    account = context.scope.account = context.view.account(context.scope.account_id)
    knowledge = context.view.knowledge(account)
    seen = [known[facts.name] for facts in found if _is_unchanged(known.get(facts.name), facts, context, knowledge)]
    Identity.objects.filter(pk__in=[identity.pk for identity in seen]).update(last_read_at=at)
    see_again(seen, at=at)
    return [identity.name for identity in seen]


def _is_unchanged(identity: Identity | None, facts: IdentityFacts, context: Context, knowledge: Knowledge) -> bool:
    """Whether what was read says what is stored; the row, which nobody saves, then stays as it is."""
    if identity is None:
        return False
    identity.scope = context.scope
    changed = _take_facts(identity, facts, context) or assign_owner(
        identity, context.scope.account, context.view.owners
    )
    return not changed and _is_as_judged(identity, facts, knowledge)


@transaction.atomic(savepoint=False)
def reconcile_identity(facts: IdentityFacts, context: Context, *, at: datetime) -> FindingCounts:
    """Store one successful GetEmailIdentity that ended at ``at``; an older answer than the stored one is left aside."""
    identity = _locked(context.scope, facts.name)
    if identity is not None and identity.last_read_at > at:
        return FindingCounts()
    context.view.refresh()
    account = context.scope.account = context.view.account(context.scope.account_id)
    is_new = identity is None
    identity = identity or Identity(scope=context.scope, name=facts.name, first_seen_at=at)
    changed = _take_facts(identity, facts, context)
    changed += assign_owner(identity, account, context.view.owners)
    knowledge = context.view.knowledge(account)
    identity.last_read_at = at
    identity.save()
    if is_new:
        _open_state(identity, at)
    elif changed:
        save_state(identity, at)
    policies = save_policies(identity, facts.policies, at=at, run=context.run)
    judgement = judge(
        identity,
        facts.policies,
        knowledge=knowledge,
        at=at,
        run=context.run,
        is_baseline=context.is_baseline and is_new,
    )
    if is_new or changed or policies or judgement.delegations:
        action = "identity.found" if is_new else "identity.changed"
        data = {
            "run": context.run.pk,
            "fields": [] if is_new else sorted(changed),
            "policies": asdict(policies),
            "delegations": asdict(judgement.delegations),
        }
        record(at=at, actor=None, action=action, target=identity, data=data)
    return judgement.findings


@transaction.atomic(savepoint=False)
def remove_identity(name: str, context: Context, *, at: datetime) -> FindingCounts:
    """A complete listing lacked the identity, and GetEmailIdentity at ``at`` answered NotFound: it is gone."""
    identity = _locked(context.scope, name)
    if identity is None or identity.gone_at is not None or identity.last_read_at > at:
        return FindingCounts()
    identity.gone_at = at
    identity.save(update_fields=["gone_at"])
    identity.states.filter(to_at=None).update(to_at=at)
    policies = end_policies(identity, at=at)
    delegations = save_delegations(identity, [], at=at, run=context.run)
    save_ranks(identity, [], "", run=context.run)
    record(
        at=at,
        actor=None,
        action="identity.gone",
        target=identity,
        data={"run": context.run.pk, "policies": policies, "delegations": delegations.closed},
    )
    return close_for_deleted(identity, at=at, run=context.run)


def _locked(scope: Scope, name: str) -> Identity | None:
    """The row and its copies, held against a second reader."""
    share_owners()
    lock_family(scope, name)
    identity = (
        Identity.objects.select_for_update(of=("self",), no_key=True)
        .filter(scope=scope, name=name)
        .order_by("pk")
        .first()
    )
    if identity is not None:
        identity.scope = scope
    return identity


def _is_as_judged(identity: Identity, facts: IdentityFacts, knowledge: Knowledge) -> bool:
    """Whether a judgement would follow from what the last one followed from: the stored policies are these then."""
    return bool(identity.judged_on) and identity.judged_on == grounds(identity, facts.policies, knowledge.hash)


def _take_facts(identity: Identity, facts: IdentityFacts, context: Context) -> list[str]:
    account = context.scope.account
    values = {name: getattr(facts, name) for name in _READ_FIELDS if hasattr(facts, name)}
    values["tags"] = dict(facts.tags)
    values["gone_at"] = None
    values["arn"] = identity_arn(
        partition=account.partition, region=context.scope.region, account_id=account.account_id, name=facts.name
    )
    values["sending_name"] = sending_name(facts.name, context.view.sending_names)
    return _set(identity, values)


def assign_owner(identity: Identity, account: Account, owners: OwnerBook) -> list[str]:
    """Set environment and owner; returns the names of the fields that changed, unsaved."""
    return _set(identity, owner_values(identity, account, owners))


def owner_values(identity: Owned, account: Account, owners: OwnerBook) -> dict[str, object]:
    """What ``OWNER_FIELDS`` of the identity are to hold."""
    owner = owners.owner(identity, account)
    return {
        "environment": account.environment,
        "owner_team_id": owner.team_id,
        "owner_user_id": owner.user_id,
        "owner_source": str(owner.source),
        "owner_tag_value": owner.tag_value,
        "owner_rule_id": owner.rule_id,
    }


def _set(identity: Identity, values: dict[str, object]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(identity, name) != value]
    for name in changed:
        setattr(identity, name, values[name])
    return changed


def save_state(identity: Identity, at: datetime) -> None:
    """Close the open interval of owner and environment where they changed, and open the next."""
    values = {name: getattr(identity, name) for name in STATE_FIELDS}
    current = identity.states.filter(to_at=None).order_by("pk").first()
    if current is not None:
        if all(getattr(current, name) == value for name, value in values.items()):
            return
        current.to_at = at
        current.save(update_fields=["to_at"])
    _open_state(identity, at)


def _open_state(identity: Identity, at: datetime) -> None:
    values = {name: getattr(identity, name) for name in STATE_FIELDS}
    IdentityState.objects.create(identity=identity, from_at=at, **values)
