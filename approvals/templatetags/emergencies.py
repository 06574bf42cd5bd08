"""Buttons for emergencies on pages of the inventory and of grants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils import timezone

from approvals.forms.emergencies import StandInForm
from approvals.models import ApprovalSlot, Containment, Grant, GrantRequest, Offboarding
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Decision, RequestState, Standing
from approvals.services.emergencies.containment import subject_of, subject_words
from approvals.services.emergencies.suspensions import REVERSIBLE_FOR
from approvals.services.requests.stand_ins import stand_ins_for
from inventory.models import Account, Delegation, Finding, Identity, Role, User, Vendor
from inventory.policy.account_ids import is_account_id

register = template.Library()

_SHOWN = 20
_STARTS_OFFBOARDING = (Role.SECURITY, Role.VENDOR_MANAGER)


@dataclass(frozen=True, slots=True)
class Stoppable:
    """One delegate of one identity; ``delegation`` is one of those that its page is reached by."""

    who: str
    delegation: Delegation
    containment: Containment | None


@dataclass(frozen=True, slots=True)
class Emergency:
    """What may be done about a grant right now; ``until`` is when a suspension can no longer be taken back."""

    may_suspend: bool
    may_reinstate: bool
    is_own: bool
    until: datetime | None


@register.simple_tag
def emergency_of(user: User, grant: Grant) -> Emergency:
    """For the page of a grant: no query."""
    at = timezone.now()
    is_security = user.has_role([Role.SECURITY])
    until = grant.suspended_at + REVERSIBLE_FOR if grant.decision == Decision.SUSPENDED and grant.suspended_at else None
    stands = grant.standing(timezone.localdate(at)) in (Standing.ACTIVE, Standing.AHEAD)
    return Emergency(
        may_suspend=is_security and stands,
        may_reinstate=is_security and until is not None and at < until and grant.suspended_by_id != user.pk,
        is_own=grant.suspended_by_id == user.pk,
        until=until,
    )


@register.inclusion_tag("approvals/fragments/broken_glass.html")
def broken_glass_of(request: GrantRequest) -> dict[str, object]:
    """For the page of a request: loud where one person gave the access alone."""
    if request.kind != GrantRequest.Kind.BREAK_GLASS:
        return {}
    grants = list(Grant.objects.filter(line__request=request).order_by("pk"))
    return {"grants": grants, "request": request, "waits": any(each.is_to_confirm for each in grants)}


@register.inclusion_tag("approvals/fragments/request_emergency.html", takes_context=True)
def request_emergency(context: Any, user: User, request: GrantRequest) -> dict[str, object]:
    """For the page of a request: a stand-in, an acting owner, or access at once; for security alone."""
    if request.state != RequestState.PENDING or not user.has_role([Role.SECURITY]):
        return {}
    slots = ApprovalSlot.objects.filter(line__request=request, submission=request.submissions, kind=SlotKind.OWNER)
    waiting = list(slots.filter(verdict="").select_related("line__identity", "stand_in"))
    return {
        "csrf_token": context.get("csrf_token"),
        "request": request,
        "waiting": waiting,
        "stand_in_form": StandInForm(people=stand_ins_for(request, user)) if waiting else None,
        "may_break_glass": request.requester_id == user.pk and request.kind == GrantRequest.Kind.NEW,
    }


@register.inclusion_tag("approvals/fragments/contain_identity.html")
def contain_identity(user: User, identity: Identity) -> dict[str, object]:
    """For the page of an identity: each of its delegates, with what is being done about it."""
    rows = _containable(user).filter(identity=identity).order_by("trust_rank", "reach_rank", "pk")
    return {"rows": _stoppable(rows.select_related("identity"), [identity])}


@register.inclusion_tag("approvals/fragments/contain_account.html")
def contain_account(user: User, account_id: str) -> dict[str, object]:
    """For the page of a delegate: each identity that it can act as."""
    rows = _containable(user).filter(account_id=account_id).select_related("identity").order_by("identity__name", "pk")
    found = list(rows[: _SHOWN * 5])
    return {"rows": _stoppable(found, [each.identity for each in found])[:_SHOWN], "account_id": account_id}


@register.inclusion_tag("approvals/fragments/contain_finding.html")
def contain_finding(user: User, finding: Finding) -> dict[str, object]:
    """For the page of a finding: the delegate that it speaks of, where it is still let in."""
    rows = _containable(user).filter(identity=finding.identity_id).select_related("identity")
    rows = (
        rows.filter(account_id=finding.subject)
        if is_account_id(finding.subject)
        else rows.filter(account_id="", principal=finding.subject)
    )
    return {"rows": _stoppable(rows, [finding.identity])}


@register.inclusion_tag("approvals/fragments/offboarding_of.html")
def offboarding_of(user: User, vendor: Vendor) -> dict[str, object]:
    """For the page of a vendor: its case, or the way to one."""
    if not user.reads_inventory:
        return {}
    cases = list(Offboarding.objects.visible_to(user).filter(vendor=vendor)[:5])
    return {
        "vendor": vendor,
        "cases": cases,
        "may_start": user.has_role(_STARTS_OFFBOARDING) and not any(not each.is_closed for each in cases),
    }


def _containable(user: User) -> QuerySet[Delegation]:
    """What the person may stop: security everything, an owner what they answer for."""
    rows = Delegation.objects.live().outside()
    if user.has_role([Role.SECURITY]):
        return rows
    return rows.filter(identity__in=Identity.objects.owned_by(user))


def _stoppable(rows: Iterable[Delegation], identities: list[Identity]) -> list[Stoppable]:
    """Each delegate of each identity once; two queries."""
    first: dict[tuple[int, str], Delegation] = {}
    for each in rows:
        first.setdefault((each.identity_id, subject_of(each)), each)
    if not first:
        return []
    open_now = Containment.objects.open().filter(identity__in=identities)
    contained: dict[Any, Containment] = {(each.identity_id, each.subject): each for each in open_now}
    names = _names([subject for _, subject in first])
    return [Stoppable(names[key[1]], each, contained.get(key)) for key, each in first.items()]


def _names(subjects: Iterable[str]) -> dict[str, str]:
    """Who they are in words: one query."""
    wanted = list(dict.fromkeys(subjects))
    accounts = Account.objects.filter(account_id__in=wanted).values_list("account_id", "vendor__name", "name")
    known = {account_id: vendor or name for account_id, vendor, name in accounts}
    return {each: subject_words(each, known.get(each, "")) for each in wanted}
