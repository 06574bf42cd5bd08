"""Adoption: what is let in already without a grant, and what its owner says of each line."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeTask, Grant, GrantRequest, RequestLine
from approvals.rules.adoption import Found, found_in
from approvals.rules.change_tasks import TaskKind
from approvals.rules.hashes import access_hash
from approvals.rules.matching import Agreement, pair
from approvals.rules.risk import LONGEST_ADOPTED_DAYS, latest_end
from approvals.rules.states import RequestState
from approvals.services.matching.matching import terms_of
from approvals.services.requests.asking import vendor_of_accounts
from approvals.services.requests.requests import Line, Request, save_draft, submit
from approvals.services.tasks.change_tasks import open_task
from inventory.models import Account, AuditEvent, Identity, PolicyVersion, Role, User
from inventory.policy.account_ids import account_of_arn
from inventory.policy.analysis import analyse
from inventory.policy.delegations import Delegation
from inventory.services.audit import record
from inventory.services.judging.registry_view import RegistryView
from inventory.services.notices.notices import NoticeKind, tell
from inventory.services.notices.recipients import security_team
from inventory.services.refusals import ConflictError, RefusedError

NOT_MINE = "adoption.not_mine"
_OPEN_STATES = (RequestState.DRAFT, RequestState.PENDING, RequestState.CHANGES_REQUESTED)


@dataclass(frozen=True, slots=True)
class Adoptable:
    """One line of an identity; ``latest`` is the last day for which it may be kept, or by which it has to end."""

    identity: Identity
    found: Found
    latest: date

    @property
    def key(self) -> str:
        """Stands for what it allows, so that an answer to what it allowed before comes too late."""
        terms = self.found.terms
        parts = [(each.policy, each.actions, sorted(_parties(each))) for each in self.found.parts]
        said = (access_hash(terms) if terms else "", sorted(map(repr, parts)))
        return f"{self.identity.pk}-{sha256(repr(said).encode()).hexdigest()[:16]}"

    @property
    def principals(self) -> tuple[str, ...]:
        """Who is let in, as policies name them."""
        return tuple(sorted({name for part in self.found.parts for name in _parties(part)}))

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts behind them."""
        return frozenset(account for part in self.found.parts for account in _accounts(part))

    @property
    def policies(self) -> Mapping[str, tuple[str, ...]]:
        """Who is let in by which policy."""
        named: dict[str, set[str]] = defaultdict(set)
        for part in self.found.parts:
            named[part.policy] |= set(_parties(part))
        return {policy: tuple(sorted(names)) for policy, names in named.items()}


def _parties(part: Delegation) -> tuple[str, ...]:
    return part.services or part.principals or part.organizations or part.accounts


def adoptable(identities: Sequence[Identity], *, accounts: Iterable[str] | None, at: datetime) -> list[Adoptable]:
    """What these let in without a grant, of some accounts or, with ``None``, everything: a fixed number of queries.

    The identities come with ``scope__account__organization``.
    """
    on = timezone.localdate(at)
    view, texts, grants = RegistryView(on), _documents(identities), _grants(identities)
    wanted = None if accounts is None else frozenset(accounts)
    lines = []
    for identity in identities:
        account = identity.scope.account
        analysis = analyse(
            owner_account=account.account_id,
            identity_arn=identity.arn,
            policies=texts[identity.pk],
            registry=view.knowledge(account).registry,
            at=at,
        )
        pairings = pair(analysis.delegations, [terms_of(each, at) for each in grants[identity.pk]], at=at)
        parts = [each.part for each in pairings if each.agreement is Agreement.UNAPPROVED]
        if wanted is not None:
            parts = [each for each in parts if not wanted.isdisjoint(_accounts(each))]
        zone = settings.SESGOV_TIME_ZONE.key
        found = found_in(parts, identity_arn=identity.arn, ends_on=on, time_zone=zone, at=at)
        lines += [Adoptable(identity, each, on + timedelta(days=LONGEST_ADOPTED_DAYS - 1)) for each in found]
    return _bounded(lines, on)


def _bounded(lines: Sequence[Adoptable], on: date) -> list[Adoptable]:
    """With the ends of the accounts' contracts, and of what is too dangerous for so long: one query."""
    every = {account for line in lines for account in line.accounts}
    ends = {
        each.account_id: _contract(each)
        for each in Account.objects.filter(account_id__in=every).select_related("vendor")
    }
    bounded = []
    for line in lines:
        last = [day for account in line.accounts if (day := ends.get(account)) is not None]
        if line.found.terms is not None:
            last.append(latest_end(line.found.terms, from_on=on, is_adopted=True))
        bounded.append(replace(line, latest=min([line.latest, *last])))
    return bounded


def _contract(account: Account) -> date | None:
    ends = [account.ends_on, account.vendor.contract_ends_on if account.vendor else None]
    return min((day for day in ends if day is not None), default=None)


def _accounts(part: Delegation) -> set[str]:
    return {*part.accounts, *filter(None, map(account_of_arn, part.principals))}


def _documents(identities: Sequence[Identity]) -> dict[int, dict[str, str]]:
    texts: dict[int, dict[str, str]] = defaultdict(dict)
    for version in PolicyVersion.objects.current().filter(policy__identity__in=identities).select_related("policy"):
        texts[version.policy.identity_id][version.policy.name] = version.text
    return texts


def _grants(identities: Sequence[Identity]) -> dict[int, list[Grant]]:
    grants: dict[int, list[Grant]] = defaultdict(list)
    for grant in Grant.objects.filter(identity__in=identities).select_related("successor").order_by("pk"):
        grants[grant.identity_id].append(grant)
    return grants


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a line and is under way: asked to be kept, to be taken out, or handed to security."""

    request: RequestLine | None = None
    task: ChangeTask | None = None
    disowned: AuditEvent | None = None


def said_of(lines: Sequence[Adoptable]) -> dict[str, Said]:
    """What was said of each already, by key: three queries."""
    identities = {line.identity.pk for line in lines}
    requests = RequestLine.objects.filter(
        identity__in=identities, request__kind=GrantRequest.Kind.ADOPT, request__state__in=_OPEN_STATES
    ).select_related("request")
    asked = {(each.identity_id, access_hash(each.grant_terms)): each for each in requests}
    tasks = ChangeTask.objects.undone().filter(identity__in=identities, kind=TaskKind.REMOVE, grant=None)
    ending = {(each.identity_id, each.policy_name, frozenset(each.principals)): each for each in tasks}
    events = AuditEvent.objects.filter(
        object_type="identity", object_id__in=[str(pk) for pk in identities], action=NOT_MINE
    ).select_related("actor")
    disowned = {json.loads(event.data)["key"]: event for event in events.order_by("pk")}
    return {
        line.key: Said(
            asked.get((line.identity.pk, access_hash(line.found.terms))) if line.found.terms else None,
            next((found for each in line.policies.items() if (found := ending.get(_task_key(line, *each)))), None),
            disowned.get(line.key),
        )
        for line in lines
    }


def _task_key(line: Adoptable, policy: str, names: Iterable[str]) -> tuple[int, str, frozenset[str]]:
    return line.identity.pk, policy, frozenset(names)


def check_may_answer(user: User, identity: Identity) -> None:
    """The identity's owner answers for it, or security."""
    if user.has_role([Role.SECURITY]) or Identity.objects.owned_by(user).filter(pk=identity.pk).exists():
        return
    raise RefusedError("person", f"Only the owner of {identity.name} or the security team answers for it.")


@transaction.atomic
def keep(
    line: Adoptable, *, until: date, reason: str, ticket: str = "", acting_user: User, at: datetime
) -> GrantRequest:
    """Ask for a grant of what is there, for 90 days at most; it needs both sides like any other."""
    check_may_answer(acting_user, line.identity)
    _lock(line.identity)
    if line.found.terms is None:
        raise RefusedError("answer", line.found.why_not)
    if said_of([line])[line.key].request is not None:
        raise ConflictError("Somebody asked to keep this already.")
    terms = replace(line.found.terms, ends_on=_checked(line, until, at))
    asked = Request(
        kind=GrantRequest.Kind.ADOPT,
        justification=reason,
        ticket=ticket,
        lines=[Line(line.identity, terms)],
        vendor=vendor_of_accounts(line.accounts),
    )
    request = save_draft(asked, acting_user=acting_user, at=at)
    return submit(request.pk, acting_user=acting_user, at=at)


@transaction.atomic
def end_on(line: Adoptable, *, until: date, acting_user: User, at: datetime) -> list[ChangeTask]:
    """Have it taken out by a day: one task for each policy that lets them in."""
    check_may_answer(acting_user, line.identity)
    _lock(line.identity)
    if said_of([line])[line.key].task is not None:
        raise ConflictError("It is to be taken out already.")
    last = _checked(line, until, at)
    data = {"principals": list(line.principals), "policies": sorted(line.policies), "ends_on": last}
    record(at=at, actor=acting_user, action="adoption.ended", target=line.identity, data=data)
    return [
        open_task(
            identity=line.identity,
            kind=TaskKind.REMOVE,
            reason=f"{acting_user} does not keep it beyond {last}.",
            due_on=last,
            at=at,
            acting_user=acting_user,
            policy_name=policy,
            principals=names,
        )
        for policy, names in line.policies.items()
    ]


@transaction.atomic
def not_mine(line: Adoptable, *, acting_user: User, at: datetime) -> None:
    """The owner knows nothing of it: that is kept; :func:`tell_security` tells of all such lines together."""
    check_may_answer(acting_user, line.identity)
    data = {"key": line.key, "principals": list(line.principals), "policies": sorted(line.policies)}
    record(at=at, actor=acting_user, action=NOT_MINE, target=line.identity, data=data)


@transaction.atomic
def tell_security(lines: Sequence[Adoptable], *, acting_user: User, at: datetime) -> None:
    """One notice, so one mail, of all that security has to look at; the same again tells nobody twice."""
    if not lines:
        return
    names = sorted({line.identity.name for line in lines})
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    mark = sha256(" ".join(sorted(line.key for line in lines)).encode()).hexdigest()[:16]
    tell(
        security_team(),
        kind=NoticeKind.ALERT,
        key=f"adoption {acting_user.pk} {mark}",
        text=f"{acting_user} hands over {len(lines)} that can act as {', '.join(names[:3])}{more} and are not adopted.",
        path=reverse("approvals:adoption"),
        at=at,
        is_urgent=True,
    )


def hand_over(lines: Sequence[Adoptable], *, acting_user: User, at: datetime) -> int:
    """Give what is never adopted as it is to security; how many lines there were."""
    apart = [line for line in lines if line.found.terms is None]
    with transaction.atomic():
        for line in apart:
            not_mine(line, acting_user=acting_user, at=at)
        tell_security(apart, acting_user=acting_user, at=at)
    return len(apart)


def _lock(identity: Identity) -> None:
    """Two who answer for one identity wait for each other."""
    Identity.objects.select_for_update(of=("self",), no_key=True).get(pk=identity.pk)


def _checked(line: Adoptable, until: date, at: datetime) -> date:
    on = timezone.localdate(at)
    if until < on:
        raise RefusedError("until", f"{until} is past. Choose a day from today on.")
    if until > line.latest:
        raise RefusedError("until", f"{line.latest} is the latest: 90 days, or the end of the contract. Choose that.")
    return until
