"""Contain now: a delegate of an identity is to be stopped at once. sesgov itself writes nothing to AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeTask, Containment, Grant
from approvals.rules.states import Decision
from approvals.services.emergencies.suspensions import stop
from approvals.services.grants.grants import check_may_end, check_reason, locked_grant
from approvals.services.tasks.removals import Why, open_removals
from inventory.models import Account, Delegation, Identity, User
from inventory.policy.account_ids import grouped_account_id, is_account_id
from inventory.policy.grants.terms import ANYONE
from inventory.services.audit import record
from inventory.services.notices.notices import NoticeKind, tell, tell_address
from inventory.services.notices.recipients import operators, owner_side, security_team
from inventory.services.refusals import ConflictError

_STOPPABLE = (Decision.APPROVED, Decision.BREAK_GLASS, Decision.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Reachable:
    """What containing a delegate of an identity would stop: its live delegations, and the grants it has."""

    delegations: Sequence[Delegation]
    grants: Sequence[Grant]


def subject_of(delegation: Delegation) -> str:
    """Who is stopped: the account, whatever it is named by, or the principal where there is no account."""
    return delegation.account_id or delegation.principal


def reachable(identity: Identity, subject: str, *, on: date) -> Reachable:
    """Two queries."""
    rows = Delegation.objects.live().outside().filter(identity=identity)
    by_subject = Q(account_id=subject) if is_account_id(subject) else Q(account_id="", principal=subject)
    return Reachable(list(rows.filter(by_subject)), list(_grants(identity, subject, on)))


def _grants(identity: Identity, subject: str, on: date) -> QuerySet[Grant]:
    """Those that let the delegate in today or later; a suspended one is stopped already."""
    rows = Grant.objects.filter(identity=identity, effective_ends_on__gte=on, decision__in=_STOPPABLE)
    if is_account_id(subject):
        return rows.filter(account_ids__contains=[subject]).order_by("pk")
    return rows.filter(terms__principals__contains=[subject]).order_by("pk")


@transaction.atomic
def contain(
    identity_id: int, subject: str, *, reason: str, acting_user: User, at: datetime, is_vendor_told: bool = False
) -> Containment:
    """Suspend the grants, open the tasks that cut every policy, and tell those concerned; once, however often called.

    The owner's side and security may. Raises :class:`ConflictError` where nothing is left to stop.
    """
    identity = (
        Identity.objects.select_for_update(of=("self",), no_key=True)
        .select_related("scope__account")
        .get(pk=identity_id)
    )
    check_may_end(identity, acting_user, at)
    check_reason(reason)
    on = timezone.localdate(at)
    found = reachable(identity, subject, on=on)
    before = Containment.objects.open().filter(identity=identity, subject=subject).first()
    if before is not None and not found.grants and _is_covered(before, found):
        return before
    if not found.delegations and not found.grants:
        raise ConflictError("Nothing is left to stop: no policy that was seen lets it in, and no grant is in force.")
    made = Containment.objects.create(
        identity=identity, subject=subject, reason=reason.strip(), contained_by=acting_user, contained_at=at
    )
    grants = _stopped(found.grants, made, acting_user=acting_user, at=at)
    why = Why(made.reason, on, acting_user, at, is_urgent=True)
    made.grants.set(grants)
    made.tasks.set(set(open_removals(identity, found.delegations, grants, why).values()))
    data = {
        "subject": subject,
        "reason": made.reason,
        "grants": [each.pk for each in found.grants],
        "tasks": sorted(made.tasks.values_list("pk", flat=True)),
        "is_vendor_told": is_vendor_told,
    }
    record(at=at, actor=acting_user, action="identity.contained", target=identity, data=data)
    _tell(made, on=on, at=at)
    if is_vendor_told:
        _tell_vendor(made, at=at)
    return made


def _is_covered(containment: Containment, found: Reachable) -> bool:
    """Whether each way in has its task already."""
    undone = list(ChangeTask.objects.undone().filter(containments=containment).select_related("grant"))
    of_grants = {each for task in undone if task.grant for each in task.grant.grant_terms.principals}
    of_policies = {(task.policy_name, each) for task in undone for each in task.principals}
    return all(
        each.principal in of_grants or (each.policy_name, each.principal) in of_policies for each in found.delegations
    )


def _stopped(grants: Sequence[Grant], made: Containment, *, acting_user: User, at: datetime) -> list[Grant]:
    stopped = []
    for each in grants:
        grant = locked_grant(each.pk)
        if grant.decision in _STOPPABLE:
            stop(grant, reason=made.reason, acting_user=acting_user, at=at)
        stopped.append(grant)
    return stopped


def _tell(made: Containment, *, on: date, at: datetime) -> None:
    identity = made.identity
    people = [*owner_side(identity, on=on), *security_team(), *operators(identity.scope.account)]
    who = subject_name(made.subject)
    tell(
        people,
        kind=NoticeKind.CONTAIN,
        key=f"contain:{made.pk}",
        text=f"{who} must no longer act as {identity.name}: somebody has to take it out of the policy now.",
        path=reverse("approvals:containment_detail", args=[made.pk]),
        at=at,
        is_urgent=True,
    )


def _tell_vendor(made: Containment, *, at: datetime) -> None:
    account = Account.objects.filter(account_id=made.subject, vendor__isnull=False).select_related("vendor").first()
    if account is None or account.vendor is None:
        return
    name = made.identity.name
    text = (
        f"Your AWS account {grouped_account_id(made.subject)} is being stopped from sending as {name} through Amazon "
        f"SES. Mail that you send as {name} will be refused. Ask your contact at our company before you send again."
    )
    for contact in account.vendor.contacts.exclude(email=""):
        tell_address(contact.email, key=f"contain:{made.pk}", subject=f"Sending as {name} is stopped", text=text, at=at)


def subject_name(subject: str) -> str:
    """Who it is, in words; an account by its registered name."""
    account = Account.objects.filter(account_id=subject).select_related("vendor").first()
    name = (account.vendor.name if account.vendor else account.name) if account else ""
    return subject_words(subject, name)


def subject_words(subject: str, name: str) -> str:
    """``Brightmail (account 4444-5555-6666)``; ``name`` is empty where nobody registered it."""
    if subject == ANYONE:
        return "Anyone with an AWS account"
    if not is_account_id(subject):
        return subject
    shown = grouped_account_id(subject)
    return f"{name} (account {shown})" if name else f"Account {shown}"
