"""Asking: a wish for several identities becomes a request, and whoever is to send is registered with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from approvals.models import Grant, GrantRequest, RequestLine
from approvals.rules.hashes import access_hash
from approvals.rules.states import Decision, RequestState, may_be_followed
from approvals.rules.wishes import Sendable, Wish, check_addresses, terms_for
from approvals.services.requests.requests import Line, Request, change_draft, save_draft, submit
from approvals.services.requests.terms_guard import Asked
from inventory.models import Account, Delegation, Identity, User, Vendor
from inventory.models.roles import MANAGES_VENDORS
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.grants.terms import TermsError
from inventory.services.refusals import ConflictError, RefusedError
from inventory.services.registry.accounts import NewAccount
from inventory.services.registry.delegate_registration import register_delegate
from inventory.services.registry.vendors import add_contact

MOST_LINES = 20
_OPEN_STATES = (RequestState.DRAFT, RequestState.PENDING, RequestState.CHANGES_REQUESTED)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whose the accounts are that nobody registered, and whom to ask there."""

    company: str = ""
    contact_name: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """All that the form holds; ``predecessor`` is the grant that is renewed or changed."""

    kind: str
    wish: Wish
    identities: Sequence[Identity]
    justification: str
    ticket: str = ""
    newcomer: Newcomer = Newcomer()
    predecessor: Grant | None = None


@transaction.atomic
def ask(
    asking: Asking, *, is_submitted: bool, request_id: int | None = None, acting_user: User, at: datetime
) -> GrantRequest:
    """Write the request, new or changed, and submit it where that is wanted: all of it or nothing."""
    # One at a time for each person: a second click finds the first one's request.
    User.objects.select_for_update().get(pk=acting_user.pk)
    _check_identities(asking, acting_user)
    _register(asking, acting_user=acting_user, at=at)
    lines = [line_of(asking, each) for each in asking.identities]
    _check_new(asking, lines, request_id, acting_user)
    asked = Request(
        kind=asking.kind,
        justification=asking.justification,
        ticket=asking.ticket,
        lines=lines,
        vendor=vendor_of(asking.wish),
    )
    if request_id is None:
        request = save_draft(asked, acting_user=acting_user, at=at)
    else:
        request = change_draft(request_id, asked, acting_user=acting_user, at=at)
    return submit(request.pk, acting_user=acting_user, at=at) if is_submitted else request


def line_of(asking: Asking, identity: Identity) -> Line:
    """One line with its terms. Raises :class:`RefusedError` at the field at fault."""
    try:
        terms = terms_for(asking.wish, sendable(identity), time_zone=settings.SESGOV_TIME_ZONE.key)
    except TermsError as error:
        raise RefusedError(error.member, error.message) from error
    return Line(identity, terms, asking.predecessor)


def asked_for(asking: Asking, line: Line) -> Asked:
    """A line that is not stored yet, as the guard takes it."""
    return Asked(
        identity=line.identity,
        terms=line.terms,
        vendor=vendor_of(asking.wish),
        predecessor=asking.predecessor,
        is_adopted=asking.kind == GrantRequest.Kind.ADOPT,
    )


def sendable(identity: Identity) -> Sendable:
    """The identity as a wish takes it."""
    return Sendable(identity.arn, identity.name, identity.identity_type == Identity.Type.EMAIL_ADDRESS)


def accounts_of(wish: Wish) -> list[str]:
    """Every account that is to be let in, as a whole, by a role or behind a service."""
    named = [each if each.isdecimal() else each.split(":")[4] for each in wish.principals if _is_of_account(each)]
    return sorted({*named, *(each.source_account for each in wish.services)})


def _is_of_account(principal: str) -> bool:
    return principal.isdecimal() or principal.count(":") >= 5


def strangers(wish: Wish) -> list[str]:
    """The accounts among them that nobody registered."""
    wanted = accounts_of(wish)
    known = set(Account.objects.filter(account_id__in=wanted).values_list("account_id", flat=True))
    return [each for each in wanted if each not in known]


def vendor_of(wish: Wish) -> Vendor | None:
    """The company behind all of the accounts of a wish, if it is one."""
    return vendor_of_accounts(accounts_of(wish))


def vendor_of_accounts(account_ids: Iterable[str]) -> Vendor | None:
    """The company behind all of these accounts, if it is one."""
    rows = Account.objects.filter(account_id__in=list(account_ids)).select_related("vendor")
    vendors = {each.vendor for each in rows}
    return vendors.pop() if len(vendors) == 1 else None


def check_newcomer(unknown: Sequence[str], newcomer: Newcomer, acting_user: User) -> None:
    """Refuse to register on the word of somebody who may not, or without a company and somebody to ask there."""
    if not unknown:
        return
    shown = ", ".join(map(grouped_account_id, unknown))
    if not acting_user.has_role(MANAGES_VENDORS) and Delegation.objects.live().filter(account_id__in=unknown).exists():
        raise RefusedError(
            "principals",
            f"{shown} is let in already, and nobody said whose it is. Security or a vendor manager registers it first.",
        )
    if not newcomer.company.strip():
        raise RefusedError("company", f"Nobody registered {shown}. Say which company it belongs to.")
    if not newcomer.contact_name.strip():
        raise RefusedError("contact_name", "Name somebody there whom one can ask.")


def _register(asking: Asking, *, acting_user: User, at: datetime) -> None:
    unknown, newcomer = strangers(asking.wish), asking.newcomer
    check_newcomer(unknown, newcomer, acting_user)
    for number, account_id in enumerate(unknown):
        partition = asking.identities[0].arn.split(":")[1] if asking.identities else "aws"
        entry = NewAccount(account_id, partition=partition, relationship="partner", vendor=newcomer.company)
        try:
            account = register_delegate(entry, acting_user=acting_user, at=at)
            if number == 0 and account.vendor is not None:
                name, email = newcomer.contact_name, newcomer.contact_email
                add_contact(account.vendor, name=name, email=email, acting_user=acting_user, at=at)
        except RefusedError as refusal:
            raise RefusedError(_FIELDS.get(refusal.field, refusal.field), refusal.message) from refusal


_FIELDS = {"vendor": "company", "account_id": "principals", "name": "contact_name", "email": "contact_email"}


def _check_identities(asking: Asking, user: User) -> None:
    if len(asking.identities) > MOST_LINES:
        raise RefusedError("identities", f"Ask for {MOST_LINES} identities at most at once, so that each is read.")
    visible = set(Identity.objects.visible_to(user).filter(pk__in=[each.pk for each in asking.identities]))
    if missing := [each.name for each in asking.identities if each not in visible]:
        raise RefusedError("identities", f"{missing[0]} is not yours to ask for.")
    try:
        check_addresses(asking.wish.addresses, [sendable(each) for each in asking.identities])
    except TermsError as error:
        raise RefusedError(error.member, error.message) from error


def _check_new(asking: Asking, lines: Sequence[Line], request_id: int | None, user: User) -> None:
    """Nobody asks for the same twice, and a grant has one successor at a time."""
    others = RequestLine.objects.filter(request__state__in=_OPEN_STATES).exclude(request=request_id)
    if asking.predecessor is not None:
        check_may_follow(asking.predecessor)
        if asking.kind == GrantRequest.Kind.MODIFY and not any(_differs(asking.predecessor, each) for each in lines):
            raise RefusedError("terms", "Nothing is changed yet: these are the terms that stand.")
        if earlier := others.filter(predecessor=asking.predecessor).first():
            raise ConflictError(f"Request {earlier.request_id} asks for what follows this grant already.")
        return
    for line in lines:
        same = others.filter(request__requester=user, identity=line.identity, terms=line.terms.to_json())
        if earlier := same.first():
            raise ConflictError(f"You asked for exactly this already: request {earlier.request_id}.")


def _differs(grant: Grant, line: Line) -> bool:
    """Whether the line asks for other access than the grant gives, or for another last day."""
    is_same = access_hash(line.terms) == grant.access.access_hash
    return not is_same or line.terms.ends_on != grant.effective_ends_on


def check_may_follow(grant: Grant) -> None:
    """Refuse what follows a grant that nothing follows any more."""
    if not may_be_followed(Decision(grant.decision)):
        raise ConflictError(f"This grant is {grant.decision} and is not followed. Ask for new access instead.")
