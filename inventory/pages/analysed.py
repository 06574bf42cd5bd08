"""An identity's policies as they stand, judged now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from inventory.models import Account, Identity, PolicyVersion, SendingPolicy
from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis


@dataclass(frozen=True, slots=True)
class Analysed:
    """``policies`` pairs each policy that is there with what it says now."""

    analysis: Analysis
    policies: tuple[tuple[SendingPolicy, PolicyVersion], ...]


def analysed(identity: Identity, at: datetime) -> Analysed:
    """The engine's word on the stored texts, with the registry as it stands: four queries."""
    account = identity.scope.account
    organization = account.organization.organization_id if account.organization else None
    policies = _live_policies(identity)
    analysis = analyse(
        owner_account=account.account_id,
        identity_arn=identity.arn,
        policies={policy.name: version.text for policy, version in policies},
        registry=Account.objects.registry(on=at.date(), owner_organization=organization),
        at=at,
    )
    return Analysed(analysis, policies)


def _live_policies(identity: Identity) -> tuple[tuple[SendingPolicy, PolicyVersion], ...]:
    history = Prefetch("versions", PolicyVersion.objects.select_related("run"))
    rows = identity.policies.filter(gone_at=None).prefetch_related(history)
    pairs = [(policy, next((each for each in policy.versions.all() if each.to_at is None), None)) for policy in rows]
    return tuple((policy, version) for policy, version in pairs if version is not None)
