"""What changed since somebody last looked: policies, identities and findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse

from inventory.models import FindingEpisode, Identity, PolicyVersion, SendingPolicy, User

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the list. ``kind`` is ``added``, ``changed`` or ``removed``."""

    at: datetime
    kind: str
    text: str
    identity: str
    url: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The newest first, and how many more there are of each kind."""

    since: datetime
    shown: tuple[Change, ...]
    opened: int
    closed: int


def changes_since(user: User, since: datetime) -> Changes:
    """Changes after ``since``, what the first look at a region found left out: six queries at most."""
    found = sorted(_all(user, since), key=lambda change: change.at, reverse=True)[:SHOWN]
    episodes = FindingEpisode.objects.filter(
        finding__identity__in=Identity.objects.visible_to(user), is_baseline=False
    ).exclude(finding__severity="info")
    return Changes(
        since=since,
        shown=tuple(found),
        opened=episodes.filter(opened_at__gt=since).count(),
        closed=episodes.filter(closed_at__gt=since).count(),
    )


def _all(user: User, since: datetime) -> Iterator[Change]:
    yield from _versions(user, since)
    yield from _removed_policies(user, since)
    yield from _identities(user, since)


def _after_baseline(prefix: str, moment: str) -> Q:
    return Q(**{f"{moment}__gt": F(f"{prefix}scope__baseline_at")})


def _versions(user: User, since: datetime) -> Iterator[Change]:
    seen = SendingPolicy.objects.visible_to(user)
    rows = PolicyVersion.objects.filter(_after_baseline("policy__identity__", "from_at"), policy__in=seen)
    for each in rows.filter(from_at__gt=since).select_related("policy__identity").order_by("-from_at")[:SHOWN]:
        kind = "added" if each.number == 1 else "changed"
        yield _policy_change(each.policy, each.from_at, kind)


def _removed_policies(user: User, since: datetime) -> Iterator[Change]:
    rows = SendingPolicy.objects.visible_to(user).filter(gone_at__gt=since)
    for each in rows.select_related("identity").order_by("-gone_at")[:SHOWN]:
        if each.gone_at is not None:
            yield _policy_change(each, each.gone_at, "removed")


def _policy_change(policy: SendingPolicy, at: datetime, kind: str) -> Change:
    url = f"{_url(policy.identity)}#policy-{policy.name}"
    return Change(at, kind, f"Policy {policy.name} was {kind}", policy.identity.name, url)


def _identities(user: User, since: datetime) -> Iterator[Change]:
    rows = Identity.objects.visible_to(user)
    new = rows.filter(_after_baseline("", "first_seen_at"), first_seen_at__gt=since)
    for each in new.order_by("-first_seen_at")[:SHOWN]:
        yield Change(each.first_seen_at, "added", "Identity appeared", each.name, _url(each))
    for each in rows.filter(gone_at__gt=since).order_by("-gone_at")[:SHOWN]:
        if each.gone_at is not None:
            yield Change(each.gone_at, "removed", "Identity is gone", each.name, _url(each))


def _url(identity: Identity) -> str:
    return reverse("inventory:identity_detail", args=[identity.pk])
