"""The figures of the dashboard: functions from what one person may see and an instant to a frozen result.

Each value comes from the database and from the same populations as the list it links to. Where nothing was measured
the value is ``None``, shown as "no data", never as 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.urls import reverse

from inventory import populations
from inventory.models import Delegation, Identity, PolicyVersion, Scope, SendingPolicy, User

REMEDIATION_WINDOW = timedelta(days=90)
COMPARED_WITH = timedelta(days=30)
REMEDIATION_TARGET_DAYS = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What one person may see, at one instant."""

    user: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A list and its length."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One tile. ``value`` is ready to read; ``n`` is what it was measured over, ``n_of`` in words.

    ``previous`` is the value 30 days (for times to remediate: one window) before, ``None`` where nothing was known.
    ``is_met`` says whether the target is reached; ``None`` without a value.
    """

    key: str
    title: str
    formula: str
    value: str | None
    n: int
    n_of: str
    target: str
    is_met: bool | None
    better: str
    previous: str | None
    as_of: datetime
    coverage: str
    links: tuple[Link, ...] = ()
    share: int | None = None


def all_figures(facts: Facts) -> list[Figure]:
    """Posture first, then the four of the playbook."""
    coverage = _coverage(facts)
    makers: tuple[Callable[[Facts, str], Figure], ...] = (posture, wildcards, strangers, remediation, owners)
    return [maker(facts, coverage) for maker in makers]


def _coverage(facts: Facts) -> str:
    scopes = Scope.objects.visible_to(facts.user).expected()
    expected = scopes.count()
    if not expected:
        return "nothing is expected to be read yet"
    unseen = Scope.objects.visible_to(facts.user).unseen(facts.at).count()
    return f"{expected - unseen} of {expected} account regions seen"


def _list(name: str, **parameters: str) -> str:
    return f"{reverse(f'inventory:{name}_list')}?{urlencode(parameters)}"


def _percent(part: int, whole: int) -> int | None:
    """Rounded down: 99.6 % is not all."""
    return part * 100 // whole if whole else None


def posture(facts: Facts, coverage: str) -> Figure:
    """Identities that nobody unapproved can send as / identities completely seen. Approvals are not recorded yet."""
    seen = populations.identities(facts.user).filter(populations.is_completely_seen(facts.at)).order_by()
    total = seen.count()
    open_ones = seen.filter(populations.has_outside_sender()).count()
    share = _percent(total - open_ones, total)
    return Figure(
        key="posture",
        title="Identities in order",
        formula="Identities whose every outside sender is approved, inside its terms and in date, divided by the "
        "identities completely seen. No approval is recorded yet, so every outside sender counts against it.",
        value=None if share is None else f"{share} %",
        n=total,
        n_of="identities completely seen",
        target="100 %",
        is_met=None if share is None else share == 100,
        better="higher",
        previous=None,
        as_of=facts.at,
        coverage=coverage,
        links=(
            Link("with an outside sender", open_ones, _list("identity", seen="complete", sender="outside")),
            Link("in order", total - open_ones, _list("identity", seen="complete", sender="none")),
        ),
        share=share,
    )


def wildcards(facts: Facts, coverage: str) -> Figure:
    """Policies of which an Allow names everyone, and those that let anyone in once conditions are counted."""
    policies = populations.policies(facts.user)
    total = policies.count()
    raw = policies.filter(populations.has_wildcard(policies)).count()
    public = policies.filter(populations.is_public_policy()).count()
    return Figure(
        key="wildcards",
        title="Policies with a wildcard principal",
        formula="Policies of which an Allow names everyone; beside it those that let anyone in after all conditions.",
        value=str(raw) if _has_data(facts) else None,
        n=total,
        n_of="policies",
        target="0",
        is_met=raw == 0 if _has_data(facts) else None,
        better="lower",
        previous=_previous(facts, _wildcards_at),
        as_of=facts.at,
        coverage=coverage,
        links=(
            Link("name everyone", raw, _list("policy", wildcard="any")),
            Link("let anyone in", public, _list("policy", wildcard="public")),
        ),
    )


def strangers(facts: Facts, coverage: str) -> Figure:
    """Account ids with send rights that nobody registered."""
    senders = populations.delegates(facts.user).filter(sendable__gt=0)
    unregistered = populations.unregistered_senders(facts.user).count()
    return Figure(
        key="strangers",
        title="Unknown accounts with send rights",
        formula="Outside account ids that may send and stand in no registry, copied example ids included. "
        "Verifications of registered accounts are not recorded yet.",
        value=str(unregistered) if _has_data(facts) else None,
        n=senders.count(),
        n_of="accounts with send rights",
        target="0",
        is_met=unregistered == 0 if _has_data(facts) else None,
        better="lower",
        previous=_previous(facts, _strangers_at),
        as_of=facts.at,
        coverage=coverage,
        links=(Link("unknown accounts", unregistered, _list("delegate", trust="unregistered", sends="yes")),),
    )


def remediation(facts: Facts, coverage: str) -> Figure:
    """Mean elapsed days from detection to verified fix, over episodes that ended within 90 days."""
    mean, number = _mean_days(facts, facts.at)
    before, _ = _mean_days(facts, facts.at - REMEDIATION_WINDOW)
    return Figure(
        key="remediation",
        title="Time to remediate",
        formula="Mean elapsed days from detection to verified fix, over findings that ended as fixed or with their "
        "identity in the last 90 days. What the first look at a region found is left out: its start is not known.",
        value=_days(mean),
        n=number,
        n_of="episodes in 90 days",
        target=f"{REMEDIATION_TARGET_DAYS} days",
        is_met=None if mean is None else mean <= REMEDIATION_TARGET_DAYS,
        better="lower",
        previous=_days(before),
        as_of=facts.at,
        coverage=coverage,
        links=(Link("episodes", number, _list("remediation", days="90")),),
    )


def owners(facts: Facts, coverage: str) -> Figure:
    """Identities with an owner who is an active person or team / all."""
    rows = populations.identities(facts.user).order_by()
    resolved = populations.has_resolved_owner()
    by_tag = resolved & Q(owner_source=Identity.OwnerSource.TAG)
    counted = rows.aggregate(total=Count("pk"), owned=Count("pk", filter=resolved), by_tag=Count("pk", filter=by_tag))
    total, owned = counted["total"], counted["owned"]
    share = _percent(owned, total)
    return Figure(
        key="owners",
        title="Identities with an owner",
        formula="Identities whose owner is an active person or team, divided by all. Owners found by tag and owners "
        "assigned in another way are counted apart.",
        value=None if share is None else f"{share} %",
        n=total,
        n_of="identities",
        target="100 %",
        is_met=None if share is None else share == 100,
        better="higher",
        previous=_previous(facts, _owners_at),
        as_of=facts.at,
        coverage=coverage,
        links=(
            Link("without an owner", total - owned, _list("identity", owner="missing")),
            Link("by tag", counted["by_tag"], _list("identity", owner="tag")),
            Link("assigned only", owned - counted["by_tag"], _list("identity", owner="assigned")),
        ),
        share=share,
    )


def _has_data(facts: Facts) -> bool:
    return Identity.objects.visible_to(facts.user).exists()


def _previous(facts: Facts, measure: Callable[[User, datetime], str]) -> str | None:
    """The value 30 days before, where somebody looked then."""
    before = facts.at - COMPARED_WITH
    if not Scope.objects.visible_to(facts.user).filter(baseline_at__lte=before).exists():
        return None
    return measure(facts.user, before)


def _wildcards_at(user: User, at: datetime) -> str:
    seen = SendingPolicy.objects.visible_to(user)
    versions = PolicyVersion.objects.filter(_held("", at), policy__in=seen)
    return str(len(populations.wildcard_policy_ids(versions)))


def _strangers_at(user: User, at: datetime) -> str:
    held = (
        Delegation.objects.visible_to(user)
        .exclude(account_id="")
        .filter(_held("states__", at), states__trust__in=("unknown", "placeholder"), states__can_send=True)
    )
    return str(held.order_by().values("account_id").distinct().count())


def _owners_at(user: User, at: datetime) -> str:
    seen = Identity.objects.visible_to(user).filter(_held("states__", at)).order_by()
    resolved = Q(states__owner_team__is_active=True) | Q(states__owner_user__is_active=True)
    counted = seen.aggregate(total=Count("pk"), owned=Count("pk", filter=resolved))
    share = _percent(counted["owned"], counted["total"])
    return "no data" if share is None else f"{share} %"


def _held(prefix: str, at: datetime) -> Q:
    """Intervals ``[from_at, to_at)`` that hold the instant."""
    begun = Q(**{f"{prefix}from_at__lte": at})
    return begun & (Q(**{f"{prefix}to_at": None}) | Q(**{f"{prefix}to_at__gt": at}))


def _mean_days(facts: Facts, until: datetime) -> tuple[float | None, int]:
    episodes = populations.remediations(facts.user, closed_from=until - REMEDIATION_WINDOW, closed_before=until)
    lengths = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    spans = list(episodes.order_by().annotate(length=lengths).values_list("length", flat=True))
    if not spans:
        return None, 0
    return sum(spans, timedelta()).total_seconds() / 86400 / len(spans), len(spans)


def _days(mean: float | None) -> str | None:
    if mean is None:
        return None
    return f"{mean:.1f} days"
