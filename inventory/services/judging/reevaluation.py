"""Re-evaluation: the registry changed, or a day passed, and stored facts are judged again without asking AWS."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from inventory.models import Identity, PolicyVersion
from inventory.services.audit import record
from inventory.services.findings.findings import FindingCounts
from inventory.services.judging.identity_copies import lock_family
from inventory.services.judging.judgement import Judgement, judge
from inventory.services.judging.policy_versions import current_documents
from inventory.services.judging.reconciliation import assign_owner, save_state
from inventory.services.judging.registry_view import RegistryView
from inventory.services.owners.ownership import share_owners


def reevaluate(*, at: datetime, accounts: Sequence[str] | None = None) -> FindingCounts:
    """Judge again the identities of these accounts and those whose policies name them; all identities without ids.

    One transaction per identity; what was judged stays judged when a later one fails.
    """
    view = RegistryView(timezone.localdate(at))
    counts = FindingCounts()
    for identity in list(_concerned(accounts).select_related("scope").only("name", "scope__account_id")):
        counts += _judge_again(identity, view, at)
    return counts


def judge_due(*, at: datetime, limit: int | None = None) -> FindingCounts:
    """Judge the identities that a change of owner or registry concerns, at most ``limit`` of them; whoever dies over
    it, the rest stays due."""
    view = RegistryView(timezone.localdate(at))
    due = Identity.objects.to_judge().order_by("pk")
    counts = FindingCounts()
    for identity in list(due.select_related("scope").only("name", "scope__account_id")[:limit]):
        counts += _judge_again(identity, view, at)
    return counts


def mark_due(accounts: Sequence[str]) -> int:
    """Have the identities that these accounts concern judged soon; call it in the transaction that changed them."""
    return _concerned(accounts).update(is_judgement_due=True) if accounts else 0


def _concerned(accounts: Sequence[str] | None) -> "models.QuerySet[Identity]":
    live = Identity.objects.live().order_by("pk")
    if accounts is None:
        return live
    named = models.Q()
    for account_id in accounts:
        named |= models.Q(text__contains=account_id)
    naming = PolicyVersion.objects.current().filter(named).values("policy__identity") if accounts else ()
    return live.filter(models.Q(pk__in=naming) | models.Q(scope__account__account_id__in=list(accounts)))


@transaction.atomic
def _judge_again(stored: Identity, view: RegistryView, at: datetime) -> FindingCounts:
    share_owners()
    lock_family(stored.scope, stored.name)
    identity = (
        Identity.objects.select_for_update(of=("self",), no_key=True)
        .select_related("scope__account__organization", "scope__account__owner_team")
        .get(pk=stored.pk)
    )
    if identity.gone_at is not None:
        return FindingCounts()
    view.refresh()
    account = identity.scope.account
    changed = assign_owner(identity, account, view.owners)
    if changed:
        identity.save(update_fields=changed)
        save_state(identity, at)
    judgement = judge(identity, current_documents(identity), knowledge=view.knowledge(account), at=at, run=None)
    if identity.is_judgement_due:
        identity.is_judgement_due = False
        identity.save(update_fields=["is_judgement_due"])
    if changed or judgement.delegations:
        _record(identity, changed, judgement, at)
    return judgement.findings


def _record(identity: Identity, changed: list[str], judgement: Judgement, at: datetime) -> None:
    data = {"fields": sorted(changed), "delegations": asdict(judgement.delegations)}
    record(at=at, actor=None, action="identity.reevaluated", target=identity, data=data)
