"""Offboarding: everything that a vendor has from us ends as one case, and a letter says what was verified."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals.models import Grant, Offboarding
from approvals.rules.offboarding import CaseState
from approvals.rules.states import Decision
from approvals.services.grants.grants import check_reason, end_grant, locked_grant
from approvals.services.offboarding.offboarding_letter import letter_of
from approvals.services.offboarding.offboarding_paths import follow_paths
from approvals.services.offboarding.offboarding_scope import account_ids, unended_grants, waiting_requests
from approvals.services.requests.requests import withdraw_for
from approvals.services.tasks.grant_tasks import follow_grant
from inventory.models import Role, User, Vendor
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.notices.notices import NoticeKind, tell
from inventory.services.notices.recipients import security_team
from inventory.services.refusals import ConflictError, RefusedError, check_text
from inventory.services.registry.vendors import VendorFacts, change_vendor

OFFBOARDS = frozenset({Role.SECURITY, Role.VENDOR_MANAGER})
_IN_FORCE = (Decision.APPROVED, Decision.BREAK_GLASS)


@transaction.atomic
def open_case(vendor_id: int, *, ends_on: date, reason: str, acting_user: User, at: datetime) -> Offboarding:
    """End everything after ``ends_on``, the vendor's last day; yesterday ends it now. Pending requests are withdrawn.

    The contract ends with that day at the latest, so that nobody is granted more. Raises :class:`ConflictError` where
    the vendor has a case already.
    """
    if not acting_user.has_role(OFFBOARDS):
        raise RefusedError("person", "Only security and vendor managers end everything with a vendor.")
    check_reason(reason)
    on = timezone.localdate(at)
    if ends_on < on - timedelta(days=1):
        raise RefusedError("ends_on", f"{ends_on} is past. Choose {on} or a later day, or end everything now.")
    vendor = Vendor.objects.select_for_update(of=("self",), no_key=True).select_related("sponsor").get(pk=vendor_id)
    if Offboarding.objects.unclosed().filter(vendor=vendor).exists():
        raise ConflictError(f"{vendor} is being offboarded already.")
    _end_contract(vendor, ends_on, acting_user=acting_user, at=at)
    case = Offboarding.objects.create(
        vendor=vendor, reason=reason.strip(), ends_on=ends_on, opened_by=acting_user, opened_at=at
    )
    record(at=at, actor=acting_user, action="offboarding.opened", target=case, data=_said(case))
    _withdraw_requests(case, acting_user=acting_user, at=at)
    _end_grants(case, on=on, acting_user=acting_user, at=at)
    if ends_on < on:
        _close_in(case, acting_user=acting_user, at=at)
    follow_paths(case, on=on, at=at)
    _tell(case, at=at)
    return case


def follow_cases(*, at: datetime) -> None:
    """Go on with each case that is not closed: its last day, paths that came since, readings that saw one gone."""
    cases = list(Offboarding.objects.to_follow(timezone.localdate(at)).values_list("pk", flat=True))
    do_each(lambda case_id: _follow(case_id, at=at), cases)


@transaction.atomic
def _follow(case_id: int, *, at: datetime) -> None:
    case = locked_case(case_id)
    if case.state == CaseState.CLOSED:
        return
    on = timezone.localdate(at)
    if case.state == CaseState.OPEN and on > case.ends_on:
        _end_grants(case, on=on, acting_user=None, at=at)
        _close_in(case, acting_user=None, at=at)
    follow_paths(case, on=on, at=at)


@transaction.atomic
def close_case(case_id: int, *, exceptions: str = "", acting_user: User, at: datetime) -> Offboarding:
    """Write the letter and freeze it. With ``exceptions``, security closes although something was not verified."""
    case = locked_case(case_id)
    exceptions = exceptions.strip()
    if not acting_user.has_role([Role.SECURITY] if exceptions else OFFBOARDS):
        raise RefusedError("person", "Only security closes a case with exceptions, and only vendor managers else.")
    check_text("exceptions", exceptions, 2000)
    if case.state == CaseState.CLOSED:
        raise ConflictError(f"{case.closed_by} closed this case already.")
    on = timezone.localdate(at)
    if case.state == CaseState.OPEN:
        raise RefusedError("exceptions", f"The vendor may send until {case.ends_on}. Close the case after that day.")
    follow_paths(case, on=on, at=at)
    _check_verified(case, exceptions, on)
    case.state, case.closed_by, case.closed_at, case.exceptions = CaseState.CLOSED, acting_user, at, exceptions
    case.letter = letter_of(case, at=at)
    case.letter_hash = sha256(case.letter.encode()).hexdigest()
    case.save()
    data = _said(case) | {"exceptions": exceptions, "letter_hash": case.letter_hash}
    record(at=at, actor=acting_user, action="offboarding.closed", target=case, data=data)
    return case


def _check_verified(case: Offboarding, exceptions: str, on: date) -> None:
    still = unended_grants(case.vendor, account_ids(case.vendor), on).filter(decision__in=_IN_FORCE)
    if still.exists():
        numbers = ", ".join(str(each.pk) for each in still)
        raise RefusedError("exceptions", f"Grant {numbers} is still in force. End it first.")
    missing = _missing(case)
    if missing and not exceptions:
        raise RefusedError("exceptions", f"{missing} Only security closes it so, and says why.")
    if exceptions and not missing:
        raise RefusedError("exceptions", "Every path was seen gone: leave this empty.")


def _missing(case: Offboarding) -> str:
    """What keeps anybody from saying that everything is gone; empty where nothing does."""
    if not account_ids(case.vendor):
        return "No account of this vendor is registered, so nobody could look for its paths."
    unverified = case.paths.filter(verified_at=None).count()
    return f"{unverified} of its paths were not seen gone." if unverified else ""


def locked_case(case_id: int) -> Offboarding:
    """The case, held until the transaction ends."""
    rows = Offboarding.objects.select_for_update(of=("self",)).select_related("vendor", "opened_by", "closed_by")
    return rows.get(pk=case_id)


def _end_contract(vendor: Vendor, ends_on: date, *, acting_user: User, at: datetime) -> None:
    """An earlier end is kept."""
    if vendor.contract_ends_on is not None and vendor.contract_ends_on <= ends_on:
        return
    facts = VendorFacts(vendor.name, vendor.sponsor, ends_on, vendor.contract_reference, vendor.note)
    change_vendor(vendor, facts, acting_user=acting_user, at=at)
    vendor.contract_ends_on = ends_on


def _withdraw_requests(case: Offboarding, *, acting_user: User, at: datetime) -> None:
    """Withdrawing decides nothing: it only takes back what can no longer be given."""
    reason = f"{case.vendor} is being offboarded (case {case.pk})."
    for request in waiting_requests(case.vendor, account_ids(case.vendor)):
        withdraw_for(request.pk, reason=reason, acting_user=acting_user, at=at)
        case.requests.add(request)
        if request.requester is not None:
            key, path = f"offboarding:{case.pk}:request:{request.pk}", reverse("approvals:offboarding_list")
            text = f"Your request for {case.vendor} was withdrawn, since this vendor is being offboarded."
            tell([request.requester], kind=NoticeKind.OFFBOARDING, key=key, text=text, path=path, at=at)


def _end_grants(case: Offboarding, *, on: date, acting_user: User | None, at: datetime) -> None:
    """Cut them short on the last day while that is ahead, revoke them once it is past."""
    reason = f"{case.vendor} is being offboarded (case {case.pk})."
    for each in unended_grants(case.vendor, account_ids(case.vendor), on):
        grant = locked_grant(each.pk)
        case.grants.add(grant)
        if case.ends_on < on and grant.decision != Decision.SUPERSEDED:
            end_grant(grant, reason=reason, acting_user=acting_user, at=at)
        elif grant.effective_ends_on > case.ends_on:
            _shorten(grant, case.ends_on, reason, acting_user=acting_user, at=at)


def _shorten(grant: Grant, ends_on: date, reason: str, *, acting_user: User | None, at: datetime) -> None:
    before, grant.effective_ends_on = grant.effective_ends_on, ends_on
    grant.save(update_fields=["effective_ends_on"])
    data = {"reason": reason, "effective_ends_on": ends_on, "before": before}
    record(at=at, actor=acting_user, action="grant.shortened", target=grant, data=data)
    if grant.decision in _IN_FORCE:
        follow_grant(grant, reason=reason, acting_user=acting_user, at=at)


def _close_in(case: Offboarding, *, acting_user: User | None, at: datetime) -> None:
    case.state = CaseState.CLOSING
    case.save(update_fields=["state"])
    record(at=at, actor=acting_user, action="offboarding.closing", target=case, data=_said(case))


def _tell(case: Offboarding, *, at: datetime) -> None:
    people = [*security_team(), *([case.vendor.sponsor] if case.vendor.sponsor else [])]
    tell(
        people,
        kind=NoticeKind.OFFBOARDING,
        key=f"offboarding:{case.pk}",
        text=f"{case.vendor} is being offboarded; its last day is {case.ends_on:%-d %b %Y}.",
        path=reverse("approvals:offboarding_detail", args=[case.pk]),
        at=at,
    )


def _said(case: Offboarding) -> dict[str, object]:
    return {"vendor": case.vendor.name, "ends_on": case.ends_on, "reason": case.reason, "state": case.state}
