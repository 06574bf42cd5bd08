"""Judgement: what stored policies allow at an instant, as delegations, ranks and findings of one identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from inventory.models import Account, CollectionRun, Identity, Team
from inventory.policy.analysis import analyse
from inventory.policy.reach import Reach
from inventory.policy.rules.subjects import DelegateFacts
from inventory.policy.trust import Registry
from inventory.services.findings.findings import FindingCounts, judge_identity, load_delegates, see_again
from inventory.services.judging.delegations import (
    NO_TRUST_RANK,
    DelegationChanges,
    Stance,
    save_delegations,
    stances_of,
)
from inventory.services.judging.judgement_grounds import grounds, hash_of


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the company knows on a day; read once for a stretch of work."""

    registry: Registry
    delegates: Mapping[str, DelegateFacts]
    hash: str

    @classmethod
    def load(cls, on: date, account: Account) -> Self:
        """As the registry stands, seen from the account that owns the identities."""
        organization = account.organization.organization_id if account.organization else None
        registry = Account.objects.registry(on=on, owner_organization=organization)
        delegates = load_delegates()
        teams = Team.objects.order_by("pk").values_list("pk", "name")
        parts = (sorted(registry.accounts.items()), sorted(registry.organizations.items()), organization)
        known = (*parts, sorted(delegates.items()), list(teams))
        return cls(registry=registry, delegates=delegates, hash=hash_of(map(repr, known)))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What changed by judging again."""

    delegations: DelegationChanges
    findings: FindingCounts


def judge(
    identity: Identity,
    documents: Mapping[str, str],
    *,
    knowledge: Knowledge,
    at: datetime,
    run: CollectionRun | None,
    is_baseline: bool = False,
) -> Judgement:
    """Bring delegations, ranks and findings in line with the documents; call it in the transaction that saved them.

    On the same grounds as the last time nothing is judged: a look (``run``) only finds the findings there again.
    """
    judged_on = grounds(identity, documents, knowledge.hash)
    if judged_on and judged_on == identity.judged_on:
        if run is not None:
            see_again([identity], at=at)
        return Judgement(DelegationChanges(), FindingCounts())
    analysis = analyse(
        owner_account=identity.scope.account.account_id,
        identity_arn=identity.arn,
        policies=documents,
        registry=knowledge.registry,
        at=at,
    )
    stances = stances_of(analysis)
    changes = save_delegations(identity, stances, at=at, run=run)
    save_ranks(identity, stances, judged_on, run=run)
    findings = judge_identity(
        identity,
        analysis,
        policies=documents,
        registry=knowledge.registry,
        delegates=knowledge.delegates,
        at=at,
        run=run,
        is_baseline=is_baseline,
    )
    return Judgement(changes, findings)


def save_ranks(identity: Identity, stances: list[Stance], judged_on: str, *, run: CollectionRun | None) -> None:
    """Repeat the riskiest stance on the identity, so that lists can sort by it: trust first, then reach.

    What is allowed has been judged anew, so it has to be compared with what was approved.
    """
    outside = [stance for stance in stances if stance.is_outside]
    worst = min(outside, key=lambda stance: (*stance.rank, stance.reach is Reach.UNDETERMINED), default=None)
    reach = worst.reach if worst else Reach.SELF
    values = {
        "widest_reach": reach.value,
        "widest_trust": worst.trust.value if worst and worst.trust else "",
        "trust_rank": worst.rank[0] if worst else NO_TRUST_RANK,
        "reach_rank": worst.rank[1] if worst else NO_TRUST_RANK,
        "delegate_count": len({stance.principal for stance in outside}),
        "judged_on": judged_on,
        "is_matching_due": True,
        "matching_run_id": run.pk if run is not None else identity.matching_run_id,
    }
    changed = [name for name, value in values.items() if getattr(identity, name) != value]
    for name in changed:
        setattr(identity, name, values[name])
    if changed:
        identity.save(update_fields=changed)
