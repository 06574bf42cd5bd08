"""The populations that figures count and lists show: one definition, so that a tile and its list have one length."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from inventory.models import (
    Account,
    Delegation,
    DelegationState,
    Finding,
    FindingEpisode,
    Identity,
    PolicyVersion,
    Scope,
    SendingPolicy,
    Team,
    User,
)
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.models.policies import PolicyVersionQuerySet
from inventory.policy.reach import Reach
from inventory.policy.rules import APPROVAL_RULES, UNAPPROVED_RULES
from inventory.policy.trust import Trust

UNREGISTERED_RANKS = (Trust.UNKNOWN.rank, Trust.PLACEHOLDER.rank)
# Two numbers of days; what is longer is no such thing.
_LONGEST_BUCKET = 9
_ENDED_WELL = (FindingEpisode.Reason.FIXED, FindingEpisode.Reason.IDENTITY_DELETED)


def identities(user: User) -> QuerySet[Identity]:
    """The identities that exist and that the person may see, with what every list shows of them."""
    rows = Identity.objects.visible_to(user).live()
    return rows.select_related("scope__account", "owner_team", "owner_user")


def has_resolved_owner() -> Q:
    """An owner who is an active person or team."""
    # Sets of ids rather than joins: the planner takes "no active owner" over joins for next to nobody.
    teams = Team.objects.filter(is_active=True).order_by().values("pk")
    people = User.objects.active().order_by().values("pk")
    return Q(owner_team__in=teams) | Q(owner_user__in=people)


def has_outside_sender() -> Q:
    """Somebody other than the owner's account may send, or a policy could not be judged."""
    sends = Q(can_send=True) | Q(reach=Reach.UNDETERMINED.value)
    return Q(Exists(Delegation.objects.live().outside().filter(sends, identity=OuterRef("pk"))))


def has_unapproved_delegate() -> Q:
    """Somebody outside is let in whom no grant covers, or of whom nobody has compared it yet."""
    findings = Finding.objects.open().filter(identity=OuterRef("pk"), rule_id__in=UNAPPROVED_RULES)
    outside = DelegationState.objects.exclude(trust=Trust.OWN.value).filter(
        delegation__identity=OuterRef("pk"), to_at=None, reach__in=OUTSIDE_REACHES
    )
    is_newer = Q(Exists(outside.filter(from_at__gt=OuterRef("matched_at"))))
    return Q(Exists(findings)) | is_newer | Q(Exists(outside), first_matched_at=None)


def public_identities(user: User) -> QuerySet[Identity]:
    """Identities that anyone may send as."""
    senders = Delegation.objects.live().filter(can_send=True, reach=Reach.PUBLIC.value, identity=OuterRef("pk"))
    return Identity.objects.visible_to(user).live().filter(Exists(senders)).order_by()


def undetermined_identities(user: User) -> QuerySet[Identity]:
    """Identities of which a policy could not be judged, those that anyone may send as left out."""
    unclear = Identity.objects.visible_to(user).live().filter(widest_reach=Reach.UNDETERMINED.value)
    return unclear.exclude(pk__in=public_identities(user).values("pk")).order_by()


def is_completely_seen(at: datetime) -> Q:
    """The identity lies in a scope whose last look was complete and not older than 48 hours."""
    return ~Q(scope__in=Scope.objects.unread(at).values("pk")) & Q(scope__is_expected=True)


def delegates(user: User) -> QuerySet[Any, Any]:
    """One mapping per outside account id that a live policy names, least trusted first."""
    return (
        Delegation.objects.visible_to(user)
        .live()
        .outside()
        .exclude(account_id="")
        .values("account_id")
        .annotate(
            worst_trust=Min("trust_rank"),
            since_at=Min("first_seen_at"),
            identities=Count("identity", distinct=True),
            sendable=Count("identity", distinct=True, filter=Q(can_send=True)),
            sends=BoolOr("can_send"),
        )
        .order_by("worst_trust", F("sendable").desc(), "account_id")
    )


def senders(user: User) -> QuerySet[Any, Any]:
    """Delegates with send rights."""
    return delegates(user).filter(sends=True)


def unregistered_senders(user: User) -> QuerySet[Any, Any]:
    """Delegates with send rights that nobody registered."""
    return senders(user).filter(worst_trust__in=UNREGISTERED_RANKS)


def unverified_senders(user: User, on: date) -> QuerySet[Any, Any]:
    """Delegates with send rights that are registered but never, or not for 12 months, verified: none of the above."""
    registered = senders(user).filter(account_id__in=unverified_accounts(on))
    return registered.exclude(worst_trust__in=UNREGISTERED_RANKS)


@dataclass(frozen=True, slots=True)
class SenderCounts:
    """How many outside accounts may send, and of how many of them nobody vouches for it."""

    all: int
    unregistered: int
    unverified: int


def sender_counts(user: User, on: date) -> SenderCounts:
    """The lengths of :func:`senders`, :func:`unregistered_senders` and :func:`unverified_senders`: two queries."""
    found = dict(senders(user).order_by().values_list("account_id", "worst_trust"))
    unregistered = {account_id for account_id, rank in found.items() if rank in UNREGISTERED_RANKS}
    unverified = set(unverified_accounts(on).values_list("account_id", flat=True)) & (found.keys() - unregistered)
    return SenderCounts(len(found), len(unregistered), len(unverified))


def unverified_accounts(on: date) -> QuerySet[Any, Any]:
    """The ids of registered accounts that are not verified on a day."""
    verified = Account.objects.verified(on).order_by().values("pk")
    return Account.objects.exclude(pk__in=verified).order_by().values("account_id")


def policies(user: User) -> QuerySet[SendingPolicy]:
    """The policies that are there now and that the person may see, each with the widest reach that it gives."""
    given = Delegation.objects.live().filter(identity=OuterRef("identity"), policy_name=OuterRef("name"))
    widest = Subquery(given.order_by("reach_rank", "reach").values("reach")[:1])
    rows = SendingPolicy.objects.visible_to(user).live().annotate(widest=widest)
    return rows.select_related("identity__scope__account").order_by("identity__name", "name", "id")


def is_public_policy() -> Q:
    """The engine found that anyone is let in, whatever the policy looks like."""
    public = Delegation.objects.live().filter(
        identity=OuterRef("identity"), policy_name=OuterRef("name"), reach=Reach.PUBLIC.value
    )
    return Q(Exists(public))


def has_wildcard(rows: QuerySet[SendingPolicy]) -> Q:
    """Those of ``rows`` of which an Allow names everyone, before its conditions are looked at."""
    return Q(pk__in=naming_everyone(rows))


def naming_everyone(rows: QuerySet[SendingPolicy]) -> list[int]:
    """The ids of those policies."""
    return _naming_everyone(
        PolicyVersion.objects.current().filter(policy__in=rows.order_by().values("pk")), "policy_id"
    )


def wildcard_version_ids(versions: PolicyVersionQuerySet) -> list[int]:
    """Those of the versions in which an Allow names everyone."""
    return _naming_everyone(versions, "pk")


def _naming_everyone(versions: PolicyVersionQuerySet, column: str) -> list[int]:
    candidates = versions.maybe_wildcard().values_list(column, "text").order_by()
    return [found for found, text in candidates if names_everyone(text)]


def names_everyone(text: str) -> bool:
    """Whether an Allow has the principal ``*`` or a NotPrincipal; text that is no policy counts as if it had."""
    try:
        document = json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        return True
    return not isinstance(document, dict) or any(_allows_everyone(each) for each in _items(document.get("Statement")))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands twice makes the text no policy, since readers differ in which one they take."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(pairs)
    return members


def _allows_everyone(statement: object) -> bool:
    if not isinstance(statement, dict):
        return True
    if statement.get("Effect") == "Deny":
        return False
    return "NotPrincipal" in statement or "*" in _leaves(statement.get("Principal"))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _leaves(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [value]


def policy_episodes(user: User) -> QuerySet[FindingEpisode]:
    """Episodes of policy rules that the person may see, hints left out.

    What follows from what people approve is left out: it has figures of its own.
    """
    rows = FindingEpisode.objects.exclude(finding__severity="info").exclude(finding__rule_id__in=APPROVAL_RULES)
    return rows if user.reads_inventory else rows.filter(finding__identity__in=Identity.objects.visible_to(user))


def is_watched(**episode: Any) -> Q:
    """An open finding of a policy rule that came after the first look; ``episode`` narrows its open episode."""
    found = FindingEpisode.objects.filter(finding=OuterRef("pk"), closed_at=None, is_baseline=False, **episode)
    return Q(Exists(found)) & ~Q(severity="info") & ~Q(rule_id__in=APPROVAL_RULES)


def is_overdue(window: timedelta, allowed: timedelta, at: datetime) -> Q:
    """Such a finding, whose day to be fixed came within the window."""
    return is_watched(opened_at__gte=at - window - allowed, opened_at__lt=at - allowed)


def due_within(window: timedelta, allowed: timedelta, at: datetime) -> Q:
    """Episodes whose day to be fixed came within the window."""
    return Q(opened_at__gte=at - window - allowed, opened_at__lt=at - allowed)


def is_in_time(allowed: timedelta) -> Q:
    """Episodes that did not last longer than that."""
    return Q(closed_at__lte=F("opened_at") + allowed)


def is_of_age(bucket: str, at: datetime) -> Q:
    """A finding that has been open for so many whole days: ``8-30``; without a last day, ``91-``, or for longer."""
    first, _, last = bucket.partition("-")
    if not first.isdecimal() or not (last.isdecimal() or not last) or len(bucket) > _LONGEST_BUCKET:
        return Q(pk=None)
    found = FindingEpisode.objects.filter(finding=OuterRef("pk"), closed_at=None)
    found = found.filter(opened_at__lte=at - timedelta(days=int(first)))
    return Q(Exists(found.filter(opened_at__gt=at - timedelta(days=int(last) + 1)) if last else found))


def has_come_back(at: datetime) -> Q:
    """Episodes after which their finding was opened again up to an instant."""
    later = FindingEpisode.objects.filter(
        finding=OuterRef("finding"), opened_at__gte=OuterRef("closed_at"), opened_at__lte=at
    )
    return Q(Exists(later.exclude(pk=OuterRef("pk"))))


def remediations(
    user: User, *, closed_from: datetime | None = None, closed_before: datetime, is_baseline: bool | None = False
) -> QuerySet[FindingEpisode]:
    """Episodes of policy rules that ended as fixed or with their identity in ``[closed_from, closed_before)``.

    What the first complete look at a scope found is a cohort of its own, since its true start is not known;
    ``is_baseline=None`` gives both.
    """
    rows = policy_episodes(user).filter(closed_at__lt=closed_before, reason__in=_ENDED_WELL)
    if closed_from is not None:
        rows = rows.filter(closed_at__gte=closed_from)
    if is_baseline is not None:
        rows = rows.filter(is_baseline=is_baseline)
    return rows.select_related("finding__identity__scope__account").order_by("-closed_at", "id")
